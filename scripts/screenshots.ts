import { mkdir } from 'node:fs/promises';
import type { Locator } from 'playwright-core';
import type { LocalSession } from '../sandbox/devin/index.ts';
import type { SlackPage } from '../test/e2e/support/slack-page.ts';
import { openStage, type Stage, type Visit } from '../test/e2e/support/stage.ts';

/** `npm run screenshots`: the README's pictures, taken in the sandbox. Needs Chromium. */
const FOLDER = 'docs';

const MINUTE_MS = 60_000;

/** The hour that messages show. */
const MORNING = 10;

const look = { deviceScaleFactor: 2, timezoneId: zoneWhereItIs(MORNING) };

/** The card in a thread about a failure. */
async function takeThread(on: Stage): Promise<void> {
  const slackPage = await visit(on, { as: 'ben', width: 1180, height: 760 });
  const { channel, field, message, modal, openThread, submit, thread, useShortcut } = slackPage;
  await openThread(message('Checkout fails for customers', channel));
  await useShortcut(message('It is the address picker', thread), 'Start a Devin session');
  await modal.getByText(/Runs as/).waitFor();
  await field('Task').fill('Fix the address picker at checkout');
  await slackPage.pick('Repositories', 'checkout', 'acme/checkout');
  await field('ACU cap').fill('10');
  await submit();
  const session = await on.devin.waitForSession(({ userId }) => userId === 'user-ben');
  on.devin.advance(session.id, { status: 'running' });
  on.devin.advance(session.id, {
    message: 'Reproduced it: with two addresses the picker sends both ids. Writing the failing test first.',
    pullRequest: { url: 'https://github.com/acme/checkout/pull/412', state: 'open' },
    acus: 1.4,
    createdAtMs: Date.now() - 12 * MINUTE_MS,
  });
  const card = message('Fix the address picker at checkout', thread);
  await card.getByText('12 min · 1.4 of 10 ACU').waitFor();
  await card.getByText(/acme\/checkout #412/).waitFor();
  await card.getByText(/Writing the failing test/).waitFor();
  await message('Opened acme/checkout #412', thread).waitFor();
  await settle(slackPage);
  await slackPage.page.screenshot({ path: `${FOLDER}/card.png` });
}

/** The form as it opens. */
async function takeForm(on: Stage): Promise<void> {
  const slackPage = await visit(on, { as: 'ana', channel: 'general', width: 900, height: 812 });
  const { field, modal, pick, send } = slackPage;
  await send('/devin');
  await modal.getByText(/Runs as/).waitFor();
  await field('Task').fill('Find out why the nightly import is slow');
  await pick('Repositories', 'api', 'acme/api');
  await field('ACU cap').fill('5');
  await shoot(modal, 'form');
  await slackPage.page.keyboard.press('Escape');
}

type Phase = {
  task: string;
  ageMinutes: number;
  change: Parameters<Stage['devin']['advance']>[1];
  shows: RegExp;
};

const PHASES: readonly Phase[] = [
  { task: 'Update the icons --acu 5', ageMinutes: 0, change: { status: 'claimed' }, shows: /Queued/ },
  {
    task: 'Fix the flaky login test --repo acme/web --mode fast --acu 10',
    ageMinutes: 12,
    change: { message: 'Reproduced it: the session cookie expires during the redirect.', acus: 0.6 },
    shows: /0\.6 of 10 ACU/,
  },
  {
    task: 'Rebase the payments branch --repo acme/api',
    ageMinutes: 9,
    change: {
      statusDetail: 'waiting_for_user',
      message: 'Two branches look like the base of this work. Should I start from main or from release?',
      acus: 0.5,
    },
    shows: /Needs you/,
  },
  {
    task: 'Speed up the nightly import --repo acme/api --acu 10',
    ageMinutes: 84,
    change: {
      statusDetail: 'finished',
      message: 'Done: the import reads each order once. It takes 3 minutes instead of 41.',
      pullRequest: { url: 'https://github.com/acme/api/pull/87', state: 'open' },
      acus: 3.2,
    },
    shows: /Finished/,
  },
  {
    task: 'Look through the history of the order feed --acu 2',
    ageMinutes: 47,
    change: { status: 'suspended', statusDetail: 'usage_limit_exceeded', acus: 2 },
    shows: /2 of 2 ACU/,
  },
];

/** One card in each phase that people meet. */
async function takePhases(on: Stage): Promise<void> {
  const slackPage = await visit(on, { as: 'mei', channel: 'general', width: 900, height: 1800 });
  const { channel, message, send } = slackPage;
  for (const phase of PHASES) {
    const { task, ageMinutes, change, shows } = phase;
    const known = on.devin.createdCount();
    await send(`/devin ${task}`);
    const session = await nextSession(on, known);
    if (change.status === undefined) on.devin.advance(session.id, { status: 'running' });
    const createdAtMs = Date.now() - ageMinutes * MINUTE_MS;
    on.devin.advance(session.id, { status: 'running', ...change, createdAtMs });
    await message(titleOf(phase), channel).filter({ hasText: shows }).waitFor();
  }
  await message(titleOf(PHASES.at(-1)), channel)
    .getByText('1 reply')
    .waitFor();
  await settle(slackPage);
  const [first, last] = await Promise.all([
    message(titleOf(PHASES.at(0)), channel).boundingBox(),
    message(titleOf(PHASES.at(-1)), channel).boundingBox(),
  ]);
  if (first === null || last === null) throw new Error('A card is out of sight.');
  const margin = 12;
  const clip = {
    x: first.x - margin,
    y: first.y - margin,
    width: first.width + 2 * margin,
    height: last.y + last.height - first.y + 2 * margin,
  };
  await slackPage.page.screenshot({ path: `${FOLDER}/phases.png`, clip });
}

const titleOf = (phase: Phase | undefined): string => phase?.task.split(' --')[0] ?? '';

/** The same sessions in their requester's Home, those that need her first. */
async function takeHome(on: Stage): Promise<void> {
  const slackPage = await visit(on, { as: 'mei', channel: 'general', width: 1000, height: 900 });
  const { home, message, openApp, send } = slackPage;
  await send('/devin defaults me --acu 10 --repo acme/web');
  await message('Set for you').waitFor();
  await openApp();
  await home.getByText('Runs as Mei Tanaka').waitFor();
  await home.getByText('Should I start from main').waitFor();
  await settle(slackPage);
  await slackPage.page.screenshot({ path: `${FOLDER}/home.png` });
}

async function nextSession({ devin }: Stage, known: number): Promise<LocalSession> {
  return devin.waitForSession(({ number }) => number === known + 1);
}

type Shot = Pick<Visit, 'as' | 'channel'> & { width: number; height: number };

async function visit(on: Stage, { width, height, ...who }: Shot): Promise<SlackPage> {
  return on.visit({ ...who, look: { ...look, viewport: { width, height } } });
}

/** A dialog scrolled to its top, without a caret. */
async function shoot(what: Locator, name: string): Promise<void> {
  await what.evaluate((dialog) => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    dialog.querySelector('.modal-body')?.scrollTo(0, 0);
    // Nothing dark behind its round corners. The page's policy refuses style elements, but not rules added this way.
    const sheet = document.styleSheets.item(document.styleSheets.length - 1);
    sheet?.insertRule('.modal::backdrop { background: #fff !important }', sheet.cssRules.length);
  });
  await what.screenshot({ path: `${FOLDER}/${name}.png` });
}

/** No field with a caret, nothing under the pointer. */
async function settle({ page }: SlackPage): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
}

/** https://en.wikipedia.org/wiki/Tz_database#Area: the signs of Etc/GMT are reversed. */
function zoneWhereItIs(hour: number): string {
  const ahead = hour - new Date().getUTCHours();
  const within = ahead < -11 ? ahead + 24 : ahead;
  return within === 0 ? 'Etc/GMT' : `Etc/GMT${within > 0 ? '-' : '+'}${Math.abs(within)}`;
}

await mkdir(FOLDER, { recursive: true });
const stage = await openStage({ speed: 0 });
try {
  await takeThread(stage);
  await takeForm(stage);
  await takePhases(stage);
  await takeHome(stage);
} finally {
  await stage.close();
}
