import type { z } from 'zod';
import type { LocalSlack } from '../slack/index.ts';
import { writeTyped } from '../slack/people/typed-text.ts';
import { actSchema, type PersonalAct } from './act-schema.ts';
import type { Act, ActResult, Target } from './client/wire.ts';
import type { Files } from './files.ts';
import { Refusal } from './http.ts';

type Deps = { slack: LocalSlack; files: Files };
type Doing<Kind extends Act['do']> = { as: string } & Extract<Act, { do: Kind }>;

const NOTHING: ActResult = {
  failure: null,
  openedUrl: null,
  outcome: null,
  options: [],
  fileId: null,
  channelId: null,
};

/** Does in the local Slack what a person does on the page. Refuses errors with a sentence. */
export async function perform(deps: Deps, body: unknown): Promise<ActResult> {
  const parsed = actSchema.safeParse(body);
  if (!parsed.success) throw new Refusal(sentences(parsed.error));
  checkPerson(deps.slack, parsed.data.as);
  try {
    return { ...NOTHING, ...(await run(deps, parsed.data)) };
  } catch (error) {
    // The local Slack throws for what Slack's client wouldn't offer.
    throw error instanceof Refusal
      ? error
      : new Refusal(error instanceof Error ? error.message : String(error));
  }
}

function sentences(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${path.length === 0 ? 'The action' : path.join('.')}: ${message}.`)
    .join(' ');
}

async function run(deps: Deps, act: PersonalAct): Promise<Partial<ActResult>> {
  switch (act.do) {
    case 'command':
    case 'say':
    case 'shortcut':
    case 'invite':
      return inChannel(deps.slack, act);
    case 'react':
    case 'unreact':
    case 'edit':
    case 'delete':
      return onMessage(deps.slack, act);
    case 'click':
    case 'choose':
      return onElement(deps.slack, act);
    case 'type':
    case 'submit':
    case 'close-view':
    case 'suggest':
      return inView(deps.slack, act);
    case 'open-home':
      return openHome(deps.slack, act);
    case 'upload': {
      const content = Buffer.from(act.contentBase64, 'base64');
      const { name, mimetype, as: owner } = act;
      return { fileId: deps.files.add({ name, mimetype, content, owner }) };
    }
  }
}

async function inChannel(
  slack: LocalSlack,
  act: Doing<'command' | 'say' | 'shortcut' | 'invite'>,
): Promise<Partial<ActResult>> {
  const { as: userId, channelId } = act;
  checkMember(slack, userId, channelId);
  switch (act.do) {
    case 'command': {
      const { failure } = await slack.command(userId, channelId, act.text, { name: act.name });
      return { failure };
    }
    case 'shortcut': {
      const { failure } = await slack.shortcut(userId, { channelId, ts: act.ts }, act.callbackId);
      return { failure };
    }
    case 'invite':
      await slack.inviteBot(userId, channelId);
      return {};
    case 'say': {
      const { text, threadTs, fileIds = [] } = act;
      if (text.trim() === '' && fileIds.length === 0) throw new Refusal('There is nothing to send.');
      const options = { files: fileIds, ...(threadTs !== undefined && { threadTs }) };
      await slack.speak(userId, channelId, writeTyped(slack, text), options);
      return {};
    }
  }
}

async function onMessage(
  slack: LocalSlack,
  act: Doing<'react' | 'unreact' | 'edit' | 'delete'>,
): Promise<Partial<ActResult>> {
  const { as: userId, channelId, ts } = act;
  checkMember(slack, userId, channelId);
  switch (act.do) {
    case 'react':
      slack.react(userId, { channelId, ts }, act.emoji);
      return {};
    case 'unreact':
      slack.unreact(userId, { channelId, ts }, act.emoji);
      return {};
    case 'edit':
      if (act.text.trim() === '') throw new Refusal('An empty message would be a deleted one.');
      await slack.editMessage(userId, { channelId, ts }, writeTyped(slack, act.text));
      return {};
    case 'delete':
      await slack.deleteMessage(userId, { channelId, ts });
      return {};
  }
}

async function onElement(
  slack: LocalSlack,
  { as: userId, ...act }: Doing<'click' | 'choose'>,
): Promise<Partial<ActResult>> {
  const { target, which } = act;
  checkTarget(slack, userId, target);
  const { failure, openedUrl } =
    act.do === 'click'
      ? await slack.clickButton(userId, target, which)
      : await slack.choose({ userId, target, which, entry: act.entry });
  return { failure, openedUrl };
}

async function inView(
  slack: LocalSlack,
  act: Doing<'type' | 'submit' | 'close-view' | 'suggest'>,
): Promise<Partial<ActResult>> {
  const { as: userId, viewId } = act;
  checkTarget(slack, userId, { viewId });
  switch (act.do) {
    case 'type':
      slack.typeIn(viewId, act.entries);
      return {};
    case 'submit': {
      const submission = await slack.submit(viewId, userId);
      return {
        outcome: submission.kind,
        failure: submission.kind === 'failed' ? submission.failure : null,
      };
    }
    case 'close-view':
      slack.closeView(viewId);
      return {};
    case 'suggest':
      return { options: await slack.suggest(viewId, act.blockId, act.typed) };
  }
}

/** The app gets the event only if its manifest subscribes to it. */
async function openHome(
  slack: LocalSlack,
  { as: userId, tab }: Doing<'open-home'>,
): Promise<Partial<ActResult>> {
  const channelId = slack.directMessages(userId);
  if (slack.workspace.botEvents.has('app_home_opened')) await slack.openHome(userId, tab);
  return { channelId };
}

function checkPerson(slack: LocalSlack, userId: string): void {
  const user = slack.users.get(userId);
  if (user === undefined || user.isBot || user.deleted) {
    throw new Refusal(`Nobody here can act as "${userId}".`, 404);
  }
}

function checkMember(slack: LocalSlack, userId: string, channelId: string): void {
  const channel = slack.channels.get(channelId);
  if (channel === undefined) throw new Refusal(`There is no channel "${channelId}".`, 404);
  if (!channel.members.has(userId)) throw new Refusal(`${userId} is not in #${channel.name}.`, 403);
  if (channel.isArchived) throw new Refusal(`#${channel.name} is archived.`, 403);
}

function checkTarget(slack: LocalSlack, userId: string, target: Target): void {
  if (!('viewId' in target)) return checkMember(slack, userId, target.channelId);
  if (slack.view(target.viewId).userId !== userId) {
    throw new Refusal(`${userId} does not have the view ${target.viewId} open.`, 403);
  }
}
