import type { SessionResponse } from '../../devin/schemas.ts';
import type { SessionQuery } from '../../devin/session-list.ts';
import { requestTag } from '../../session/request.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Sessions } from '../../store/sessions.ts';
import type { FindSession } from './settle.ts';

type FindDeps = {
  listSessions: (query: SessionQuery) => Promise<{ items: SessionResponse[] }>;
  /** A session's first message, which is its prompt; null when it has none yet. */
  firstMessage: (sessionId: string) => Promise<string | null>;
  sessions: Pick<Sessions, 'bound'>;
  tagRequests: boolean;
};

/** The clocks of the two sides may differ. */
const CLOCK_MARGIN_S = 60;

export function createFindSession(deps: FindDeps): FindSession {
  return async (request) => (deps.tagRequests ? byTag(deps, request) : byPrompt(deps, request));
}

/** Whether Devin's filter means all or any of several tags is not documented, so the tag is checked here again. */
async function byTag({ listSessions }: FindDeps, request: SessionRequest): Promise<SessionResponse | null> {
  const tag = requestTag(request.id);
  const { items } = await listSessions({ tags: [tag], created_after: createdAfter(request) });
  return items.find(({ tags }) => tags.includes(tag)) ?? null;
}

/** Without a tag: the one session of that time which has this very prompt and belongs to no other request. */
async function byPrompt(deps: FindDeps, request: SessionRequest): Promise<SessionResponse | null> {
  const { items } = await deps.listSessions({ origins: ['api'], created_after: createdAfter(request) });
  const bound = await deps.sessions.bound(items.map(({ session_id: id }) => id));
  const matches: SessionResponse[] = [];
  const own = items.filter((session) => !bound.has(session.session_id) && runsAsAsked(session, request));
  for (const session of own) {
    if ((await deps.firstMessage(session.session_id)) === request.prompt) matches.push(session);
  }
  return matches.length === 1 ? (matches[0] ?? null) : null;
}

/** Two people may ask for the same in the same words. */
function runsAsAsked({ user_id: devinUserId }: SessionResponse, { identity }: SessionRequest): boolean {
  return identity?.kind !== 'matched' || identity.devinUserId === devinUserId;
}

function createdAfter({ sent_at: sentAt, created_at: createdAt }: SessionRequest): number {
  return earliestS((sentAt ?? createdAt).getTime());
}

/** When, in epoch seconds by Devin's clock, a session may have been created that was asked for then by ours. */
export function earliestS(sentAtMs: number): number {
  return Math.floor(sentAtMs / 1000) - CLOCK_MARGIN_S;
}
