import type { LocalDevin, LocalSession } from './devin/index.ts';
import type { SeededWorld } from './seed.ts';
import type { LocalSlack, Message, View } from './slack/index.ts';

/** Who plays, and where. */
type Cast = SeededWorld['people'] & SeededWorld['thread'];

type Stage = {
  slack: LocalSlack;
  devin: LocalDevin;
  world: SeededWorld;
  print: (text: string) => void;
};

/** One each by command, shortcut, form and approval, and one that asks. A person without a Devin account gets none. */
const SESSIONS = 5;

/** Plays the ways to start a session, and a conversation with one, and prints what each side sees. Returns what went wrong. */
export async function playDemo(stage: Stage): Promise<string[]> {
  const { slack, devin, print } = stage;
  const { people, thread } = stage.world;
  const cast = { ...people, ...thread };
  print(heading('1. A slash command'));
  await byCommand(stage, cast);
  print(heading('2. A message shortcut on a thread'));
  await byShortcut(stage, cast);
  print(heading('3. The form, with more options'));
  await byForm(stage, cast);
  print(heading('4. A person without a Devin account'));
  await byStranger(stage, cast);
  print(heading('5. An approval'));
  await byApproval(stage, cast);
  print(heading('6. Devin works, asks and finishes'));
  await byConversation(stage, cast);
  print(heading('What everyone sees in the channel'));
  print(slack.renderText(cast.channelId));
  const created = devin.createdCount();
  print(
    `\n${created} sessions were created. Nothing left this machine. Next: "Install in your workspace" in README.md.`,
  );
  const miscounted =
    created === SESSIONS ? [] : [`${SESSIONS} sessions were asked for, and ${created} were created.`];
  return [...slack.problems, ...devin.problems, ...miscounted];
}

async function byCommand(stage: Stage, { ana, channelId }: Cast): Promise<void> {
  const text = 'fix the flaky login test --repo acme/web --mode fast --acu 10';
  stage.print(`Ana types:  /devin ${text}`);
  await stage.slack.command(ana, channelId, text);
  await showSession(stage, channelId, 'user-ana');
}

async function byShortcut(stage: Stage, { ben, channelId, picked }: Cast): Promise<void> {
  const { slack, print } = stage;
  print('Ben picks "Start a Devin session" on his own reply, and the whole thread is included:\n');
  await slack.shortcut(ben, { channelId, ts: picked }, 'start_session');
  const view = await settled(slack, ben);
  slack.typeIn(view.id, { 'field.prompt': 'Fix the address picker' });
  print(indent(slack.renderText(view.id)));
  await slack.submit(view.id, ben);
  await showSession(stage, channelId, 'user-ben');
}

async function byForm(stage: Stage, { ana, channelId }: Cast): Promise<void> {
  const { slack, print } = stage;
  print('Ana types /devin alone and adds options:\n');
  await slack.command(ana, channelId, '');
  const view = await settled(slack, ana);
  for (const entry of ['guidance', 'access']) {
    await slack.choose({ userId: ana, target: { viewId: view.id }, which: 'add_options', entry });
    await slack.waitForView(({ definition }) => definition.private_metadata?.includes(entry) === true);
  }
  await slack.suggest(view.id, 'field.repos', 'api');
  await slack.suggest(view.id, 'field.playbook_id', 'fix');
  slack.typeIn(view.id, {
    'field.prompt': 'Find out why the nightly import is slow',
    'field.repos': ['acme/api'],
    'field.playbook_id': 'playbook-fix',
    'field.max_acu_limit': '5',
    'field.session_secrets': 'IMPORT_TOKEN=only-for-this-session',
  });
  print(indent(slack.renderText(view.id)));
  await slack.submit(view.id, ana);
  await showSession(stage, channelId, 'user-ana');
}

async function byStranger({ slack, print }: Stage, { eve, channelId }: Cast): Promise<void> {
  print('Eve types:  /devin clean up the old feature flags\n');
  await slack.command(eve, channelId, 'clean up the old feature flags');
  const notice = await slack.waitForMessage(channelId, ({ ephemeralFor }) => ephemeralFor === eve);
  print(indent(slack.renderText(notice)));
}

/** In the demo's policy, Ultra needs an admin; Ben is one. */
async function byApproval(stage: Stage, { ana, ben, channelId }: Cast): Promise<void> {
  const { slack, print } = stage;
  print('Ana types:  /devin plan the database migration --mode ultra\n');
  await slack.command(ana, channelId, 'plan the database migration --mode ultra');
  const inDirect = slack.directMessages(ben);
  const asked = await slack.waitForMessage(inDirect, (one) =>
    slack.renderText(one).includes('[Start session]'),
  );
  print(`Ben is asked:\n${indent(slack.renderText(asked))}`);
  print('\nBen presses "Start session".');
  await slack.clickButton(ben, { channelId: inDirect, ts: asked.ts }, 'Start session');
  await showSession(stage, channelId, 'user-ana');
}

/** Only this act plays a script. */
async function byConversation({ slack, devin, print }: Stage, { ben, channelId }: Cast): Promise<void> {
  devin.script('question');
  print('Ben types:  /devin rebase the payments branch\n');
  await slack.command(ben, channelId, 'rebase the payments branch');
  const session = await devin.waitForSession(({ request }) => request.prompt.startsWith('rebase'));
  while (devin.step(session.id));
  const question = await slack.waitForMessage(channelId, ({ text }) => text.includes('Should I start from'));
  print(indent(slack.renderText(question)));
  const card = await cardOf(slack, channelId, session);
  print('\nBen answers in the thread:  from main, please\n');
  await slack.speak(ben, channelId, 'from main, please', { threadTs: card.ts });
  await devin.waitForSession(({ messages }) => messages.at(-1)?.message.includes('from main') === true);
  while (devin.step(session.id));
  const done = await slack.waitForMessage(
    channelId,
    ({ ts, text }) => ts === card.ts && text.includes('Finished'),
  );
  print(`Devin finished, and the card says so:\n${indent(slack.renderText(done))}`);
}

async function cardOf(slack: LocalSlack, channelId: string, { url }: LocalSession): Promise<Message> {
  return slack.waitForMessage(channelId, ({ text, threadTs }) => threadTs === null && text.includes(url));
}

/** The form once it shows who it runs as. */
async function settled(slack: LocalSlack, userId: string): Promise<View> {
  return slack.waitForView((view) => view.userId === userId && slack.renderText(view.id).includes('Runs as'));
}

async function showSession(
  { slack, devin, print }: Stage,
  channelId: string,
  devinUserId: string,
): Promise<void> {
  const shown = new Set(
    slack.messages(channelId).flatMap(({ text }) => devin.sessions.filter(({ url }) => text.includes(url))),
  );
  const session = await devin.waitForSession((one) => one.userId === devinUserId && !shown.has(one));
  const card = await slack.waitForMessage(channelId, ({ text }) => text.includes(session.url));
  print(`\nDevin received:\n${indent(requestOf(session))}`);
  print(`\nThe card in Slack:\n${indent(slack.renderText(card))}\n`);
}

function requestOf({ request }: LocalSession): string {
  return JSON.stringify(request, null, 2);
}

function heading(text: string): string {
  return `\n${text}\n${'='.repeat(text.length)}\n`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
