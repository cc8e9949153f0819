import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import { json } from './json.ts';
import type { Tables } from './tables.ts';

const sessionRowSchema = z.object({
  session_id: z.string(),
  request_id: z.string(),
  url: z.string(),
  response: z.record(z.string(), z.unknown()),
  created_at: z.date(),
  updated_at: z.date(),
});
/** A session that was created for a request, with Devin's last answer about it. */
export type SessionRow = z.infer<typeof sessionRowSchema>;

export type NewSession = { sessionId: string; requestId: string; url: string; response: object };

export type Sessions = ReturnType<typeof createSessions>;

type Db = Kysely<Tables> | Transaction<Tables>;

export function createSessions(db: Kysely<Tables>) {
  return {
    /** Binds a session to its request; a second time, or a session bound before, changes nothing. */
    async bind(session: NewSession, trx: Db = db): Promise<void> {
      await trx
        .insertInto('sessions')
        .values({
          session_id: session.sessionId,
          request_id: session.requestId,
          url: session.url,
          response: json(session.response),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    async ofRequest(requestId: string): Promise<SessionRow | null> {
      const row = await db
        .selectFrom('sessions')
        .selectAll()
        .where('request_id', '=', requestId)
        .executeTakeFirst();
      return row === undefined ? null : sessionRowSchema.parse(row);
    },

    /** Which of these sessions already belong to a request. */
    async bound(sessionIds: string[]): Promise<Set<string>> {
      if (sessionIds.length === 0) return new Set();
      const rows = await db
        .selectFrom('sessions')
        .select('session_id')
        .where('session_id', 'in', sessionIds)
        .execute();
      return new Set(rows.map((row) => row.session_id));
    },
  };
}
