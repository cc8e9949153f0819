import type { LocalDevin, LocalSession } from './devin/index.ts';
import type { LocalSlack, View } from './slack/index.ts';

type Stage = { slack: LocalSlack; devin: LocalDevin; print: (text: string) => void };

/** Plays the three ways to start a session and prints what each side sees. Returns what went wrong. */
export async function playDemo(stage: Stage): Promise<string[]> {
  const { slack, devin, print } = stage;
  const cast = seed(stage);
  print(heading('1. A slash command'));
  await byCommand(stage, cast);
  print(heading('2. A message shortcut on a thread'));
  await byShortcut(stage, cast);
  print(heading('3. The form, with more options'));
  await byForm(stage, cast);
  print(heading('4. Somebody without a Devin account'));
  await byStranger(stage, cast);
  print(heading('What everybody sees in the channel'));
  print(slack.renderText(cast.channelId));
  print(
    `\n${devin.createdCount()} sessions were created. Nothing left this machine. Next: "Install in your workspace" in README.md.`,
  );
  return [...slack.problems, ...devin.problems];
}

type Cast = ReturnType<typeof seed>;

function seed({ slack, devin }: Stage) {
  const ana = slack.addUser({ name: 'ana', realName: 'Ana Ruiz', email: 'ana@acme.example' });
  const ben = slack.addUser({ name: 'ben', realName: 'Ben Okafor', email: 'ben@acme.example' });
  const eve = slack.addUser({ name: 'eve', realName: 'Eve Lind', email: 'eve@acme.example' });
  devin.addMember({ userId: 'user-ana', email: 'ana@acme.example', name: 'Ana Ruiz' });
  devin.addMember({ userId: 'user-ben', email: 'ben@acme.example', name: 'Ben Okafor' });
  devin.addRepository({ path: 'acme/web' });
  devin.addRepository({ path: 'acme/api' });
  devin.addPlaybook({ id: 'playbook-fix', title: 'Fix a bug' });
  const channelId = slack.addChannel({ name: 'payments', members: [ana, ben, eve] });
  const screenshot = slack.addFile({
    name: 'checkout.png',
    mimetype: 'image/png',
    content: 'not a real picture',
    owner: ana,
  });
  const root = slack.say(ana, channelId, 'Checkout fails for customers with two addresses.', {
    files: [screenshot],
  });
  slack.say(ben, channelId, '', {
    threadTs: root,
    botName: 'Alerts',
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*checkout* error rate is 4.2 %' } }],
  });
  const picked = slack.say(ben, channelId, `It is the address picker, <@${ana}>: it sends both.`, {
    threadTs: root,
  });
  return { ana, ben, eve, channelId, root, picked };
}

async function byCommand(stage: Stage, { ana, channelId }: Cast): Promise<void> {
  const text = 'fix the flaky login test --repo acme/web --mode fast --acu 10';
  stage.print(`ana types:  /devin ${text}`);
  await stage.slack.command(ana, channelId, text);
  await showSession(stage, channelId, 'user-ana');
}

async function byShortcut(stage: Stage, { ben, channelId, picked }: Cast): Promise<void> {
  const { slack, print } = stage;
  print('ben picks "Start a Devin session" on his own reply, and the whole thread goes along:\n');
  await slack.shortcut(ben, { channelId, ts: picked }, 'start_session');
  const view = await settled(slack, ben);
  slack.typeIn(view.id, { 'field.prompt': 'Fix the address picker', context_choice: 'thread' });
  print(indent(slack.renderText(view.id)));
  await slack.submit(view.id, ben);
  await showSession(stage, channelId, 'user-ben');
}

async function byForm(stage: Stage, { ana, channelId }: Cast): Promise<void> {
  const { slack, print } = stage;
  print('ana types /devin alone and presses "More options":\n');
  await slack.command(ana, channelId, '');
  const view = await settled(slack, ana);
  await slack.clickButton(ana, { viewId: view.id }, 'more_options');
  await slack.suggest(view.id, 'field.repos', 'api');
  await slack.suggest(view.id, 'field.playbook_id', 'fix');
  slack.typeIn(view.id, {
    'field.prompt': 'Find out why the nightly import is slow',
    'field.repos': ['acme/api'],
    'field.playbook_id': 'playbook-fix',
    'field.max_acu_limit': '5',
    'field.session_secrets': 'IMPORT_TOKEN=only-for-this-session',
    'field.structured_output_schema': '{"type":"object","properties":{"cause":{"type":"string"}}}',
  });
  print(indent(slack.renderText(view.id)));
  await slack.submit(view.id, ana);
  await showSession(stage, channelId, 'user-ana');
}

async function byStranger({ slack, print }: Stage, { eve, channelId }: Cast): Promise<void> {
  print('eve types:  /devin clean up the old feature flags\n');
  await slack.command(eve, channelId, 'clean up the old feature flags');
  const notice = await slack.waitForMessage(channelId, ({ ephemeralFor }) => ephemeralFor === eve);
  print(indent(slack.renderText(notice)));
}

/** The form once it says as whom it will run. */
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
