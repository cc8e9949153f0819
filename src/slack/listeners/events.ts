import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Log } from '../../log.ts';
import type { MessageContext, PlaceKind, SlackMessage } from '../../session/context.ts';
import type { ReplyKind } from '../../session/reply.ts';
import type { Posts } from '../../store/posts.ts';
import type { Requests } from '../../store/requests.ts';
import type { SessionRow, Sessions } from '../../store/sessions.ts';
import type { ThreadNotices } from '../../store/thread-notices.ts';
import { notice, refusal } from '../blocks/notices.ts';
import { renderAskStop, renderThreadHelp } from '../blocks/reply.ts';
import { unescape } from '../blocks/text.ts';
import { renderProblems } from '../command/help.ts';
import { parseTask } from '../command/parse.ts';
import { mentionsIn, readThreadMeaning } from '../command/thread-words.ts';
import { ACTION, TAKEN_REACTION } from '../ids.ts';
import type { Intake } from '../intake.ts';
import { readMessage } from '../messages.ts';
import type { Outbound } from '../outbound.ts';
import { placeKindOfEvent, unnamedPlace } from '../places.ts';
import type { TextFor } from '../text-for.ts';
import type { ThreadIntake } from '../thread-intake.ts';
import { onDurableButton } from './press.ts';

type EventDeps = {
  sessions: Pick<Sessions, 'inThread' | 'ofRequest'>;
  posts: Pick<Posts, 'isPlacingCard'>;
  requests: Pick<Requests, 'isOpenAbove'>;
  threads: ThreadIntake;
  notices: ThreadNotices;
  intake: Pick<Intake, 'acceptInThread' | 'offerForm'>;
  outbound: Pick<Outbound, 'react' | 'tellPrivately'>;
  botUserId: () => string;
  /** The app adds a tag of its own to each session. */
  tagRequests: boolean;
  textFor: TextFor;
  log: Log;
};

/** A person's message in a thread. */
type Spoken = {
  channelId: string;
  threadTs: string;
  ts: string;
  userId: string;
  placeKind: PlaceKind | null;
  /** Who began the thread; null: Slack does not say. */
  beganBy: string | null;
  /** As Slack sent it. */
  slackText: string;
  message: SlackMessage;
};

/** Seconds since 1970, by which what was said is put in order. */
const slackTsSchema = z.string().regex(/^\d+\.\d+$/);

const authorSchema = z.looseObject({
  ts: slackTsSchema,
  thread_ts: z.string(),
  user: z.string(),
  text: z.string().default(''),
  /** Apps have it, this one and Devin's own too: taking their words to Devin would go round in circles. */
  bot_id: z.never().optional(),
});
const spokenSchema = authorSchema.extend({
  channel: z.string(),
  channel_type: z.string().optional(),
  subtype: z.enum(['file_share', 'thread_broadcast']).optional(),
  parent_user_id: z.string().nullable().catch(null),
});
/** https://docs.slack.dev/reference/events/message/message_changed */
const editedSchema = z.looseObject({
  subtype: z.literal('message_changed'),
  channel: z.string(),
  // Without it Slack has only unfurled a link.
  message: authorSchema.extend({ edited: z.looseObject({ ts: slackTsSchema }) }),
});

/** https://docs.slack.dev/reference/events/message/message_deleted */
const deletedSchema = z.looseObject({
  subtype: z.literal('message_deleted'),
  channel: z.string(),
  deleted_ts: slackTsSchema,
});

/** Buttons on the card that stand for a word in its thread; the job asks who the person is. */
const SWITCHES = [
  [ACTION.mute, 'mute'],
  [ACTION.unmute, 'unmute'],
  [ACTION.sync, 'sync'],
  [ACTION.listenThread, 'listen-thread'],
  [ACTION.listenMentions, 'listen-mentions'],
] as const satisfies [string, ReplyKind][];

export function listenToEvents(app: App, deps: EventDeps): void {
  const { sessions, threads, botUserId } = deps;

  app.event('message', async ({ event, body }) => {
    const deleted = deletedSchema.safeParse(event);
    if (deleted.success) {
      const { channel: channelId, deleted_ts: ts } = deleted.data;
      await threads.retract({ teamId: body.team_id, channelId, ts });
      return;
    }
    const spoken = readSpoken(event);
    const edited = editedSchema.safeParse(event);
    if (spoken !== null && spoken.userId !== botUserId()) {
      const session = await sessionIn(deps, spoken);
      await (session === null ? notHeard(deps, spoken) : hear(deps, spoken, session));
    } else if (edited.success) {
      const { channel, message } = edited.data;
      const session = await sessions.inThread(channel, message.thread_ts);
      if (session !== null) await hearEdit(deps, session, message);
    }
  });

  for (const [actionId, kind] of SWITCHES) {
    onDurableButton(app, actionId, async ({ action, body: { user } }) => {
      const session = await sessions.ofRequest(action.value ?? '');
      if (session === null || session.teamId !== user.team_id) return;
      await threads.press({ session, userId: user.id, kind, press: `${user.id}:${action.action_ts}` });
    });
  }

  onDurableButton(app, ACTION.sendAgain, async ({ action, body }) => {
    await threads.sendAgain(action.value ?? '', body.user.id);
  });
}

const PLACING_LOOKS = 4;
const PLACING_PAUSE_MS = 250;

/** Slack is to deliver the message again: which session it is for is not recorded yet. */
class CardNotPlacedError extends Error {
  readonly code = 'card-not-placed';

  constructor() {
    super('a message came under a card before it was recorded where the card is');
    this.name = 'CardNotPlacedError';
  }
}

/**
 * A card is seen before it is recorded where it is; long before, if Slack's answer to posting it is late. Then the
 * message is not acknowledged, and Slack delivers it again.
 * https://docs.slack.dev/apis/events-api/#retries
 */
async function sessionIn(
  { sessions, posts, botUserId }: Pick<EventDeps, 'sessions' | 'posts' | 'botUserId'>,
  { channelId, threadTs, beganBy }: Spoken,
): Promise<SessionRow | null> {
  for (let look = 0; look < PLACING_LOOKS; look += 1) {
    const mayBePlacing = (beganBy ?? botUserId()) === botUserId() && (await posts.isPlacingCard(channelId));
    const session = await sessions.inThread(channelId, threadTs);
    if (session !== null || !mayBePlacing) return session;
    await delay(PLACING_PAUSE_MS);
  }
  throw new CardNotPlacedError();
}

/** null: not a person's reply in a thread. */
function readSpoken(event: unknown): Spoken | null {
  const parsed = spokenSchema.safeParse(event);
  if (!parsed.success || parsed.data.thread_ts === parsed.data.ts) return null;
  const { channel: channelId, thread_ts: threadTs, ts, user: userId, text: slackText } = parsed.data;
  const { channel_type: channelType, parent_user_id: beganBy } = parsed.data;
  const placeKind = placeKindOfEvent(channelType);
  return { channelId, threadTs, ts, userId, placeKind, beganBy, slackText, message: readMessage(event) };
}

/** Nobody is to think that Devin knows what was said before there was a session. */
async function notHeard(
  { requests, outbound, botUserId, textFor }: EventDeps,
  spoken: Spoken,
): Promise<void> {
  const { channelId, threadTs, slackText } = spoken;
  if (readThreadMeaning(slackText, botUserId()).kind === 'aside') return;
  if (!(await requests.isOpenAbove(channelId, threadTs))) return;
  const { thread } = await textFor(spoken.userId);
  await outbound.tellPrivately(privatePlace(spoken), notice([thread.notStarted]));
}

async function hear(deps: EventDeps, spoken: Spoken, session: SessionRow): Promise<void> {
  const { threads, outbound, textFor } = deps;
  const { userId, ts, slackText, message } = spoken;
  const { files } = message;
  const meaning = readThreadMeaning(slackText, deps.botUserId());
  switch (meaning.kind) {
    case 'aside':
      return;
    case 'help':
      await outbound.tellPrivately(privatePlace(spoken), renderThreadHelp(await textFor(userId)));
      return;
    case 'ask-stop':
      await outbound.tellPrivately(
        privatePlace(spoken),
        renderAskStop(session.requestId, await textFor(userId)),
      );
      return;
    case 'new':
      return startAnother(deps, spoken, { session, task: meaning.text });
    case 'reply': {
      const mentions = mentionsIn(slackText, deps.botUserId());
      const reception = await threads.receive(session, { userId, mentions });
      if (reception === 'muted') return tellMuted(deps, spoken, session);
      if (reception !== 'taken') return;
      const words = readMessage({ ts, text: meaning.text }).text;
      await threads.accept({ session, userId, ts, kind: 'reply', text: words, files });
      return;
    }
    default:
      await threads.accept({ session, userId, ts, kind: meaning.kind, text: '', files: [] });
  }
}

async function tellMuted(
  { notices, outbound, textFor }: EventDeps,
  spoken: Spoken,
  { sessionId }: SessionRow,
): Promise<void> {
  const once = { sessionId, userId: spoken.userId, reason: 'muted' } as const;
  if (!(await notices.isFirst(once))) return;
  const { thread } = await textFor(spoken.userId);
  const told = await outbound.tellPrivately(privatePlace(spoken), notice([thread.mutedHere]));
  if (told === 'retryable') await notices.forget(once);
}

async function hearEdit(
  { threads, botUserId }: EventDeps,
  session: SessionRow,
  message: z.infer<typeof editedSchema>['message'],
): Promise<void> {
  const { ts, user: userId, edited } = message;
  const meaning = readThreadMeaning(message.text, botUserId());
  const mentions = mentionsIn(message.text, botUserId());
  const reception = meaning.kind === 'reply' ? await threads.receive(session, { userId, mentions }) : 'aside';
  if (meaning.kind !== 'reply' || reception === 'aside') {
    const { teamId, channelId } = session;
    return threads.retract({ teamId, channelId, ts });
  }
  if (reception !== 'taken') return;
  const { text } = readMessage({ ts, text: meaning.text });
  await threads.correct({ session, userId, ts, text, editedTs: edited.ts });
}

type Another = { session: SessionRow; task: string };

/** `!new`: a command in all but its name. */
async function startAnother(deps: EventDeps, spoken: Spoken, { session, task }: Another): Promise<void> {
  const { intake, outbound } = deps;
  const { channelId, threadTs, userId, ts, placeKind, message } = spoken;
  const { files } = message;
  const context = contextOf(spoken);
  const asked = { teamId: session.teamId, userId, channelId, threadTs, placeKind, responseUrl: null };
  const intent = parseTask(task, { ownTag: deps.tagRequests });
  if (intent.kind === 'create') {
    await intake.acceptInThread(asked, `${channelId}:${ts}`, {
      draft: intent.draft,
      reset: intent.reset,
      files,
      context,
    });
    taken(deps, spoken);
    return;
  }
  const text = await deps.textFor(userId);
  const problems =
    intent.kind === 'invalid' ? renderProblems(intent.problems, 'task', text) : [text.thread.newNeedsTask];
  const form = await intake.offerForm(asked, intent.kind === 'invalid' ? intent.draft : {});
  const refused = refusal({ problems, typed: unescape(task), formId: form.id }, text);
  await outbound.tellPrivately(privatePlace(spoken), refused);
}

/** The thread above goes to the new session, too. */
function contextOf({ channelId, placeKind, ts, message }: Spoken): MessageContext {
  const without = { messages: [ts], files: [] };
  return { choice: 'until-here', channelId, channelName: unnamedPlace(placeKind), picked: message, without };
}

/** Not waited for: Slack has to have its answer, and the message is on disk. */
function taken({ outbound, log }: EventDeps, { channelId, ts }: Spoken): void {
  outbound.react(channelId, ts, TAKEN_REACTION).catch((error: unknown) => {
    log.warn({ err: error }, 'a message could not be marked as taken');
  });
}

function privatePlace({ userId, channelId, threadTs }: Spoken) {
  return { userId, channelId, threadTs, responseUrl: null };
}
