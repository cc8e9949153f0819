import { isTaggedFor, PERSON_NOT_IN_CONVERSATION, type Adopt } from '../create/index.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Jobs } from '../queue/index.ts';
import { wasDeleted, type ShowNow } from '../reconcile/index.ts';
import type { ImportSession } from '../restore/index.ts';
import { progress, pullRequestKey } from '../session/milestones.ts';
import { isMember } from '../session/preferences.ts';
import { isPending, requestIdOf } from '../session/request.ts';
import { pullRequestUrls, type SessionSnapshot } from '../session/snapshot.ts';
import { isOutside, type PresenceOf } from '../slack/edge/conversations.ts';
import type { Outbound } from '../slack/edge/outbound.ts';
import { cardMessage } from '../slack/edge/posted-messages.ts';
import type { TextFor } from '../slack/edge/text-for.ts';
import type { Notifier } from '../slack/tell-later.ts';
import { refusalSentence } from '../slack/views/failures.ts';
import { link } from '../slack/views/text.ts';
import { newId, type SessionRequest } from '../store/request-row.ts';
import type { SessionChanges } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { StoreParts } from '../store/store.ts';
import { notDone } from './outcome.ts';

type FollowDeps = {
  store: StoreParts<{ requests: 'find' | 'cardAskedFor'; sessions: 'find' }>;
  resolve: ResolveIdentity;
  presence: PresenceOf;
  getSession: (sessionId: string) => Promise<SessionSnapshot>;
  importSession: ImportSession;
  adopt: Adopt;
  show: ShowNow;
  outbound: Pick<Outbound, 'permalink'>;
  notifier: Notifier;
  textFor: TextFor;
};

type FollowJob = Jobs['follow-session'];

/** Follows a session that was started elsewhere: imports it with a request that is already `created`, and posts its card. */
export function createFollower(deps: FollowDeps) {
  const { requests, sessions } = deps.store;
  const { resolve, getSession, show, outbound, notifier, textFor } = deps;

  async function refusal({ teamId, userId }: FollowJob): Promise<string | null> {
    const [identity, text] = await Promise.all([resolve({ teamId, userId }), textFor(userId)]);
    if (identity.kind === 'refused') return refusalSentence(identity, text);
    return isMember(identity) ? null : text.steering.followNeedsAccount;
  }

  async function findKnown({ sessionId, teamId }: FollowJob): Promise<SessionRequest | 'elsewhere' | null> {
    const session = await sessions.find(sessionId);
    const request = session === null ? null : await requests.find(session.requestId);
    return request === null || request.teamId === teamId ? request : 'elsewhere';
  }

  /** The request it was started for, if it was started here and the app doesn't know yet; otherwise null. */
  async function adoptUnconfirmed(
    snapshot: SessionSnapshot,
    { teamId }: FollowJob,
  ): Promise<SessionRequest | null> {
    const requestId = requestIdOf(snapshot.tags);
    const request = requestId === null ? null : await requests.find(requestId);
    if (request === null || request.teamId !== teamId) return null;
    if (request.state !== 'unknown' && !isPending(request.state)) return null;
    // It was never sent, and nobody has approved it yet.
    if (request.state === 'awaiting-approval' && request.sentAt === null) return null;
    if (!isTaggedFor(snapshot, request)) return null;
    await deps.adopt(request, snapshot, { asked: true });
    return requests.find(request.id);
  }

  async function importOrAdopt(job: FollowJob): Promise<SessionRequest | null> {
    const snapshot = await getSession(job.sessionId);
    return (await adoptUnconfirmed(snapshot, job)) ?? importNew(snapshot, job);
  }

  async function importNew(snapshot: SessionSnapshot, job: FollowJob): Promise<SessionRequest | null> {
    const { teamId, userId, placeKind, answerTo } = job;
    const channelId = answerTo.channelId ?? '';
    const presence = await deps.presence({ channelId, userId });
    return deps.importSession({
      request: { id: newId(), source: 'follow', teamId, userId, channelId, threadTs: null, placeKind },
      requestChanges: isOutside(presence) ? { cardElsewhere: PERSON_NOT_IN_CONVERSATION } : {},
      snapshot,
      threadTs: '',
      sessionChanges: asFound(snapshot),
    });
  }

  async function notifyWhere(request: SessionRequest, { userId, answerTo }: FollowJob): Promise<void> {
    const card = cardMessage(request);
    const isShown =
      card !== null &&
      (request.userId === userId || (await deps.presence({ channelId: card.channelId, userId })) === 'in');
    const text = await textFor(userId);
    const url = isShown ? outbound.permalink(card) : null;
    const where = url === null ? [] : [link(url, text.notices.openCard)];
    const isHere = request.channelId === answerTo.channelId;
    const sentence = isHere ? text.steering.followed : text.steering.followedElsewhere;
    await notifier.notifyMarkup(userId, answerTo, sentence, ...where);
  }

  /** When to try again, in ms; null: never. */
  async function showCard(found: SessionRequest, job: FollowJob): Promise<number | null> {
    const { id, cardTs } = found;
    if (wasDeleted(found)) await requests.cardAskedFor(id);
    const waitMs = cardTs === null ? await show(cardKey(id)) : null;
    if (waitMs !== null) return waitMs;
    const request = await requests.find(id);
    if (request !== null && request.cardTs !== null) await notifyWhere(request, job);
    else await notifier.notify(job.userId, job.answerTo, (await textFor(job.userId)).steering.noPlace);
    return null;
  }

  return async (job: FollowJob): Promise<number | null | void> => {
    const { userId, answerTo } = job;
    const text = await textFor(userId);
    try {
      const refused = await refusal(job);
      if (refused !== null) return await notifier.notify(userId, answerTo, refused);
      const before = await findKnown(job);
      if (before === 'elsewhere') return await notifier.notify(userId, answerTo, text.devin.notFound);
      const request = before ?? (await importOrAdopt(job));
      if (request !== null) return await showCard(request, job);
    } catch (error) {
      await notifier.notify(userId, answerTo, text.steering.notFollowed, notDone(error, text));
    }
  };
}

/** Its past isn't announced. */
function asFound(snapshot: SessionSnapshot): SessionChanges {
  const { phase, wasFinished } = progress(
    { told: [], phase: 'working', wasFinished: false, cap: null },
    snapshot,
  );
  const told = pullRequestUrls(snapshot).map(pullRequestKey);
  return { phase, wasFinished, told, nextPoll: { inMs: 0, first: true } };
}
