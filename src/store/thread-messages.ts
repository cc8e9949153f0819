import { sql, type Kysely } from 'kysely';
import { z } from 'zod';
import { batchesOf } from '../bounds.ts';
import { hasRow, isLongAgo, literals, MOST_SWEPT, presentOf } from './sql.ts';
import type { Db, Tables } from './store.ts';

/** A file that Devin made. */
export const FILE = 'attachment';
/** What a session came to; the key says what (session/milestones.ts). */
export const MILESTONE = 'milestone';

const rowSchema = z.object({
  sessionId: z.string(),
  /** Devin's id of a message, or one of ours. */
  key: z.string(),
  /** `devin` and `user` for what was said there, or what else the thread shows. */
  source: z.string(),
  /** Of a question: what it was answered with. */
  text: z.string(),
  /** Who wrote it; of a question: who answered. null: a person in Devin. */
  userId: z.string().nullable(),
  /** Of a milestone: the key of Devin's words that it's about. */
  about: z.string().nullable(),
  /** Set before it is first attempted: while pending, Slack may have it. */
  attemptedAt: z.date().nullable(),
  /** Where a milestone was told; null: nowhere, or it isn't a milestone. */
  channelId: z.string().nullable(),
  /** By Devin's clock. */
  saidAt: z.date(),
  createdAt: z.date(),
  answeredAt: z.date().nullable(),
  /** How long it has waited; not stored. */
  ageMs: z.number(),
});
/** An event of a session, which is at most one message in its thread. */
export type ThreadMessage = z.infer<typeof rowSchema>;

export type MessageState =
  | 'pending'
  | 'posted'
  | 'skipped'
  /** A question whose message says so, or never will. */
  | 'answered';

export type NewMessage = Pick<ThreadMessage, 'key' | 'source' | 'text' | 'saidAt'> & {
  userId?: string;
  state: 'pending' | 'skipped';
};

/** What Devin said. */
export type DevinSaid = Pick<ThreadMessage, 'key' | 'text' | 'saidAt'> & { state: MessageState };

/** Written out as in the indexes. */
const PENDING = sql.lit<MessageState>('pending');
const AGE_MS = sql<number>`(1000 * extract(epoch from now() - created_at))::float8`.as('ageMs');
/** As in the index `thread_messages_asked`. */
export const IS_QUESTION = sql<boolean>`key like 'needs-you:%' and source = ${sql.lit(MILESTONE)}`;

/** After this many failures it is set aside. As in the index `thread_messages_set_aside`. */
const MOST_FAILURES = sql.lit(5);

/** A statement takes 65,535 parameters; the history of an imported session can be longer. */
const MOST_TOGETHER = 1000;

/** Everything that a session's thread shows besides its card, in order. */
export function createThreadMessages(db: Kysely<Tables>) {
  const of = (sessionId: string, from: Db = db) =>
    from.selectFrom('threadMessages').where('sessionId', '=', sessionId);
  const wordsOf = (sessionId: string) => of(sessionId).select(['key', 'text', 'saidAt', 'state']);

  /** In this order; one that already exists stays as it is. */
  async function add(
    sessionId: string,
    messages: readonly (Pick<NewMessage, 'key' | 'source'> & Partial<NewMessage>)[],
    trx: Db = db,
  ): Promise<void> {
    for (const batch of batchesOf(messages, MOST_TOGETHER))
      await trx
        .insertInto('threadMessages')
        .values(batch.map((message) => ({ sessionId, ...message })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
  }

  return {
    /** Which of these are stored. */
    known: async (sessionId: string, keys: readonly string[]): Promise<Set<string>> =>
      presentOf(keys, sql`select key from thread_messages where session_id = ${sessionId} and key`, db),

    add,

    /** What a session came to. `saidAt`: when, by Devin's clock. */
    async addMilestones(sessionId: string, keys: readonly string[], trx: Db, saidAt?: Date): Promise<void> {
      const milestones = keys.map((key) => ({ key, source: MILESTONE, ...(saidAt && { saidAt }) }));
      await add(sessionId, milestones, trx);
    },

    /** What waits, in order. Words wait for nothing else. `answers`: of questions whose messages don't say so. */
    async pending(
      sessionId: string,
      what: 'words' | 'milestones' | 'files' | 'answers',
    ): Promise<ThreadMessage[]> {
      const isOf = {
        words: sql<boolean>`source not in ${literals([FILE, MILESTONE])}`,
        milestones: sql<boolean>`source = ${sql.lit(MILESTONE)}`,
        files: sql<boolean>`source = ${sql.lit(FILE)}`,
        answers: sql<boolean>`${IS_QUESTION} and answered_at is not null`,
      };
      const state = what === 'answers' ? 'posted' : 'pending';
      const rows = of(sessionId).selectAll().select(AGE_MS).where('state', '=', sql.lit<MessageState>(state));
      return (await rows.where(isOf[what]).orderBy('seq').execute()).map((row) => rowSchema.parse(row));
    },

    /** Devin's last words. */
    async lastWords(sessionId: string): Promise<DevinSaid | null> {
      const devins = wordsOf(sessionId).where('source', '=', sql.lit('devin'));
      return (await devins.orderBy('seq', 'desc').limit(1).executeTakeFirst()) ?? null;
    },

    async words(sessionId: string, key: string): Promise<DevinSaid | null> {
      return (await wordsOf(sessionId).where('key', '=', key).executeTakeFirst()) ?? null;
    },

    /** Whether Devin's words have this link. */
    async isLinked(sessionId: string, url: string): Promise<boolean> {
      const linked = of(sessionId)
        .select('key')
        .where('source', '=', sql.lit('devin'))
        .where('state', '<>', sql.lit<MessageState>('skipped'))
        .where(sql<boolean>`strpos(text, ${url}) > 0`);
      return hasRow(linked.limit(1));
    },

    /** Whether a person has written in the session since then, here or in Devin. */
    async isFollowedUp(sessionId: string, since: Date): Promise<boolean> {
      const { rows } = await sql`
        select where exists (
          select from thread_messages where session_id = ${sessionId} and source = 'user' and said_at >= ${since}
        ) or exists (
          select from replies where session_id = ${sessionId} and created_at >= ${since}
        )`.execute(db);
      return rows.length > 0;
    },

    async change(
      { sessionId, key }: Pick<ThreadMessage, 'sessionId' | 'key'>,
      changes: Partial<Pick<ThreadMessage, 'about' | 'attemptedAt' | 'channelId' | 'text'>> & {
        state?: MessageState;
      },
      trx: Db = db,
    ) {
      const row = trx.updateTable('threadMessages').where((one) => one.and({ sessionId, key }));
      await row.set(changes).execute();
    },

    /** It couldn't be posted, or Slack refuses it. Whether it is set aside: nothing waits for it any more. */
    async failed(
      { sessionId, key }: Pick<ThreadMessage, 'sessionId' | 'key'>,
      { isRefused }: { isRefused: boolean },
    ): Promise<boolean> {
      const failures = isRefused ? MOST_FAILURES : sql`failures + 1`;
      const { rows } = await sql<{ isSetAside: boolean }>`
        update thread_messages set failures = ${failures},
          state = case when ${failures} >= ${MOST_FAILURES} then 'skipped' else state end
        where session_id = ${sessionId} and key = ${key}
        returning failures >= ${MOST_FAILURES} as is_set_aside`.execute(db);
      return rows[0]?.isSetAside ?? true;
    },

    /** Sessions of which something has waited for so long, and whose thread takes messages. */
    async waiting(forMs: number): Promise<string[]> {
      const rows = await db
        .selectFrom('threadMessages')
        .innerJoin('sessions', 'sessions.sessionId', 'threadMessages.sessionId')
        .select('threadMessages.sessionId')
        .distinct()
        .where('threadMessages.state', '=', PENDING)
        .where(isLongAgo(sql`coalesce(thread_messages.attempted_at, thread_messages.created_at)`, forMs))
        .where('sessions.threadTs', '<>', '')
        .where('sessions.threadTrouble', 'is', null)
        .limit(MOST_SWEPT)
        .execute();
      return rows.map((row) => row.sessionId);
    },

    /** A person has answered what Devin asked until then. */
    async answer(
      sessionId: string,
      { userId, text, createdAt: at }: { userId: string | null; text: string; createdAt: Date },
      trx: Db,
    ): Promise<void> {
      // Devin's times are whole seconds.
      const asked = userId === null ? sql`date_trunc('second', said_at) <= ${at}` : sql`created_at < ${at}`;
      await trx
        .updateTable('threadMessages')
        .set({ userId, text, answeredAt: at })
        .where('sessionId', '=', sessionId)
        .where(IS_QUESTION)
        .where('answeredAt', 'is', null)
        .where(sql<boolean>`${asked}`)
        .execute();
    },

    /** Whether Devin's last question has no answer yet. */
    async isUnanswered(sessionId: string): Promise<boolean> {
      const last = of(sessionId).select('answeredAt').where(IS_QUESTION).orderBy('seq', 'desc').limit(1);
      const row = await last.executeTakeFirst();
      return row !== undefined && row.answeredAt === null;
    },

    /** Whether the requester was called for this question. */
    async isAsked(sessionId: string, about: string): Promise<boolean> {
      const asked = of(sessionId).select('key').where(IS_QUESTION).where('about', '=', about);
      return hasRow(asked.where('state', 'in', ['posted', 'answered']));
    },
  };
}

/** What was set aside, by kind, if anything was: messages of the last month, and sessions whose rows can't be read now. */
export async function countSetAside(db: Kysely<Tables>): Promise<Record<string, number>> {
  const { rows } = await sql<{ kind: string; count: number }>`
    select 'message' as kind, count(*)::integer as count from thread_messages
      where failures >= ${MOST_FAILURES} and created_at > now() - interval '30 days' having count(*) > 0
    union all
    select 'session', count(*)::integer from sessions
      where unreadable_at > now() - interval '1 day' having count(*) > 0`.execute(db);
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
}
