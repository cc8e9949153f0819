import { sql } from 'kysely';
import type { Kysely, Transaction, Updateable } from 'kysely';
import { z } from 'zod';
import { SESSION_PHASES } from '../session/lifecycle.ts';
import { NOTIFY } from '../session/preferences.ts';
import { json } from './json.ts';
import type { Db, SessionsTable, Tables } from './tables.ts';

const sessionRowSchema = z.object({
  session_id: z.string(),
  request_id: z.string(),
  url: z.string(),
  response: z.record(z.string(), z.unknown()),
  team_id: z.string(),
  channel_id: z.string(),
  thread_ts: z.string(),
  phase: z.enum(SESSION_PHASES).catch('other'),
  phase_at: z.date(),
  was_finished: z.boolean(),
  last_words: z.string().nullable(),
  changed_at: z.date(),
  next_look_at: z.date().nullable(),
  messages_cursor: z.string().nullable(),
  muted: z.boolean(),
  synced: z.boolean(),
  thread_trouble: z.string().nullable(),
  notify: z.enum(NOTIFY).nullable(),
  told: z.array(z.string()),
  stopped_by: z.string().nullable(),
  archived_by: z.string().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});
/** A session that was created for a request, with Devin's last answer about it. */
export type SessionRow = z.infer<typeof sessionRowSchema>;

export type NewSession = {
  sessionId: string;
  requestId: string;
  url: string;
  response: object;
  teamId: string;
  /** The thread in which it is followed and steered. */
  channelId: string;
  threadTs: string;
  /** Keys of milestones that it begins with. */
  told?: readonly string[];
};

/** What may change about a session after it was bound. `response` and `told` take plain values. */
export type SessionChanges = Partial<
  Pick<
    SessionRow,
    | 'response'
    | 'url'
    | 'phase'
    | 'phase_at'
    | 'was_finished'
    | 'last_words'
    | 'changed_at'
    | 'next_look_at'
    | 'messages_cursor'
    | 'muted'
    | 'synced'
    | 'thread_trouble'
    | 'notify'
    | 'told'
    | 'stopped_by'
    | 'archived_by'
  >
>;

export type Sessions = ReturnType<typeof createSessions>;

export function createSessions(db: Kysely<Tables>) {
  const oneOf = (rows: unknown[]): SessionRow | null =>
    rows[0] === undefined ? null : sessionRowSchema.parse(rows[0]);

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
          team_id: session.teamId,
          channel_id: session.channelId,
          thread_ts: session.threadTs,
          told: json(session.told ?? []),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    async find(sessionId: string): Promise<SessionRow | null> {
      return oneOf(await db.selectFrom('sessions').selectAll().where('session_id', '=', sessionId).execute());
    },

    async ofRequest(requestId: string): Promise<SessionRow | null> {
      return oneOf(await db.selectFrom('sessions').selectAll().where('request_id', '=', requestId).execute());
    },

    /** The session that is followed in this thread; the latest, where `!new` started another. */
    async inThread(channelId: string, threadTs: string): Promise<SessionRow | null> {
      return oneOf(
        await db
          .selectFrom('sessions')
          .selectAll()
          .where('channel_id', '=', channelId)
          .where('thread_ts', '=', threadTs)
          .orderBy('created_at', 'desc')
          .limit(1)
          .execute(),
      );
    },

    /** Sessions whose turn it is to be looked at, longest due first. */
    async due(now: Date, limit: number): Promise<SessionRow[]> {
      const rows = await db
        .selectFrom('sessions')
        .selectAll()
        .where('next_look_at', '<=', now)
        .orderBy('next_look_at')
        .limit(limit)
        .execute();
      return rows.map((row) => sessionRowSchema.parse(row));
    },

    /** How many `due` would give without a limit. */
    async dueCount(now: Date): Promise<number> {
      const { count } = await db
        .selectFrom('sessions')
        .select((select) => select.fn.countAll().as('count'))
        .where('next_look_at', '<=', now)
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    /** Sets when each is looked at next, unless somebody else has since `was`. One statement. */
    async reschedule(looks: readonly { id: string; was: Date | null; at: Date | null }[]): Promise<void> {
      if (looks.length === 0) return;
      await sql`
        update sessions set next_look_at = look.at
        from jsonb_to_recordset(${json(looks)}::jsonb) as look(id text, was timestamptz, at timestamptz)
        where sessions.session_id = look.id
          and date_trunc('milliseconds', sessions.next_look_at) = look.was`.execute(db);
    },

    /** For the rest of the transaction nobody else changes it. */
    async lock(sessionId: string, trx: Transaction<Tables>): Promise<SessionRow | null> {
      return oneOf(
        await trx
          .selectFrom('sessions')
          .selectAll()
          .where('session_id', '=', sessionId)
          .forUpdate()
          .execute(),
      );
    },

    /** Its card is posted: from here on it is followed in this thread. */
    async place(
      sessionId: string,
      { channelId, threadTs }: { channelId: string; threadTs: string },
      trx: Db = db,
    ): Promise<void> {
      await trx
        .updateTable('sessions')
        .set({ channel_id: channelId, thread_ts: threadTs, updated_at: new Date() })
        .where('session_id', '=', sessionId)
        .execute();
    },

    async change(sessionId: string, changes: SessionChanges, trx: Db = db): Promise<void> {
      await trx
        .updateTable('sessions')
        .set({ ...toColumns(changes), updated_at: new Date() })
        .where('session_id', '=', sessionId)
        .execute();
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

function toColumns({ response, told, ...plain }: SessionChanges): Updateable<SessionsTable> {
  return {
    ...plain,
    ...(response !== undefined && { response: json(response) }),
    ...(told !== undefined && { told: json(told) }),
  };
}
