import { lookupFailure } from '../failures.ts';
import { Later, type Jobs } from '../queue/index.ts';
import { devinUserOf, type Identity } from '../session/identity.ts';
import { readPrompt } from '../session/prompt.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { unlessRefused } from '../slack/edge/errors.ts';
import type { FoundMessage } from '../slack/edge/metadata.ts';
import { readPermalink } from '../slack/edge/places.ts';
import { cardKey } from '../store/shown.ts';
import type { RestoreContext } from './context.ts';
import { importSession, readHistory, sessionMember, type History } from './import-session.ts';

/** A card can be this much older than its session: a request waits that long for a busy Devin. */
const BEFORE_S = 70 * 60;

type Lost = Jobs['restore-session'];

/** Takes up a session of a lost database in the thread that its prompt names. */
export async function restoreSession(c: RestoreContext, lost: Lost): Promise<void> {
  const { sessionId, requestId } = lost;
  try {
    const isKnown = (await c.store.sessions.find(sessionId)) ?? (await c.store.requests.find(requestId));
    if (isKnown !== null || (await restore(c, lost))) return;
  } catch (error) {
    const word = lookupFailure(error);
    if (word instanceof Later) throw word;
  }
  c.tuning.log.warn({ sessionId }, `a session is not followed any more; \`${c.command} follow <id>\` does`);
}

/** false: its card isn't in that thread, its owner isn't known, or it runs as another person. */
async function restore(c: RestoreContext, lost: Lost): Promise<boolean> {
  const { sessionId, requestId } = lost;
  const [snapshot, history] = [await c.devin.sessions.get(sessionId), await readHistory(c, sessionId)];
  const found = await messagesIn(c, history, lost);
  const card = found.find((one) => one.metadata.kind === 'card' && one.metadata.requestId === requestId);
  if (card?.metadata.kind !== 'card' || card.metadata.requester === null) return false;
  const { channelId, threadTs, ts } = card;
  const { requester: userId, repos, acuLimit } = card.metadata;
  const teamId = c.slack.teamId();
  const identity = await identityOf(c, { teamId, userId }, snapshot);
  // A tag can be copied: a card that doesn't name the session is not its own if it runs as someone else.
  if (!card.text.includes(sessionId) && identity?.kind === 'matched' && identity.how === 'session')
    return false;
  await importSession(c, {
    request: { id: requestId, source: 'restored', teamId, userId, channelId, threadTs },
    requestChanges: { cardChannelId: channelId, cardTs: ts },
    asked: { ...(repos.length > 0 && { repos }), ...(acuLimit !== null && { max_acu_limit: acuLimit }) },
    snapshot,
    history,
    identity,
    threadTs,
    unposted: lateIn(history, found),
    enqueueMore: async (trx) => {
      await c.store.shown.found({ key: cardKey(requestId), channelId, threadTs, ts }, trx);
      await c.enqueue('show', { key: cardKey(requestId) }, { trx });
      // Posts what was said meanwhile.
      await c.enqueue('relay-from-devin', { sessionId }, { trx });
    },
  });
  return true;
}

/** What the app posted in the thread that the prompt names, for this session or its request. */
async function messagesIn(
  { slack }: RestoreContext,
  { messages: [first] }: History,
  { sessionId, requestId, createdAtS }: Lost,
) {
  const { permalink } = first?.source === 'user' ? readPrompt(first.message, requestId) : { permalink: null };
  const place = permalink === null ? null : readPermalink(permalink);
  if (place === null) return [];
  // If the app can't read there, it can't have posted there.
  const read = await unlessRefused(slack.readPosted(place, createdAtS - BEFORE_S));
  return (read ?? [])
    .filter(({ metadata: of }) => of.kind === 'card' || of.sessionId === sessionId)
    .map((message) => ({ ...message, ...place }));
}

/** At most this many missing messages are posted late. */
const MAX_LATE = 20;

/** What Devin said after the last of its messages that the thread shows. */
function lateIn({ messages }: History, found: readonly Pick<FoundMessage, 'metadata'>[]): Set<string> {
  const posted = new Set(found.map(({ metadata: of }) => (of.kind === 'message' ? of.eventId : null)));
  const last = messages.findLastIndex(({ eventId }) => posted.has(eventId));
  const late = messages.slice(last + 1).filter(({ source }) => source === 'devin');
  return new Set(late.slice(-MAX_LATE).map(({ eventId }) => eventId));
}

/** As resolved today, if the session runs as that member; otherwise as Devin says. */
async function identityOf(
  c: RestoreContext,
  person: { teamId: string; userId: string },
  snapshot: SessionSnapshot,
): Promise<Identity | null> {
  const today = await c.resolve(person);
  if (today.kind !== 'refused' && devinUserOf(today) === snapshot.userId) return today;
  return sessionMember(c, snapshot);
}
