import { sql, type Kysely, type Transaction, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { SESSION_PHASES } from '../session/lifecycle.ts';
import { LISTEN, type ThreadShare } from '../session/preferences.ts';
import { CLOSED, fromWire, sessionSnapshotSchema, toWire } from '../session/snapshot.ts';
import { interval, json, presentOf, readFirst } from './sql.ts';
import type { Db, Tables } from './store.ts';

const columnsSchema = z.object({
  /** Without the `devin-` prefix. */
  sessionId: z.string(),
  requestId: z.string(),
  /** What Devin said about it last. */
  response: fromWire(sessionSnapshotSchema),
  teamId: z.string(),
  /** The thread in which it is followed and steered: the card's, or the one under the card. */
  channelId: z.string(),
  threadTs: z.string(),
  phase: z.enum(SESSION_PHASES),
  /** When it entered this phase. */
  phaseAt: z.date(),
  wasFinished: z.boolean(),
  /** The last thing Devin said, shortened. */
  lastWords: z.string().nullable(),
  /** When something shown last changed; the watcher polls more often what changes. */
  changedAt: z.date(),
  /** null: never again; it is over. */
  nextLookAt: z.date().nullable(),
  /** When someone did something with it that Devin's answers don't show. */
  touchedAt: z.date().nullable(),
  /** The last cursor of its messages that was not null. */
  messagesCursor: z.string().nullable(),
  /** Slack user id of who wants none of the thread's messages sent to Devin; null: nobody. */
  mutedBy: z.string().nullable(),
  /** Which of the thread's messages go to Devin. null: as the channel prefers. */
  listen: z.enum(LISTEN).nullable(),
  /** Its card was the first one in the thread. */
  introducesThread: z.boolean(),
  /** Slack's code if the thread accepts no messages now; null: it does. */
  threadTrouble: z.string().nullable(),
  /** What was announced before, so that nothing is announced twice. */
  told: z.array(z.string()),
  /** Slack user ids of the people who stopped and archived it from here. */
  stoppedBy: z.string().nullable(),
  archivedBy: z.string().nullable(),
  createdAt: z.date(),
});
const sessionRowSchema = columnsSchema.transform(({ response, ...row }) => ({
  ...row,
  snapshot: response,
}));
/** A session that was created for a request, with what Devin said about it last. */
export type SessionRow = z.output<typeof sessionRowSchema>;

export type SessionColumns = z.output<typeof columnsSchema>;

type NewSession = Pick<
  SessionRow,
  'sessionId' | 'requestId' | 'snapshot' | 'teamId' | 'channelId' | 'threadTs'
> & {
  /** Keys of milestones that it begins with. */
  told?: readonly string[];
};

/** When it's polled next, from now by the database's clock; null: never. */
export type NextPoll = { inMs: number; first: boolean } | null;

/** What may change about a session after it was bound; `place` and `touch` change the rest. `told` takes a plain value. */
export type SessionChanges = Partial<
  Omit<
    SessionRow,
    | 'sessionId'
    | 'requestId'
    | 'teamId'
    | 'channelId'
    | 'threadTs'
    | 'introducesThread'
    | 'nextLookAt'
    | 'touchedAt'
    | 'createdAt'
  >
> & { nextPoll?: NextPoll };

export const IS_OVER = sql<boolean>`(phase = 'gone' or response ->> 'status' in (${sql.join(CLOSED)}))`;

const HAS_ACTED = sql<boolean>`(response ->> 'updated_at')::bigint > (response ->> 'created_at')::bigint`;

/** The session belongs to another request: the transaction that was to bind it is undone. */
export class SessionTakenError extends Error {
  override readonly name = 'SessionTakenError';
  readonly code = 'session-taken';
}

export type Sessions = ReturnType<typeof createSessions>;

export function createSessions(db: Kysely<Tables>) {
  const byId = (sessionId: string, from: Db) =>
    from.selectFrom('sessions').selectAll().where('sessionId', '=', sessionId);
  /** In this thread; those that take no more messages come last. */
  const latestFirst = (channelId: string, threadTs: string, from: Db = db) =>
    from
      .selectFrom('sessions')
      .where('channelId', '=', channelId)
      .where('threadTs', '=', threadTs)
      .orderBy(IS_OVER)
      .orderBy('createdAt', 'desc');

  return {
    /** Binds a session to its request. Throws a `SessionTakenError` if either was bound before. */
    async bind({ snapshot, told = [], ...session }: NewSession, trx: Db): Promise<SessionRow> {
      const columns = { response: json(toWire(snapshot)), told: json(told) };
      const inserted = trx
        .insertInto('sessions')
        .values({ ...session, ...columns, introducesThread: isFirstOf(session) })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll();
      const bound = await readFirst(sessionRowSchema, inserted);
      if (bound === null) throw new SessionTakenError(session.sessionId);
      return bound;
    },

    async find(sessionId: string, trx: Db = db): Promise<SessionRow | null> {
      return readFirst(sessionRowSchema, byId(sessionId, trx));
    },

    async ofRequest(requestId: string): Promise<SessionRow | null> {
      const rows = db.selectFrom('sessions').selectAll().where('requestId', '=', requestId);
      return readFirst(sessionRowSchema, rows);
    },

    /** The session that gets what is said in this thread; null: there is none. */
    async inThread(channelId: string, threadTs: string): Promise<SessionRow | null> {
      const rows = await latestFirst(channelId, threadTs).selectAll().limit(MOST_IN_THREAD).execute();
      return heardOf(rows.map((row) => sessionRowSchema.parse(row)));
    },

    /** Whether it gets what is said in its thread, and the requests of the thread's other sessions. */
    async sharing(
      { sessionId, channelId, threadTs }: SessionRow,
      trx: Db = db,
    ): Promise<{ share: ThreadShare; others: string[] }> {
      if (threadTs === '') return { share: 'alone', others: [] };
      const columns = latestFirst(channelId, threadTs, trx).select(['sessionId', 'requestId', 'phase']);
      const rows = await columns.limit(MOST_IN_THREAD).execute();
      const others = rows.filter((row) => row.sessionId !== sessionId).map(({ requestId }) => requestId);
      const heard = heardOf(rows)?.sessionId === sessionId ? 'heard' : 'unheard';
      return { share: others.length === 0 ? 'alone' : heard, others };
    },

    /** Someone acted on a request's session: it's polled now, and often for a while, unless it has ended for good. */
    async touch(requestId: string): Promise<void> {
      await db
        .updateTable('sessions')
        .set({ touchedAt: sql<Date>`now()`, nextLookAt: sql<Date>`now()`, watchFirst: true })
        .where('requestId', '=', requestId)
        .where(sql`response ->> 'status'`, 'not in', CLOSED)
        .execute();
    },

    /** Nobody else changes it until the transaction ends. */
    async lock(sessionId: string, trx: Transaction<Tables>): Promise<SessionRow | null> {
      return readFirst(sessionRowSchema, byId(sessionId, trx).forUpdate());
    },

    /** Its card is posted: it's followed in this thread from now on. `hasActed`: it has changed since it was created. */
    async place(
      sessionId: string,
      { channelId, threadTs }: { channelId: string; threadTs: string },
      trx: Transaction<Tables>,
    ): Promise<{ hasActed: boolean }> {
      return trx
        .updateTable('sessions')
        .set({ channelId, threadTs, threadTrouble: null })
        .where('sessionId', '=', sessionId)
        .returning(HAS_ACTED.as('hasActed'))
        .executeTakeFirstOrThrow();
    },

    async change(sessionId: string, changes: SessionChanges, trx: Db = db): Promise<void> {
      await trx.updateTable('sessions').set(toColumns(changes)).where('sessionId', '=', sessionId).execute();
    },

    /** Which of these sessions already belong to a request. */
    bound: async (sessionIds: readonly string[]): Promise<Set<string>> =>
      presentOf(sessionIds, sql`select session_id from sessions where session_id`, db),
  };
}

/** More than anyone starts in a thread. */
const MOST_IN_THREAD = 20;

/** Of the sessions in a thread: the one that waits for an answer. If that isn't exactly one: the newest that isn't over. */
function heardOf<Row extends { phase: string }>(latestFirst: readonly Row[]): Row | null {
  const [asking, ...others] = latestFirst.filter(({ phase }) => phase === 'needs-you');
  return asking !== undefined && others.length === 0 ? asking : (latestFirst[0] ?? null);
}

/** How a thread works is said once to each person: on the card of their first session. */
function isFirstOf({ requestId }: Pick<NewSession, 'requestId'>) {
  return sql<boolean>`not exists (
    select from session_requests mine join session_requests other
      on (other.team_id, other.user_id) = (mine.team_id, mine.user_id) and other.id <> mine.id
    where mine.id = ${requestId} and other.session_id is not null and other.state <> 'refused')`;
}

function toColumns({ snapshot, told, nextPoll, ...plain }: SessionChanges) {
  return {
    ...plain,
    ...(snapshot !== undefined && { response: json(toWire(snapshot)), textRemovedAt: null }),
    told: json(told),
    ...pollColumns(nextPoll),
  };
}

function pollColumns(next: NextPoll | undefined) {
  if (next === undefined) return {};
  if (next === null) return { nextLookAt: null };
  return { nextLookAt: sql<Date>`now() + ${interval(next.inMs)}`, watchFirst: next.first };
}

type Due = { until: Date; hotSince: Date; limit: number };
export type Reschedule = { id: string; was: Date | null; at: Date | null; first: boolean };

/** How long until an unreadable row is tried again. */
const UNREADABLE_MS = 60 * 60_000;

/** Which sessions are polled next, and when: for the watcher. */
export function createPolls(db: Kysely<Tables>) {
  const dueOf = (first: boolean, until: Date) =>
    db.selectFrom('sessions').where(isOf(first)).where('nextLookAt', '<=', until);

  /** An unreadable row affects only itself. */
  async function leaveAlone(sessionId: string, now: Date): Promise<void> {
    await db
      .updateTable('sessions')
      .set({ nextLookAt: new Date(now.getTime() + UNREADABLE_MS), unreadableAt: sql<Date>`now()` })
      .where('sessionId', '=', sessionId)
      .execute();
  }

  return {
    /** Sessions that are due: active ones first, and of those the ones that changed since `hotSince`; then the longest due. */
    async due({ until, hotSince, limit }: Due): Promise<SessionRow[]> {
      const first = await dueOf(true, until)
        .selectAll()
        .orderBy(sql`changed_at > ${hotSince}`, 'desc')
        .orderBy('nextLookAt')
        .limit(limit)
        .execute();
      const left = limit - first.length;
      const later =
        left === 0 ? [] : await dueOf(false, until).selectAll().orderBy('nextLookAt').limit(left).execute();
      const readable: SessionRow[] = [];
      for (const row of [...first, ...later]) {
        const { data } = sessionRowSchema.safeParse(row);
        if (data === undefined) await leaveAlone(row.sessionId, until);
        else readable.push(data);
      }
      return readable;
    },

    /** Whether a session is due by then. */
    async isAnyDue(by: Date): Promise<boolean> {
      // In the order of the index, so that it's used.
      const next = (first: boolean) => dueOf(first, by).select('sessionId').orderBy('nextLookAt').limit(1);
      const found = db.selectNoFrom(({ exists, or }) =>
        or([exists(next(true)), exists(next(false))]).as('isAny'),
      );
      return Boolean((await found.executeTakeFirstOrThrow()).isAny);
    },

    /** Sets when each is polled next, unless another process has since `was`. One statement. */
    async reschedule(polls: readonly Reschedule[]): Promise<void> {
      if (polls.length === 0) return;
      await sql`
        update sessions set next_look_at = poll.at, watch_first = poll.first
        from jsonb_to_recordset(${json(polls)}::jsonb) as poll(id text, was timestamptz, at timestamptz, first boolean)
        where sessions.session_id = poll.id
          and date_trunc('milliseconds', sessions.next_look_at) = poll.was`.execute(db);
    },
  };
}

/** Active sessions, or those at rest. Worded exactly as in their indexes. */
function isOf(first: boolean): RawBuilder<boolean> {
  return first ? sql<boolean>`watch_first` : sql<boolean>`not watch_first`;
}
