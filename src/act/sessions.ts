import { adopt, PERSON_NOT_IN_CONVERSATION, isTaggedFor } from '../create/index.ts';
import { DevinError } from '../devin/errors.ts';
import { Later } from '../queue/index.ts';
import { importSession } from '../restore/index.ts';
import { isMember } from '../session/preferences.ts';
import { isPending, requestIdOf } from '../session/request.ts';
import { type SessionSnapshot, isClosed } from '../session/snapshot.ts';
import {
  RefusedError,
  requireEnding,
  requirePerson,
  requireSteering,
  requireWriting,
} from '../slack/authority.ts';
import { cardView } from '../slack/card-view.ts';
import { cardMessage } from '../slack/edge/places.ts';
import { devinReason, doneAlready } from '../slack/views/notices.ts';
import { linkedTitle } from '../slack/views/session-card.ts';
import { escape, link } from '../slack/views/text.ts';
import { type AuditEntry, appendAudit } from '../store/audit.ts';
import { type SessionRequest, newId, type Followed, findFollowed } from '../store/requests.ts';
import type { SessionChanges } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { ActContext, ActOf, Doing, ActAnswer } from './context.ts';

type Ending = ActOf<'stop' | 'archive' | 'sleep'>;
type EndingSession = Doing<Ending, Followed>;
type EndingCall = {
  call: 'terminate' | 'archive' | 'unarchive';
  isDone: (snapshot: SessionSnapshot) => boolean;
};

/** What Devin is asked for each, in order. It puts a session to sleep only by archiving it, and keeps it in the archive. */
const CALLS: Record<Ending['kind'], readonly EndingCall[]> = {
  stop: [{ call: 'terminate', isDone: isClosed }],
  archive: [{ call: 'archive', isDone: ({ isArchived }) => isArchived }],
  sleep: [
    { call: 'archive', isDone: ({ status }) => status === 'suspended' },
    { call: 'unarchive', isDone: ({ isArchived }) => !isArchived },
  ],
};

/** Where the card finds who did it. A session at rest can be woken, so who put it there isn't kept. */
const DONE_BY = { stop: 'stoppedBy', archive: 'archivedBy', sleep: null } as const;

/** Devin's answer is recorded right after, and redraws the card, unless it changes nothing. */
const REDRAW_AFTER_MS = 500;

export async function mayEndSession(c: ActContext, act: Ending, followed: Followed) {
  // Who writes in the thread is in its conversation.
  if (act.messageTs === undefined) await requireEnding(c, followed, act.userId);
  else await requireSteering(c, followed.request, act.userId);
}

/** Stops, archives or puts to sleep. Devin can be asked twice without harm. */
export async function endSession(c: ActContext, doing: EndingSession): Promise<ActAnswer> {
  const { act, subject: followed, signal } = doing;
  const { kind, userId } = act;
  const text = await c.textFor(userId);
  const card = cardView({ ...followed, nowMs: c.tuning.now() }, text);
  const name = linkedTitle(card, text);
  const { snapshot } = followed.session;
  if (kind === 'archive' ? snapshot.isArchived : isClosed(snapshot))
    throw new RefusedError(doneAlready({ name, card, sinceMs: followed.session.phaseAt.getTime() }, text));
  let ended: SessionSnapshot | null = snapshot;
  try {
    for (const call of CALLS[kind]) ended = ended && (await ask(c, doing, call));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DevinError)) throw error;
    const why = devinReason(error.failure, text);
    throw new RefusedError(text.steering.notDone(name, text.steering.acts[kind]), escape(why));
  }
  await record(c, doing, ended);
  if (ended !== null) return [text.steering.done(name, text.steering.acts[kind])];
  throw new RefusedError(text.steering.lost(name, text.steering.acts[kind]));
}

/** The session as Devin has it then; null: its answer was lost, and the session isn't seen that way. */
async function ask(
  { devin, searchUntilFound }: ActContext,
  { subject, signal }: EndingSession,
  { call, isDone }: EndingCall,
): Promise<SessionSnapshot | null> {
  const { sessionId } = subject.session;
  try {
    return await devin.sessions[call](sessionId, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DevinError)) throw error;
    const isLost = error.meaning === 'unclear';
    if (!isLost && error.code !== 'conflict') throw error;
    const found = await searchUntilFound(async () => {
      const snapshot = await devin.sessions.get(sessionId, { signal });
      return isDone(snapshot) ? snapshot : null;
    }, signal);
    if (found === null && !isLost) throw error;
    return found;
  }
}

/** First who did it, so that the card never shows an end without a name. `ended`: null: nobody knows whether it was done. */
async function record(c: ActContext, { act, subject }: EndingSession, ended: SessionSnapshot | null) {
  const { kind, userId } = act;
  const { sessionId, requestId, channelId } = subject.session;
  const doneBy = DONE_BY[kind];
  // Without a Devin member: only the app's service user can do these.
  const entry: AuditEntry = {
    kind,
    userId,
    channelId,
    requestId,
    sessionId,
    result: ended ? 'done' : 'unknown',
  };
  await c.store.db.transaction().execute(async (trx) => {
    if (ended !== null) {
      if (doneBy !== null) await c.store.sessions.change(sessionId, { [doneBy]: userId }, trx);
      await c.enqueue('show', { key: cardKey(requestId) }, { trx, startAfterMs: REDRAW_AFTER_MS });
    }
    await appendAudit([entry], trx);
  });
  if (ended === null) return;
  await c.recordAnswer(subject.session, ended);
  // Replies that still wait fail, and their authors hear of it.
  if (kind === 'stop') await c.enqueue('relay-to-devin', { sessionId });
}

type Switch = ActOf<'mute' | 'unmute' | 'listen-thread' | 'listen-mentions'>;

const CHANGES: Record<Switch['kind'], (userId: string) => SessionChanges> = {
  mute: (userId) => ({ mutedBy: userId }),
  unmute: () => ({ mutedBy: null }),
  'listen-thread': () => ({ listen: 'thread' }),
  'listen-mentions': () => ({ listen: 'mentions' }),
};

export async function maySwitch(c: ActContext, { userId, messageTs }: Switch, followed: Followed) {
  await requireSteering(c, followed.request, userId);
  // Who writes in the thread is in its conversation.
  if (messageTs === undefined) await requireWriting(c, followed, userId);
}

/** Which messages of its thread a session gets. */
export async function switchThread(
  { store, enqueue }: ActContext,
  { act: { kind, userId }, subject: { session } }: Doing<Switch, Followed>,
): Promise<ActAnswer> {
  const { sessionId, requestId } = session;
  await store.db.transaction().execute(async (trx) => {
    await store.sessions.change(sessionId, CHANGES[kind](userId), trx);
    await enqueue('show', { key: cardKey(requestId) }, { trx });
    await appendAudit([{ kind: 'setting', userId, requestId, sessionId, result: `${kind}:session` }], trx);
  });
  await store.sessions.touch(requestId);
  return [];
}

type Follow = ActOf<'follow'>;

/** Follows a session that was started elsewhere: imports it with a request that is already `created`, and posts its card. */
export async function follow(c: ActContext, act: Follow): Promise<ActAnswer> {
  const { followNeedsAccount } = (await c.textFor(act.userId)).steering;
  if (!isMember(await requirePerson(c, act))) throw new RefusedError(followNeedsAccount);
  const known = (await findFollowed(c.store, act.sessionId))?.request ?? null;
  if (known !== null && known.teamId !== act.teamId)
    throw new RefusedError((await c.textFor(act.userId)).devin.notFound);
  return showCard(c, act, known ?? (await importOrAdopt(c, act)));
}

async function importOrAdopt(c: ActContext, act: Follow): Promise<SessionRequest | null> {
  const snapshot = await c.devin.sessions.get(act.sessionId);
  return (await adoptUnconfirmed(c, snapshot, act)) ?? importNew(c, snapshot, act);
}

/** The request it was started for, if it was started here and the app doesn't know yet; otherwise null. */
async function adoptUnconfirmed(c: ActContext, snapshot: SessionSnapshot, { teamId }: Follow) {
  const { requests } = c.store;
  const requestId = requestIdOf(snapshot.tags);
  const request = requestId === null ? null : await requests.find(requestId);
  if (request?.teamId !== teamId || !mayHaveStarted(request, snapshot)) return null;
  await adopt(c, request, { snapshot, asked: true });
  return requests.find(request.id);
}

/** Whether a session with a request's tag may be the one that it waits for. */
export function mayHaveStarted(request: SessionRequest, snapshot: SessionSnapshot): boolean {
  const { state, sentAt } = request;
  // Nobody has approved it yet, so it was never sent.
  const isUnsent = state === 'awaiting-approval' && sentAt === null;
  return (state === 'unknown' || (isPending(state) && !isUnsent)) && isTaggedFor(snapshot, request);
}

async function importNew(c: ActContext, snapshot: SessionSnapshot, act: Follow) {
  const { teamId, userId, placeKind, answerTo } = act;
  const channelId = answerTo.channelId ?? '';
  const found = await c.slack.presence({ channelId, userId });
  return importSession(c, {
    request: { id: newId(), teamId, userId, channelId, threadTs: null, placeKind },
    requestChanges: found === 'out' ? { cardElsewhere: PERSON_NOT_IN_CONVERSATION } : {},
    snapshot,
  });
}

/** `found` null: another process is importing it. The link is for people who can read where the card is. */
async function showCard(c: ActContext, { userId }: Follow, found: SessionRequest | null): Promise<ActAnswer> {
  if (found === null) return [];
  const waitMs = found.cardTs === null ? await c.show(cardKey(found.id)) : null;
  if (waitMs !== null) throw new Later('slack', waitMs);
  const request = await c.store.requests.find(found.id);
  const card = request && cardMessage(request);
  const { steering, notices } = await c.textFor(userId);
  if (card === null) throw new RefusedError(notices.noCard);
  const mayRead =
    found.userId === userId || (await c.slack.presence({ channelId: card.channelId, userId })) === 'in';
  const url = mayRead ? c.slack.outbound.permalink(card) : null;
  return [steering.followed, ...(url === null ? [] : [link(url, notices.openCard)])];
}
