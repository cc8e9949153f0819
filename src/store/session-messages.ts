import { sql, type Generated, type Kysely } from 'kysely';
import { z } from 'zod';
import { batchesOf } from '../bounds.ts';
import { isLongAgo, literals, MOST_SWEPT, readFirst, type Columns } from './sql.ts';
import type { Db, Tables } from './tables.ts';

const messageRowSchema = z.object({
  sessionId: z.string(),
  eventId: z.string(),
  source: z.string(),
  text: z.string(),
  /** Set before the first attempt to post it: without `slackTs`, Slack's answer was lost. */
  attemptedAt: z.date().nullable(),
  /** A file of it that Slack has, though perhaps not yet in the thread. */
  slackFileId: z.string().nullable(),
  saidAt: z.date(),
});
/** One that waits to be posted. `source`: Devin's own, or this app's for what else it posts in order. */
export type MessageRow = z.infer<typeof messageRowSchema>;

/** The source of a row that is a file, which Devin may not give for a while. */
export const FILE = 'attachment';

type MessageState = 'pending' | 'posted' | 'skipped';

/** A message of a session, or a file that Devin made, on its way to the thread. */
export type SessionMessagesTable = Columns<MessageRow> & {
  /** Devin's order. */
  seq: Generated<string>;
  state: Generated<MessageState>;
  slackTs: string | null;
};

export type NewMessage = Pick<MessageRow, 'eventId' | 'source' | 'text' | 'saidAt'> & {
  state: Exclude<MessageState, 'posted'>;
};

export type DevinMessage = { eventId: string; text: string; state: MessageState };

/** Written out as in the index. */
const PENDING = sql.lit<MessageState>('pending');

/** A statement takes 65,535 parameters; the history of an imported session can be longer. */
const MOST_TOGETHER = 1000;

export function createSessionMessages(db: Kysely<Tables>) {
  const one = (row: MessageRow, trx: Db = db) =>
    trx
      .updateTable('sessionMessages')
      .where((where) => where.and({ sessionId: row.sessionId, eventId: row.eventId }));

  const pending = (sessionId: string) =>
    db.selectFrom('sessionMessages').where((row) => row.and({ sessionId, state: PENDING }));

  return {
    /** Which of these are stored. */
    async known(sessionId: string, eventIds: readonly string[]): Promise<Set<string>> {
      if (eventIds.length === 0) return new Set();
      const rows = await db
        .selectFrom('sessionMessages')
        .select('eventId')
        .where('sessionId', '=', sessionId)
        .where(sql<boolean>`event_id = any(${[...eventIds]}::text[])`)
        .execute();
      return new Set(rows.map((row) => row.eventId));
    },

    /** In Devin's order; one that already exists stays as it is. */
    async add(sessionId: string, messages: readonly NewMessage[], trx: Db = db): Promise<void> {
      for (const batch of batchesOf(messages, MOST_TOGETHER))
        await trx
          .insertInto('sessionMessages')
          .values(batch.map((message) => ({ sessionId, ...message })))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
    },

    /** The first one that waits: words don't wait for files. */
    async nextPending(sessionId: string): Promise<MessageRow | null> {
      const waiting = pending(sessionId).selectAll();
      const wordsFirst = waiting.orderBy(sql`source = ${sql.lit(FILE)}`).orderBy('seq');
      return readFirst(messageRowSchema, wordsFirst.limit(1));
    },

    /** Devin's last message that was fetched. */
    async lastMessage(sessionId: string): Promise<DevinMessage | null> {
      const row = await db
        .selectFrom('sessionMessages')
        .select(['eventId', 'text', 'state'])
        .where((row) => row.and({ sessionId, source: sql.lit('devin') }))
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ?? null;
    },

    async textOf(sessionId: string, eventId: string): Promise<string | null> {
      const row = await db
        .selectFrom('sessionMessages')
        .select('text')
        .where((row) => row.and({ sessionId, eventId }))
        .executeTakeFirst();
      return row?.text ?? null;
    },

    /** Devin's messages with these words in them. */
    async textsWith(sessionId: string, words: string): Promise<string[]> {
      const rows = await db
        .selectFrom('sessionMessages')
        .select('text')
        .where((row) => row.and({ sessionId, source: sql.lit('devin') }))
        .where(sql<boolean>`state in ${literals(['pending', 'posted'])}`)
        .where(sql<boolean>`strpos(text, ${words}) > 0`)
        .limit(100)
        .execute();
      return rows.map(({ text }) => text);
    },

    /** Whether a person has written in the session since then, here or in Devin. */
    async isFollowedUp(sessionId: string, since: Date): Promise<boolean> {
      const { rows } = await sql<{ is: boolean }>`
        select exists (
          select from session_messages where session_id = ${sessionId} and source = 'user' and said_at >= ${since}
        ) or exists (
          select from replies where session_id = ${sessionId} and created_at >= ${since}
        ) as is`.execute(db);
      return rows[0]?.is === true;
    },

    async attempt(row: MessageRow, at: Date): Promise<void> {
      await one(row).set({ attemptedAt: at }).execute();
    },

    async uploaded(row: MessageRow, slackFileId: string, trx: Db): Promise<void> {
      await one(row, trx).set({ slackFileId }).execute();
    },

    async settle(row: MessageRow, slackTs: string | null): Promise<void> {
      await one(row)
        .set({ state: 'posted', ...(slackTs !== null && { slackTs }) })
        .execute();
    },

    /** It isn't posted. */
    async skip(row: MessageRow): Promise<void> {
      await one(row).set({ state: 'skipped' }).execute();
    },

    /** Those that wait and weren't attempted aren't posted, up to the last of these. */
    async skipThrough(sessionId: string, eventIds: readonly string[]): Promise<void> {
      if (eventIds.length === 0) return;
      const last = pending(sessionId)
        .where('attemptedAt', 'is', null)
        .where('eventId', 'in', eventIds)
        .select(({ fn }) => fn.max('seq').as('seq'));
      await db
        .updateTable('sessionMessages')
        .set({ state: 'skipped' })
        .where((row) => row.and({ sessionId, state: PENDING }))
        .where('attemptedAt', 'is', null)
        .where('seq', '<=', last)
        .execute();
    },

    /** Sessions with a message that has waited for so long, and a thread to post it in. */
    async waiting(forMs: number): Promise<string[]> {
      const rows = await db
        .selectFrom('sessionMessages')
        .innerJoin('sessions', 'sessions.sessionId', 'sessionMessages.sessionId')
        .select('sessionMessages.sessionId')
        .distinct()
        .where('sessionMessages.state', '=', PENDING)
        .where(isLongAgo(sql`coalesce(attempted_at, said_at)`, forMs))
        .where('sessions.threadTs', '<>', '')
        .where('sessions.threadTrouble', 'is', null)
        .limit(MOST_SWEPT)
        .execute();
      return rows.map((row) => row.sessionId);
    },
  };
}
