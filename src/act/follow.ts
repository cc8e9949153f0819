import { isTaggedFor, PERSON_NOT_IN_CONVERSATION } from '../create/index.ts';
import { wasDeleted } from '../reconcile/index.ts';
import { isMember } from '../session/preferences.ts';
import { isPending, requestIdOf } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { isOutside } from '../slack/edge/conversations.ts';
import { cardMessage } from '../slack/edge/posted-messages.ts';
import { refusalSentence } from '../slack/views/failures.ts';
import { escape, link } from '../slack/views/text.ts';
import { newId, type SessionRequest } from '../store/request-row.ts';
import { findFollowed } from '../store/requests.ts';
import { cardKey } from '../store/shown.ts';
import { done, notDone, type ActContext, type ActOf, type Doing, type Outcome } from './context.ts';

type Follow = ActOf<'follow'>;

export async function mayFollow({ resolve, slack }: ActContext, { teamId, userId }: Follow) {
  const [identity, text] = await Promise.all([resolve({ teamId, userId }), slack.textFor(userId)]);
  if (identity.kind === 'refused') return escape(refusalSentence(identity, text));
  return isMember(identity) ? null : text.steering.followNeedsAccount;
}

/** Follows a session that was started elsewhere: imports it with a request that is already `created`, and posts its card. */
export async function follow(c: ActContext, { act }: Doing<Follow, Follow>): Promise<Outcome> {
  const known = (await findFollowed(c.store, act.sessionId))?.request ?? null;
  if (known !== null && known.teamId !== act.teamId)
    return notDone((await c.slack.textFor(act.userId)).devin.notFound);
  return showCard(c, act, known ?? (await importOrAdopt(c, act)));
}

async function importOrAdopt(c: ActContext, act: Follow): Promise<SessionRequest | null> {
  const snapshot = await c.devin.sessions.get(act.sessionId);
  return (await adoptUnconfirmed(c, snapshot, act)) ?? importNew(c, snapshot, act);
}

/** The request it was started for, if it was started here and the app doesn't know yet; otherwise null. */
async function adoptUnconfirmed(
  { store, adopt }: ActContext,
  snapshot: SessionSnapshot,
  { teamId }: Follow,
): Promise<SessionRequest | null> {
  const requestId = requestIdOf(snapshot.tags);
  const request = requestId === null ? null : await store.requests.find(requestId);
  if (request?.teamId !== teamId || !mayHaveStarted(request, snapshot)) return null;
  await adopt(request, { snapshot, asked: true });
  return store.requests.find(request.id);
}

/** Whether a session with a request's tag may be the one that it waits for. */
export function mayHaveStarted(request: SessionRequest, snapshot: SessionSnapshot): boolean {
  const { state, sentAt } = request;
  // Nobody has approved it yet, so it was never sent.
  const isUnsent = state === 'awaiting-approval' && sentAt === null;
  return (state === 'unknown' || (isPending(state) && !isUnsent)) && isTaggedFor(snapshot, request);
}

async function importNew({ slack, importSession }: ActContext, snapshot: SessionSnapshot, act: Follow) {
  const { teamId, userId, placeKind, answerTo } = act;
  const channelId = answerTo.channelId ?? '';
  const presence = await slack.presence({ channelId, userId });
  return importSession({
    request: { id: newId(), source: 'follow', teamId, userId, channelId, threadTs: null, placeKind },
    requestChanges: isOutside(presence) ? { cardElsewhere: PERSON_NOT_IN_CONVERSATION } : {},
    snapshot,
    threadTs: '',
  });
}

/** null: another process is importing it. */
async function showCard(c: ActContext, act: Follow, found: SessionRequest | null): Promise<Outcome> {
  if (found === null) return done();
  const { requests } = c.store;
  if (wasDeleted(found)) await requests.cardAskedFor(found.id);
  const waitMs = found.cardTs === null ? await c.show(cardKey(found.id)) : null;
  if (waitMs !== null) return waitMs;
  const request = await requests.find(found.id);
  if (request !== null && request.cardTs !== null) return done(...(await whereShown(c, act, request)));
  return notDone((await c.slack.textFor(act.userId)).steering.noPlace);
}

async function whereShown({ slack }: ActContext, { userId, answerTo }: Follow, request: SessionRequest) {
  const { steering, notices } = await slack.textFor(userId);
  const card = cardMessage(request);
  const mayRead = async (channelId: string) =>
    request.userId === userId || (await slack.presence({ channelId, userId })) === 'in';
  const url = card !== null && (await mayRead(card.channelId)) ? slack.outbound.permalink(card) : null;
  const isHere = request.channelId === answerTo.channelId;
  return [
    isHere ? steering.followed : steering.followedElsewhere,
    ...(url === null ? [] : [link(url, notices.openCard)]),
  ];
}
