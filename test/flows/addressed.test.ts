import { describe, expect, test } from 'vitest';
import { en } from '../../src/text/en.ts';
import { toldTo } from '../support/asking.ts';
import type { World } from '../support/bot.ts';
import { cardOf, doneWith, noticesTo, sessionOf, sessionsAs, settledForm } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

const OFFER = en.command.question.task;

function people({ slack, devin }: World) {
  const ana = addColleague({ slack, devin });
  const ben = addColleague({ slack, devin });
  const channelId = slack.addChannel({ name: `said-${ana.name}`, members: [ana.userId, ben.userId] });
  const bot = `<@${slack.workspace.botUserId}>`;
  const sessionsOf = (one: typeof ana) =>
    devin.sessions.filter(({ userId }) => userId === one.devinUserId).length;
  return { ana, ben, channelId, bot, sessionsOf };
}

describe('a message that begins with a mention of the app', () => {
  const world = useWorld();

  test('starts a session with its options as its author, with the card in its thread', async () => {
    const { slack, devin } = world();
    const { ana, channelId, bot, sessionsOf } = people(world());
    const { ts } = await slack.speak(
      ana.userId,
      channelId,
      `${bot} fix the &lt;login&gt; test --repo acme/web`,
    );
    const session = await sessionOf(devin, ana.devinUserId);
    const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(card.threadTs).toBe(ts);
    expect(session.request).toMatchObject({ prompt: 'fix the <login> test', repos: ['acme/web'] });
    expect(sessionsOf(ana)).toBe(1);
    expect(slack.problems).toEqual([]);
  });

  test('starts one session however often Slack delivers it', async () => {
    const { slack, devin } = world();
    const { ana, channelId, bot, sessionsOf } = people(world());
    const { deliveries } = await slack.speak(ana.userId, channelId, `${bot} fix it once`);
    for (const delivery of [...deliveries, ...deliveries]) await slack.redeliver(delivery);
    const { url } = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url));
    await slack.speak(ana.userId, channelId, `${bot} and then fix this`);
    await devin.waitForSession(({ request }) => request.prompt === 'and then fix this');
    expect(sessionsOf(ana)).toBe(2);
  });
});

describe("a message to the app outside of a session's thread", () => {
  const world = useWorld();

  test.each(['could %s fix the login test?', '%s help', '%s list', '%s fix it now --acu ten'])(
    'is answered once, however often Slack delivers it: %s',
    async (words) => {
      const { slack } = world();
      const { ana, channelId, bot } = people(world());
      const { deliveries } = await slack.speak(ana.userId, channelId, words.replace('%s', bot));
      for (const delivery of deliveries) await slack.redeliver(delivery);
      expect(noticesTo(slack, channelId, ana.userId)).toHaveLength(1);
    },
  );

  test('in a thread includes the messages above it, and their files', async () => {
    const { slack, devin } = world();
    const { ana, ben, channelId, bot } = people(world());
    const { ts: threadTs } = await slack.speak(ben.userId, channelId, 'the login test fails');
    const shot = { name: 'shot.png', mimetype: 'image/png', content: 'x', owner: ana.userId };
    const files = [slack.addFile(shot)];
    await slack.speak(ana.userId, channelId, `${bot} fix what he says`, { threadTs, files });
    const session = await sessionOf(devin, ana.devinUserId);
    const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(card.threadTs).toBe(threadTs);
    expect(session.request.prompt).toContain('the login test fails');
    expect(session.request.attachment_urls).toHaveLength(1);
  });

  test('includes what it forwards, marked as words of its author', async () => {
    const { slack, devin } = world();
    const { ana } = people(world());
    const channelId = slack.directMessages(ana.userId);
    const attachments = [{ is_share: true, author_name: 'Ben', text: 'checkout crashes\non submit' }];
    await slack.speak(ana.userId, channelId, 'please fix this bug', { attachments });
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request.prompt).toMatch(/^please fix this bug\n/);
    expect(request.prompt).toContain(
      '| Forwarded or attached:\n| > Ben\n| > checkout crashes\n| > on submit',
    );
  });

  test('in a direct message starts a session if it has three words', async () => {
    const { slack, devin } = world();
    const { ana } = people(world());
    const channelId = slack.directMessages(ana.userId);
    const { ts } = await slack.speak(ana.userId, channelId, 'fix the login test');
    const { url } = await sessionOf(devin, ana.devinUserId);
    expect((await cardOf(slack, channelId, (text) => text.includes(url))).threadTs).toBe(ts);
  });

  test.each(['fix this', 'payments'])('in a direct message offers %j first', async (words) => {
    const { slack, devin } = world();
    const { ana, sessionsOf } = people(world());
    const channelId = slack.directMessages(ana.userId);
    await slack.speak(ana.userId, channelId, words);
    const offer = await slack.waitForMessage(channelId, ({ text }) => text.includes(OFFER));
    expect(slack.renderText(offer)).toContain('Start as typed');
    expect(sessionsOf(ana)).toBe(0);
    await slack.clickButton(ana.userId, { channelId, ts: offer.ts }, 'start_as_task');
    expect((await sessionOf(devin, ana.devinUserId)).request.prompt).toBe(words);
  });

  test.each([
    ['a mention in the middle of a sentence', (bot: string) => `maybe ${bot} can fix the login test`],
    ['one word after the mention', (bot: string) => `${bot} payments`],
  ])(
    'is offered privately to its author if it is %s, and a double click starts one session',
    async (_what, say) => {
      const { slack, devin } = world();
      const { ana, ben, channelId, bot, sessionsOf } = people(world());
      await slack.speak(ana.userId, channelId, say(bot));
      const { ts } = await toldTo(world(), { channelId, userId: ana.userId }, OFFER);
      expect(sessionsOf(ana)).toBe(0);
      await Promise.all([
        slack.clickButton(ana.userId, { channelId, ts }, 'start_as_task'),
        slack.clickButton(ana.userId, { channelId, ts }, 'start_as_task').catch(() => undefined),
      ]);
      const { url } = await sessionOf(devin, ana.devinUserId);
      await cardOf(slack, channelId, (text) => text.includes(url));
      await slack.speak(ben.userId, channelId, `${bot} fix this one, too`);
      await sessionOf(devin, ben.devinUserId);
      expect(sessionsOf(ana)).toBe(1);
    },
  );

  test.each(['thanks :tada:', '(aside) do not start anything here', 'Thank you so much!'])(
    'gets no answer and starts nothing if it is %j',
    async (words) => {
      const { slack, devin } = world();
      const { ana, ben, channelId, bot, sessionsOf } = people(world());
      await slack.speak(ana.userId, channelId, `${bot} ${words}`);
      await slack.speak(ben.userId, channelId, `${bot} fix the build`);
      await sessionOf(devin, ben.devinUserId);
      expect(sessionsOf(ana)).toBe(0);
      expect(noticesTo(slack, channelId, ana.userId)).toEqual([]);
    },
  );

  test('starts nothing when it is edited into a task', async () => {
    const { slack, devin } = world();
    const { ana, ben, channelId, bot, sessionsOf } = people(world());
    const { ts } = await slack.speak(ana.userId, channelId, 'fix the login test');
    await slack.editMessage(ana.userId, { channelId, ts }, `${bot} fix the login test`);
    await slack.speak(ben.userId, channelId, `${bot} fix the build`);
    await sessionOf(devin, ben.devinUserId);
    expect(sessionsOf(ana)).toBe(0);
  });

  test('is done at once if it is a sub-command, privately and in its place', async () => {
    const { slack } = world();
    const { ana, channelId, bot, sessionsOf } = people(world());
    const { ts: threadTs } = await slack.speak(ana.userId, channelId, 'what runs now?');
    await slack.speak(ana.userId, channelId, `${bot} list`, { threadTs });
    const answer = await toldTo(world(), { channelId, userId: ana.userId }, 'No sessions yet');
    expect(answer.threadTs).toBe(threadTs);
    expect(sessionsOf(ana)).toBe(0);
  });

  test.each([
    ['start_as_meant', { prompt: 'fix the login test', repos: ['acme/web'] }],
    ['start_as_task', { prompt: 'fix the login test --rebo acme/web' }],
  ])('with an unknown option starts as its author says: %s', async (button, request) => {
    const { slack, devin } = world();
    const { ana, channelId, bot, sessionsOf } = people(world());
    await slack.speak(ana.userId, channelId, `${bot} fix the login test --rebo acme/web`);
    const { ts } = await toldTo(world(), { channelId, userId: ana.userId }, '--repo acme/web');
    expect(sessionsOf(ana)).toBe(0);
    await slack.clickButton(ana.userId, { channelId, ts }, button);
    const { repos, prompt } = (await sessionOf(devin, ana.devinUserId)).request;
    expect({ prompt, ...(repos && { repos }) }).toEqual(request);
  });

  test.each([
    ['a guest', { isGuest: true }, 'guest'],
    ['from another workspace', { teamId: 'T0OTHER' }, 'Only members of the Slack workspace'],
    [
      'not in the Devin organization',
      { inDevin: false },
      'No Devin account for|no Devin|not a member|organi[sz]ation',
    ],
  ])('from a person who is %s is refused privately, without a card', async (_what, options, reason) => {
    const { slack } = world();
    const { channelId, bot, sessionsOf } = people(world());
    const eve = addColleague(world(), options);
    slack.channels.get(channelId)?.members.add(eve.userId);
    await slack.speak(eve.userId, channelId, `${bot} fix the login test`);
    const told = await slack.waitForMessage(channelId, ({ ephemeralFor }) => ephemeralFor === eve.userId);
    expect(told.text).toMatch(new RegExp(reason));
    // Slack shows a private notice in a thread only if the thread has a reply.
    expect(told.threadTs).toBeNull();
    expect(slack.messages(channelId).filter(({ metadata }) => metadata)).toEqual([]);
    expect(sessionsOf(eve)).toBe(0);
  });

  test('from an app starts nothing', async () => {
    const { slack, devin } = world();
    const { ben, channelId, bot, sessionsOf } = people(world());
    await slack.speak(ben.userId, channelId, `${bot} fix the login test`, { botName: 'Alerts' });
    await slack.speak(ben.userId, channelId, `${bot} fix the build`);
    await sessionOf(devin, ben.devinUserId);
    expect(sessionsOf(ben)).toBe(1);
  });

  test.each([
    ['a forwarded message', true, false],
    ['a forwarded message beside a mention', false, false],
    ['a file beside a mention', false, true],
  ])('is offered in a form if it is only %s', async (_what, isDirect, isFile) => {
    const { slack, devin } = world();
    const { ana, channelId: common, bot, sessionsOf } = people(world());
    const channelId = isDirect ? slack.directMessages(ana.userId) : common;
    const attachments = [{ is_share: true, author_name: 'Ben', text: 'checkout crashes' }];
    const log = { name: 'app.log', mimetype: 'text/plain', content: 'x', owner: ana.userId };
    const what = isFile ? { files: [slack.addFile(log)] } : { attachments };
    await slack.speak(ana.userId, channelId, isDirect ? '' : bot, what);
    const { ts } = await slack.waitForMessage(channelId, ({ text }) =>
      text.includes(en.command.problems.noTask),
    );
    expect(sessionsOf(ana)).toBe(0);
    await slack.clickButton(ana.userId, { channelId, ts }, 'open_form');
    const form = await settledForm(slack, ana.userId);
    slack.typeIn(form.id, { 'field.prompt': 'fix this' });
    expect((await slack.submit(form.id, ana.userId)).kind).toBe('closed');
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request.prompt).toMatch(/^fix this\n/);
    expect(request.prompt).toContain(isFile ? 'app.log' : 'checkout crashes');
    expect(request.attachment_urls ?? []).toHaveLength(isFile ? 1 : 0);
  });
});

describe('a question that came to direct messages', () => {
  const world = useWorld(QUICK_THREADS);

  test('is answered by a reply to it', async () => {
    const { slack, devin } = world();
    const { ana, id, channelId } = await startThread(world());
    await slack.command(ana.userId, channelId, 'settings me notify dm');
    devin.advance(id, { status: 'running', statusDetail: 'waiting_for_user', message: 'Main or release?' });
    const direct = slack.directMessages(ana.userId);
    const { ts: threadTs } = await slack.waitForMessage(direct, ({ text }) =>
      text.includes('Main or release?'),
    );
    // Slack shows the question before its post is recorded.
    await doneWith(world(), 'relay-from-devin');
    await slack.speak(ana.userId, direct, 'use the main branch', { threadTs });
    await devin.waitForSession(
      (one) => one.id === id && one.messages.at(-1)?.message === 'use the main branch',
    );
    expect(devin.session(id).messages.at(-1)?.asUserId).toBe(ana.devinUserId);
    expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(1);
  });
});

describe('a message to the app that is offered', () => {
  const world = useWorld();

  test('starts one session if its author sends its form, and then presses Start', async () => {
    const { slack, devin } = world();
    const { ana, channelId, bot, sessionsOf } = people(world());
    const refused = devin.fail({ method: 'POST', path: /\/sessions$/ }, { status: 429, retryAfter: 1800 });
    await slack.speak(ana.userId, channelId, `could ${bot} fix the login test?`);
    const { ts } = await toldTo(world(), { channelId, userId: ana.userId }, OFFER);
    await slack.clickButton(ana.userId, { channelId, ts }, 'open_form');
    await slack.submit((await settledForm(slack, ana.userId)).id, ana.userId);
    await cardOf(slack, channelId, (text) => text.includes('busy'));
    refused.clear();
    await slack.clickButton(ana.userId, { channelId, ts }, 'start_as_task');
    await toldTo(world(), { channelId, userId: ana.userId }, 'You already sent this form');
    expect(sessionsOf(ana)).toBe(0);
  });
});

describe('a message to the app if MENTIONS is "ask"', () => {
  const world = useWorld({ environment: { MENTIONS: 'ask' } });

  test('is offered privately to its author, and starts when they confirm, with its card in the thread', async () => {
    const { slack, devin } = world();
    const { ana, ben, channelId, bot, sessionsOf } = people(world());
    const said = await slack.speak(ana.userId, channelId, `${bot} fix the login test --acu 5`);
    for (const delivery of said.deliveries) await slack.redeliver(delivery);
    const { ts } = await toldTo(world(), { channelId, userId: ana.userId }, OFFER);
    expect(sessionsOf(ana)).toBe(0);
    await slack.clickButton(ana.userId, { channelId, ts }, 'start_as_task');
    const session = await sessionOf(devin, ana.devinUserId);
    expect((await cardOf(slack, channelId, (text) => text.includes(session.url))).threadTs).toBe(said.ts);
    expect(session.request).toMatchObject({ prompt: 'fix the login test', max_acu_limit: 5 });
    for (const { ts: again } of noticesTo(slack, channelId, ana.userId))
      await slack.clickButton(ana.userId, { channelId, ts: again }, 'start_as_task').catch(() => undefined);
    await slack.command(ben.userId, channelId, 'and this comes after them');
    await sessionOf(devin, ben.devinUserId);
    expect(sessionsOf(ana)).toBe(1);
  });
});
