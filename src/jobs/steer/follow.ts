import type { Kysely } from 'kysely';
import type { SessionMessage, SessionResponse } from '../../devin/schemas.ts';
import type { IdentityResolver } from '../../identity/resolve.ts';
import type { PlaceKind } from '../../session/context.ts';
import { storedDraftSchema } from '../../session/fields.ts';
import { sessionPhase } from '../../session/lifecycle.ts';
import { link } from '../../slack/blocks/text.ts';
import { refusalSentence } from '../../slack/identity-words.ts';
import type { Outbound } from '../../slack/outbound.ts';
import { newId } from '../../store/requests.ts';
import type { NewRequest, Requests, SessionRequest } from '../../store/requests.ts';
import type { SessionChanges, Sessions } from '../../store/sessions.ts';
import type { Tables } from '../../store/tables.ts';
import type { Text } from '../../text/index.ts';
import type { AnswerTo, Enqueue } from '../queue.ts';
import type { Answerer } from './answer.ts';
import type { PlaceCard } from './place-card.ts';
import { notDone } from './outcome.ts';

type FollowDeps = {
  db: Kysely<Tables>;
  requests: Pick<Requests, 'find' | 'idOf' | 'insert' | 'advance'>;
  sessions: Pick<Sessions, 'find' | 'bind' | 'change' | 'skipMessages'>;
  resolver: IdentityResolver;
  getSession: (sessionId: string) => Promise<SessionResponse>;
  /** All that was said so far, oldest first, and from where to read on. */
  readHistory: (sessionId: string) => Promise<History>;
  placeCard: PlaceCard;
  enqueue: Enqueue;
  outbound: Pick<Outbound, 'permalink'>;
  answer: Answerer;
  text: Text;
};

export type History = { messages: SessionMessage[]; cursor: string | null };

type Job = {
  sessionId: string;
  teamId: string;
  userId: string;
  placeKind?: PlaceKind | null | undefined;
  answerTo: AnswerTo;
};

/** Brings a session that was started elsewhere into the channel: a request row that is created already, and its card. */
export function createFollower(deps: FollowDeps) {
  const { requests, sessions, resolver, getSession, placeCard, outbound, enqueue, answer, text } = deps;

  async function refusal({ teamId, userId }: Job): Promise<string | null> {
    const identity = await resolver.resolve({ teamId, userId });
    return identity.kind === 'refused' ? refusalSentence(identity, text) : null;
  }

  async function known({ sessionId, teamId }: Job): Promise<SessionRequest | 'elsewhere' | null> {
    const session = await sessions.find(sessionId);
    const request = session === null ? null : await requests.find(session.request_id);
    return request === null || request.team_id === teamId ? request : 'elsewhere';
  }

  async function adopt(job: Job): Promise<SessionRequest | null> {
    const response = await getSession(job.sessionId);
    const history = await deps.readHistory(job.sessionId);
    return insert(deps, newRequest(job, response, history), { response, history });
  }

  async function sayWhere(request: SessionRequest, { userId, answerTo }: Job): Promise<void> {
    const { card_channel_id: channelId, card_ts: ts } = request;
    const url = channelId === null || ts === null ? null : await outbound.permalink(channelId, ts);
    const where = url === null ? [] : [link(url, text.notices.openCard)];
    await answer.sayEscaped(userId, answerTo, text.steering.followed, ...where);
  }

  async function bring(request: SessionRequest, job: Job): Promise<void> {
    const result =
      request.card_ts === null ? await placeCard(request) : ({ kind: 'placed', request } as const);
    switch (result.kind) {
      case 'placed':
        return sayWhere(result.request, job);
      case 'no-place':
        return answer.say(job.userId, job.answerTo, text.steering.noPlace);
      case 'later':
        return enqueue('follow-session', job, { startAfterMs: result.afterMs });
    }
  }

  return async (job: Job): Promise<void> => {
    const { userId, answerTo } = job;
    try {
      const refused = await refusal(job);
      if (refused !== null) return await answer.say(userId, answerTo, refused);
      const before = await known(job);
      if (before === 'elsewhere') return await answer.say(userId, answerTo, text.devin.notFound);
      const request = before ?? (await adopt(job));
      if (request !== null) await bring(request, job);
    } catch (error) {
      await answer.say(userId, answerTo, text.steering.notDone.follow, notDone(error, text));
    }
  };
}

function newRequest(
  { sessionId, teamId, userId, placeKind, answerTo }: Job,
  response: SessionResponse,
  { messages }: History,
) {
  const [first] = messages;
  const prompt = first?.source === 'user' ? first.message : null;
  const { title, devin_mode: mode } = response;
  // What Devin says need not fit our own table: what does not is left out.
  const values = Object.fromEntries(
    Object.entries({ prompt, title, devin_mode: mode }).filter(
      ([key, value]) => value !== null && storedDraftSchema.safeParse({ [key]: value }).success,
    ),
  );
  return {
    id: newId(),
    dedupeKey: `follow:${teamId}:${sessionId}`,
    source: 'follow',
    teamId,
    userId,
    channelId: answerTo.channelId ?? '',
    threadTs: null,
    placeKind,
    draft: { values: storedDraftSchema.parse(values), sources: {} },
    context: null,
    slackFileIds: [],
    sealed: null,
    hadSecrets: false,
  } satisfies NewRequest;
}

type Found = { response: SessionResponse; history: History };

async function insert(
  { db, requests, sessions }: FollowDeps,
  request: NewRequest,
  { response, history }: Found,
): Promise<SessionRequest | null> {
  const id = await db.transaction().execute(async (trx) => {
    const [isNew] = await requests.insert([request], trx);
    if (isNew !== true) return requests.idOf(request.dedupeKey, trx);
    const { session_id: sessionId, url } = response;
    await requests.advance(
      { id: request.id, from: 'accepted', to: 'created', changes: { session_id: sessionId } },
      trx,
    );
    const { teamId, channelId } = request;
    await sessions.bind(
      { sessionId, requestId: request.id, url, response, teamId, channelId, threadTs: '' },
      trx,
    );
    await sessions.change(sessionId, asFound(response, history), trx);
    await sessions.skipMessages(sessionId, history.messages.map(toStored), trx);
    return request.id;
  });
  return requests.find(id);
}

/** What it came to before it was followed is nothing new; it is looked at once its card is there. */
function asFound(
  { status, status_detail: statusDetail, pull_requests: prs }: SessionResponse,
  { cursor }: History,
): SessionChanges {
  const phase = sessionPhase({ status, statusDetail });
  return {
    phase,
    was_finished: phase === 'finished',
    told: prs.map(({ pr_url: url }) => `pr:${url}`),
    messages_cursor: cursor,
    next_look_at: null,
  };
}

function toStored({ event_id: eventId, source, message: text, created_at: saidAtS }: SessionMessage) {
  return { eventId, source, text, saidAt: new Date(saidAtS * 1000) };
}
