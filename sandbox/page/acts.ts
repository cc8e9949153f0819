import type { z } from 'zod';
import type { LocalSlack } from '../slack/index.ts';
import type { Click } from '../slack/people/clicks.ts';
import { writeTyped } from '../slack/people/commands.ts';
import { actSchema, type PersonalAct } from './act-schema.ts';
import type { ActResult } from './client/wire.ts';
import { Refusal } from './http.ts';

const NOTHING: ActResult = {
  failure: null,
  openedUrl: null,
  outcome: null,
  options: [],
  fileId: null,
  channelId: null,
};

/** Does in the local Slack what a person does on the page. Refuses errors with a sentence. */
export async function perform(slack: LocalSlack, body: unknown): Promise<ActResult> {
  const parsed = actSchema.safeParse(body);
  if (!parsed.success) throw new Refusal(sentences(parsed.error));
  try {
    return { ...NOTHING, ...(await run(slack, parsed.data)) };
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

async function run(slack: LocalSlack, act: PersonalAct): Promise<Partial<ActResult>> {
  const { as: userId } = act;
  switch (act.do) {
    case 'command': {
      const { failure } = await slack.command(userId, act.channelId, act.text, { name: act.name });
      return { failure };
    }
    case 'shortcut': {
      const { failure } = await slack.shortcut(userId, act, act.callbackId);
      return { failure };
    }
    case 'click':
      return pressed(await slack.clickButton(userId, act.target, act.which));
    case 'choose':
      return pressed(await slack.choose({ ...act, userId }));
    case 'submit': {
      const submission = await slack.submit(act.viewId, userId);
      const failure = submission.kind === 'failed' ? submission.failure : null;
      return { outcome: submission.kind, failure };
    }
    case 'suggest':
      return { options: await slack.suggest(act.viewId, act.blockId, act.typed) };
    case 'open-home':
      return openHome(slack, act);
    case 'upload': {
      const { name, mimetype, contentBase64 } = act;
      const content = Buffer.from(contentBase64, 'base64');
      return { fileId: slack.addFile({ name, mimetype, content, owner: userId }) };
    }
    case 'say':
      await slack.speak(userId, act.channelId, writeTyped(slack, act.text), {
        ...(act.threadTs !== undefined && { threadTs: act.threadTs }),
      });
      return {};
    case 'type':
      slack.typeIn(act.viewId, act.entries);
      return {};
    case 'close-view':
      slack.closeView(act.viewId);
      return {};
  }
}

const pressed = ({ failure, openedUrl }: Click): Partial<ActResult> => ({ failure, openedUrl });

/** The app gets the event only if its manifest subscribes to it. */
async function openHome(
  slack: LocalSlack,
  { as: userId, tab }: Extract<PersonalAct, { do: 'open-home' }>,
): Promise<Partial<ActResult>> {
  const channelId = slack.directMessages(userId);
  if (slack.workspace.botEvents.has('app_home_opened')) await slack.openHome(userId, tab);
  return { channelId };
}
