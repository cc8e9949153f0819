import type { SessionResponse } from '../../devin/schemas.ts';
import type { SessionQuery } from '../../devin/session-list.ts';
import { requestTag } from '../../session/request.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import { earliestS } from '../create-session/find-session.ts';
import type { FindSession } from '../create-session/settle.ts';

/** A request of which a session may turn up, and when it was sent. */
export type Missing = { request: SessionRequest; sentAt: Date };

/** The sessions Devin has of each of these requests, by its id. Throws when Devin cannot be asked. */
export type SearchLate = (
  missing: readonly Missing[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, SessionResponse[]>>;

type Options = { signal: AbortSignal };
type SearchDeps = {
  /** Whose sessions are ours; null: that cannot be told. */
  serviceUserId: (options: Options) => Promise<string | null>;
  listSessions: (query: SessionQuery, options: Options) => Promise<{ items: SessionResponse[] }>;
};

type Tagged = { request: Pick<SessionRequest, 'id'>; sentAt: Date };

/** One list for all of them, where Devin can be asked for those that were started from here. */
export function createSearchByTag({ serviceUserId, listSessions }: SearchDeps) {
  async function queries(missing: readonly Tagged[], options: Options): Promise<SessionQuery[]> {
    const userId = missing.length > 1 ? await serviceUserId(options) : null;
    if (userId !== null) return [{ service_user_ids: [userId], created_after: createdAfter(missing) }];
    return missing.map((one) => ({
      tags: [requestTag(one.request.id)],
      created_after: createdAfter([one]),
    }));
  }

  return async (missing: readonly Tagged[], signal: AbortSignal) => {
    const listed: SessionResponse[] = [];
    for (const query of await queries(missing, { signal }))
      listed.push(...(await listSessions(query, { signal })).items);
    return new Map(missing.map(({ request: { id } }) => [id, listed.filter((one) => isFor(one, id))]));
  };
}

/** What a session started by itself may carry its tags. */
function isFor({ tags, parent_session_id: parentId }: SessionResponse, requestId: string): boolean {
  return tags.includes(requestTag(requestId)) && parentId === null;
}

function createdAfter(missing: readonly Tagged[]): number {
  return earliestS(Math.min(...missing.map(({ sentAt }) => sentAt.getTime())));
}

/** Where sessions carry no tag, each is looked for by its prompt. */
export function createSearchOneByOne(findSession: FindSession): SearchLate {
  return async (missing, signal) => {
    const found = new Map<string, SessionResponse[]>();
    for (const { request, sentAt } of missing) {
      signal.throwIfAborted();
      const session = await findSession({ ...request, sent_at: sentAt });
      if (session !== null) found.set(request.id, [session]);
    }
    return found;
  };
}
