import { lastWordsOf } from '../follow/index.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Enqueue, LostSession } from '../queue/index.ts';
import { devinUserOf, type Identity } from '../session/identity.ts';
import { namesUrl, progress, readMilestone, readToldPhase } from '../session/milestones.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { CLOCK_MARGIN_S, type FoundMessage, type MetadataReader } from '../slack/edge/posted-messages.ts';
import type { Person } from '../store/identities.ts';
import type { SessionChanges } from '../store/sessions.ts';
import { cardKey, type ShownMessages } from '../store/shown.ts';
import { unlessDevinFails, type FindRequester } from './find-places.ts';
import type { History, ImportSession, ReadHistory, SessionMember } from './import-session.ts';

export type FoundCard = {
  channelId: string;
  ts: string;
  threadTs: string | null;
  /** Names the session, unless the card was posted before the session existed. */
  text: string;
  metadata: Extract<FoundMessage['metadata'], { kind: 'card' }>;
};

type RestoreDeps = {
  getSession: (sessionId: string) => Promise<SessionSnapshot>;
  readHistory: ReadHistory;
  findRequester: FindRequester;
  sessionMember: SessionMember;
  resolve: ResolveIdentity;
  metadata: Pick<MetadataReader, 'read'>;
  importSession: ImportSession;
  shown: Pick<ShownMessages, 'found'>;
  enqueue: Enqueue;
  teamId: () => string;
};

/** False: its owner is unknown, it runs as another person, or Devin doesn't return it. */
export type RestoreSession = (lost: LostSession, card: FoundCard) => Promise<boolean>;

/** Rebuilds the rows of a session from its card, its thread, and what Devin says. */
export function createRestoreSession(deps: RestoreDeps): RestoreSession {
  const { getSession, readHistory, metadata, shown, enqueue } = deps;

  async function inThread({ sessionId, createdAtS }: LostSession, { channelId, threadTs, ts }: FoundCard) {
    const place = { channelId, threadTs: threadTs ?? ts };
    const { messages } = await metadata.read(place, { fromS: createdAtS - CLOCK_MARGIN_S, toS: null });
    return messages.filter(({ metadata: found }) => found.kind !== 'card' && found.sessionId === sessionId);
  }

  return async (lost, card) => {
    const { sessionId, requestId, devinUserId } = lost;
    const userId =
      card.metadata.requester ?? (devinUserId === null ? null : await deps.findRequester(devinUserId));
    const found = await unlessDevinFails(async () => ({
      snapshot: await getSession(sessionId),
      history: await readHistory(sessionId),
    }));
    if (userId === null || found === null) return false;
    const { snapshot, history } = found;
    const teamId = deps.teamId();
    const identity = await identityOf(deps, { teamId, userId }, snapshot);
    // A tag can be copied: a card that doesn't name the session is not its own if it runs as someone else.
    if (!card.text.includes(sessionId) && identity?.kind === 'matched' && identity.how === 'session')
      return false;
    const { channelId, threadTs, ts } = card;
    await deps.importSession({
      ...found,
      ...catchUp(snapshot, history, await inThread(lost, card)),
      request: { id: requestId, source: 'restored', teamId, userId, channelId, threadTs },
      identity,
      asked: known(card),
      requestChanges: { cardChannelId: channelId, cardTs: ts },
      threadTs: threadTs ?? ts,
      enqueueMore: async (trx) => {
        await shown.found({ key: cardKey(requestId), channelId, threadTs, ts }, trx);
        await enqueue('show', { key: cardKey(requestId) }, { trx });
        // Posts what was said meanwhile, then announces milestones.
        await enqueue('relay-from-devin', { sessionId }, { trx });
      },
    });
    return true;
  };
}

function known({ metadata: { repos, acuLimit } }: FoundCard) {
  return { ...(repos.length > 0 && { repos }), ...(acuLimit !== null && { max_acu_limit: acuLimit }) };
}

/** As resolved today, if the session runs as that member; otherwise as Devin says. */
async function identityOf(
  { resolve, sessionMember }: RestoreDeps,
  person: Person,
  snapshot: SessionSnapshot,
): Promise<Identity | null> {
  const today = await unlessDevinFails(async () => resolve(person));
  if (today !== null && today.kind !== 'refused' && devinUserOf(today) === snapshot.userId) return today;
  return sessionMember(snapshot);
}

/** At most this many missing messages are posted late. */
const MAX_LATE = 20;

/** What the thread doesn't show yet. */
type CatchUp = { unposted: Set<string>; untold: readonly string[]; sessionChanges: SessionChanges };

function catchUp(snapshot: SessionSnapshot, { messages }: History, thread: readonly FoundMessage[]): CatchUp {
  const posted = new Set(
    thread.flatMap(({ metadata: found }) => (found.kind === 'message' ? [found.eventId] : [])),
  );
  const shown = messages.findLastIndex(({ eventId }) => posted.has(eventId));
  const late = messages.slice(shown + 1).filter(({ source }) => source === 'devin');
  const { untold, ...changes } = changesSince(snapshot, thread);
  return {
    unposted: new Set(late.slice(-MAX_LATE).map(({ eventId }) => eventId)),
    untold,
    sessionChanges: { ...changes, lastWords: lastWordsOf(messages), nextPoll: { inMs: 0, first: true } },
  };
}

/** Changes since the last announced phase, which still have to be announced. `thread`: oldest first. */
function changesSince(snapshot: SessionSnapshot, thread: readonly FoundMessage[]) {
  const told = thread.flatMap(({ metadata: found }) => (found.kind === 'milestone' ? [found.key] : []));
  const phases = told.map(readToldPhase).filter((phase) => phase !== null);
  const before = phases.at(-1) ?? 'working';
  const { keys, ...now } = progress(
    { told, phase: before, wasFinished: before === 'finished', cap: null },
    snapshot,
  );
  const untold = keys.filter((key) => isNews(key, thread));
  return { ...now, untold, told: [...told, ...keys], phaseAt: new Date(snapshot.updatedAt * 1000) };
}

function isNews(key: string, thread: readonly FoundMessage[]): boolean {
  const milestone = readMilestone(key);
  // Someone may have stopped it in Slack: who did is lost.
  if (milestone?.kind === 'ended') return false;
  // Devin's words, or that it finished, may have announced it.
  return milestone?.kind !== 'pr' || !thread.some(({ text }) => namesUrl(text, milestone.url));
}
