import { sql, type Kysely } from 'kysely';
import { phasesOf } from '../session/lifecycle.ts';
import { PENDING_STATES } from '../session/request.ts';
import { shownKey } from './shown.ts';
import { literals } from './sql.ts';
import type { Tables } from './store.ts';
import { IS_QUESTION } from './thread-messages.ts';

type Whose = { teamId: string; viewerId: string; whose: 'mine' | 'all' };
type Own = { teamId: string; userId: string; limit: number };
/** `ts`: null: Slack doesn't have the message that asks for it. */
type ListedRequest = { requestId: string; channelId: string | null; ts: string | null };

type FoundRequests = { requestIds: string[]; hasMore: boolean };

/** Sorting all of a person's would take longer every year. */
const MOST_SORTED = 1000;
// Literally as in the indexes: only then are they used.
const NOT_REFUSED = sql<boolean>`session_requests.state <> 'refused'`;

const PRESSURE = sql`case
  when state = 'unknown' or phase in ${literals(phasesOf('needs-you'))} then 0
  when state in ${literals(PENDING_STATES)} or phase in ${literals(phasesOf('under-way'))} then 1
  else 2 end`;

/** `rows`: one more than `limit`, if there are more. */
function firstOf(rows: readonly { id: string }[], limit: number): FoundRequests {
  return { requestIds: rows.slice(0, limit).map(({ id }) => id), hasMore: rows.length > limit };
}

/** Lists of requests, newest first. Refused ones have no card and are left out. */
export type Listing = ReturnType<typeof createListing>;

export function createListing(db: Kysely<Tables>) {
  const found = ({ teamId, viewerId, whose }: Whose) =>
    db
      .selectFrom('sessionRequests')
      .where('sessionRequests.teamId', '=', teamId)
      .where(NOT_REFUSED)
      .$if(whose === 'mine', (query) => query.where('userId', '=', viewerId));

  return {
    async page(query: Whose & { offset: number; limit: number }): Promise<FoundRequests> {
      const rows = await found(query)
        .select('id')
        .orderBy('createdAt', 'desc')
        .orderBy('id')
        .offset(query.offset)
        .limit(query.limit + 1)
        .execute();
      return firstOf(rows, query.limit);
    },

    /** The session whose question in this conversation has no answer yet, the latest of several; null: none. */
    async askedIn(channelId: string): Promise<string | null> {
      const row = await db
        .selectFrom('threadMessages')
        .innerJoin('sessions', 'sessions.sessionId', 'threadMessages.sessionId')
        .where('threadMessages.channelId', '=', channelId)
        .where(IS_QUESTION)
        .where('answeredAt', 'is', null)
        .where('phase', '=', 'needs-you')
        .select('sessions.sessionId')
        .orderBy('changedAt', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.sessionId ?? null;
    },

    /** Sessions in a channel whose thread takes no messages; newest first. */
    async troubledIn(channelId: string, limit: number): Promise<string[]> {
      const rows = await db
        .selectFrom('sessions')
        .select('sessionId')
        .where('channelId', '=', channelId)
        .where('threadTrouble', 'is not', null)
        .orderBy('createdAt', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ sessionId }) => sessionId);
    },

    /** What waits for this person's approval, first what expires first, with their message about it. */
    async approvalsFor({ teamId, userId, limit }: Own) {
      const asked = JSON.stringify([{ userId }]);
      const { rows } = await sql<ListedRequest>`
        select request.id as request_id, message.channel_id, message.ts
        from session_requests request
        left join shown message on message.key =
          ${shownKey('approval', '')}::text || request.id || ':' || jsonb_array_length(approvals) - 1 || ':' || ${userId}::text
        where state = 'awaiting-approval' and team_id = ${teamId}
          and approvals -> -1 -> 'people' @> ${asked}::jsonb and not approvals -> -1 -> 'yes' @> ${asked}::jsonb
        order by approval_until limit ${limit}`.execute(db);
      return rows;
    },

    /** A person's own, of the last MOST_SORTED: what waits for them, then active ones, then the rest; newest first. */
    async mostPressing({ teamId, userId, limit }: Own): Promise<FoundRequests> {
      const own = found({ teamId, viewerId: userId, whose: 'mine' })
        .select(['id', 'state', 'createdAt'])
        .orderBy('createdAt', 'desc')
        .orderBy('id')
        .limit(MOST_SORTED);
      const rows = await db
        .selectFrom(own.as('own'))
        .leftJoin('sessions', 'sessions.requestId', 'own.id')
        .select('own.id')
        .orderBy(PRESSURE)
        .orderBy('own.createdAt', 'desc')
        .orderBy('own.id')
        .limit(limit + 1)
        .execute();
      return firstOf(rows, limit);
    },
  };
}
