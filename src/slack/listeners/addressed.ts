import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { MessageContext, PlaceKind, SlackMessage } from '../../session/context.ts';
import type { SessionDraft } from '../../session/fields.ts';
import type { Requests } from '../../store/requests.ts';
import type { Sessions } from '../../store/sessions.ts';
import type { Text } from '../../text/index.ts';
import { refusal } from '../blocks/notices.ts';
import type { Rendered } from '../blocks/objects.ts';
import { unescape } from '../blocks/text.ts';
import { renderHelp } from '../command/help.ts';
import { parseTask } from '../command/parse.ts';
import { isMention, readThreadMeaning } from '../command/thread-words.ts';
import type { Intake } from '../intake.ts';
import { readMessage } from '../messages.ts';
import type { Outbound, PrivatePlace } from '../outbound.ts';
import { placeKindOfEvent } from '../place-kind.ts';

type AddressedDeps = {
  sessions: Pick<Sessions, 'inThread'>;
  requests: Pick<Requests, 'isOpenAbove'>;
  intake: Pick<Intake, 'offerForm'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  botUserId: () => string;
  command: string;
  text: Text;
};

/** A message to the app: in its direct messages, or with a mention of it in front. */
type Addressed = {
  userId: string;
  channelId: string;
  placeKind: PlaceKind | null;
  /** As Slack sent it. */
  slackText: string;
  message: SlackMessage;
};

const messageSchema = z.looseObject({
  channel: z.string(),
  channel_type: z.string().optional(),
  user: z.string(),
  text: z.string().default(''),
  subtype: z.enum(['file_share', 'thread_broadcast']).optional(),
  /** Apps do not talk to each other here. */
  bot_id: z.never().optional(),
});

/**
 * Answers what is said to the app and no session hears. It starts nothing, for a session costs and a message is easily
 * written to the wrong place: its author gets a form that is filled in with it.
 */
export function listenToAddressed(app: App, deps: AddressedDeps): void {
  app.event('message', async ({ event, body }) => {
    const addressed = readAddressed(event, deps.botUserId());
    if (addressed === null || (await isHeard(deps, addressed))) return;
    const answer = await answerTo(deps, addressed, body.team_id);
    if (answer !== null) await deps.outbound.tellPrivately(placeOf(addressed), answer);
  });
}

function readAddressed(event: unknown, botUserId: string): Addressed | null {
  const parsed = messageSchema.safeParse(event);
  if (!parsed.success || parsed.data.user === botUserId) return null;
  const { channel: channelId, channel_type: channelType, user: userId, text: slackText } = parsed.data;
  const placeKind = placeKindOfEvent(channelType);
  if (placeKind !== 'direct' && !isMention(slackText, botUserId)) return null;
  return { userId, channelId, placeKind, slackText, message: readMessage(event) };
}

async function isHeard(
  { sessions, requests }: AddressedDeps,
  { channelId, message: { threadTs } }: Addressed,
): Promise<boolean> {
  if (threadTs === null) return false;
  return (await sessions.inThread(channelId, threadTs)) !== null || requests.isOpenAbove(channelId, threadTs);
}

async function answerTo(
  { intake, botUserId, command, text }: AddressedDeps,
  { userId, channelId, placeKind, slackText, message }: Addressed,
  teamId: string,
): Promise<Rendered | null> {
  const meaning = readThreadMeaning(slackText, botUserId());
  if (meaning.kind === 'aside') return null;
  if (meaning.kind === 'help') return renderHelp({ command, topic: null }, text);
  const task = 'text' in meaning ? meaning.text : slackText;
  const asked = { teamId, userId, channelId, threadTs: message.threadTs, placeKind, responseUrl: null };
  const form = await intake.offerForm(asked, draftOf(task), contextOf({ channelId, placeKind, message }));
  const problems = [text.notices.addressed(command)];
  return refusal({ problems, typed: unescape(task), formId: form.id }, text);
}

/** With options where it has some. */
function draftOf(task: string): SessionDraft {
  const intent = parseTask(task);
  return intent.kind === 'open-form' ? {} : intent.draft;
}

/** What stands above in the thread goes along, and the files; words that are the task already do not. */
function contextOf({
  channelId,
  placeKind,
  message,
}: Pick<Addressed, 'channelId' | 'placeKind' | 'message'>): MessageContext | null {
  if (message.threadTs === null && message.files.length === 0) return null;
  const choice = message.threadTs === null ? 'message' : 'until-here';
  return { choice, channelId, channelName: unnamed(placeKind), picked: message };
}

/** As in the payload of a shortcut. An event does not name its channel. */
function unnamed(placeKind: PlaceKind | null): string {
  if (placeKind === 'direct') return 'directmessage';
  return placeKind === 'private' ? 'privategroup' : '';
}

/** Among direct messages it stays; elsewhere nobody else is to see it. */
function placeOf({ userId, channelId, placeKind, message: { threadTs } }: Addressed): PrivatePlace {
  const isDirect = placeKind === 'direct';
  return { userId, channelId: isDirect ? null : channelId, threadTs, responseUrl: null };
}
