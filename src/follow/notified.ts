import type { Notify } from '../session/preferences.ts';
import { labeled, withCall, type Answered, type Call, type Called } from '../slack/blocks/devin-message.ts';
import type { Rendered } from '../slack/blocks/objects.ts';
import { cardView } from '../slack/card-view.ts';
import type { FindLeaver, IsOutside } from '../slack/people.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Followed } from '../store/requests.ts';
import type { MessageRow } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoreParts } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import type { SteeringCheck } from '../trust/index.ts';

type NotifiedDeps = {
  store: StoreParts<{ settings: 'preferencesFor'; calls: 'recentAuthors' }>;
  findLeaver: FindLeaver;
  isOutside: IsOutside;
  check: SteeringCheck;
};

export type Notified = ReturnType<typeof createNotified>;

const MOST_CALLED = 3;

export function createNotified(deps: NotifiedDeps) {
  const { settings, calls } = deps.store;
  const { findLeaver, check } = deps;

  /** Whether the requester is in Slack, but certainly no longer in the session's conversation. */
  async function isOutside({ channelId, threadTs }: SessionRow, request: SessionRequest): Promise<boolean> {
    return threadTs !== '' && (await deps.isOutside(channelId, request));
  }

  return {
    isOutside,

    /** As the requester prefers, but where they read it: not in direct messages if they left Slack. */
    async where(session: SessionRow, request: SessionRequest): Promise<Notify> {
      const notify = session.notify ?? (await settings.preferencesFor(request)).notify;
      if (notify === 'thread' && session.synced) return (await isOutside(session, request)) ? 'dm' : notify;
      if (notify !== 'dm' || session.threadTs === '') return notify;
      return (await findLeaver(request)) === null ? notify : 'thread';
    },

    /** The requester; if they left Slack, people who took part lately and may steer the session. */
    async called(sessionId: string, request: SessionRequest): Promise<Called> {
      const left = await findLeaver(request);
      if (left === null) return { kind: 'people', userIds: [request.userId] };
      const userIds: string[] = [];
      for (const userId of await calls.recentAuthors(sessionId, request.userId)) {
        if (userIds.length === MOST_CALLED) break;
        if ((await check(request, userId)).kind === 'allowed') userIds.push(userId);
      }
      return userIds.length === 0 ? { kind: 'nobody', name: left.name } : { kind: 'people', userIds };
    },
  };
}

export type CallDeps = {
  store: StoreParts<{ sessions: 'shareOf' }>;
  notified: Pick<Notified, 'called'>;
  /** In the thread. */
  text: Text;
  now: () => number;
};
type FrameDeps = CallDeps & {
  store: StoreParts<{
    requests: 'find';
    messages: 'lastMessage';
    calls: 'partOf' | 'join' | 'part' | 'isMade' | 'quietUntil';
  }>;
  notified: Pick<Notified, 'where' | 'called'>;
};

/** Adds what goes around the words of a message. */
export type Frame = (words: Rendered) => Rendered;
export type FrameOf = (session: SessionRow, row: MessageRow) => Promise<Frame>;

export function createFrameOf(deps: FrameDeps): FrameOf {
  return async (session, row) => {
    const request = await deps.store.requests.find(session.requestId);
    if (request === null || row.source !== 'devin') return (words) => words;
    const key = await callKey(deps, { session, request, row });
    return frameWith(deps, { session, request, key, answered: null });
  };
}

/** `key`: of the call, if the words are a question. */
type Framing = Followed & { key: string | null; answered: Answered | null };

/** The session's name if two share a thread, and the call. */
export async function frameWith(
  { store: { sessions }, notified, text, now }: CallDeps,
  { session, request, key, answered }: Framing,
): Promise<Frame> {
  const { sessionId } = session;
  const card = cardView({ request, session, nowMs: now() }, text);
  const share = await sessions.shareOf(session);
  const name = (words: Rendered): Rendered => (share === 'alone' ? words : labeled(words, card, text));
  if (key === null) return name;
  const called = await notified.called(sessionId, request);
  const call: Call = { sessionId, key, card, called, answered, isUnheard: share === 'unheard' };
  return (words) => withCall(name(words), call, text);
}

/** A message that was attempted before keeps its call, unless Devin has gone on since: then it waits again, or is left out. */
async function callKey(
  deps: FrameDeps,
  { session, request, row }: Followed & { row: MessageRow },
): Promise<string | null> {
  const { sessionId, eventId } = row;
  if (row.attemptedAt !== null) {
    if (session.phase !== 'needs-you') await deps.store.calls.part(sessionId, eventId);
    return deps.store.calls.partOf(sessionId, eventId);
  }
  if (session.phase !== 'needs-you' || (await deps.notified.where(session, request)) !== 'thread')
    return null;
  const last = await deps.store.messages.lastMessage(sessionId);
  if (last?.eventId !== eventId) return null;
  const key = await deps.store.calls.partOf(sessionId, eventId);
  if (key !== null || (await deps.store.calls.isMade(sessionId, last))) return key;
  if ((await deps.store.calls.quietUntil(sessionId)) !== null) return null;
  return deps.store.calls.join(sessionId, eventId);
}
