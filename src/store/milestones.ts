import { sql, type Generated, type Kysely } from 'kysely';
import { z } from 'zod';
import { interval, isLongAgo, MOST_SWEPT, type Columns } from './sql.ts';
import type { Db, Tables } from './tables.ts';

const milestoneRowSchema = z.object({
  sessionId: z.string(),
  /** What it is; see session/milestones.ts. */
  key: z.string(),
  /** The thread couldn't take it: it goes to the person. */
  direct: z.boolean(),
  /** Set before the first attempt to post it: while pending, Slack's answer was lost. */
  attemptedAt: z.date().nullable(),
  createdAt: z.date(),
});
const pendingSchema = milestoneRowSchema.extend({
  /** Not announced before this: Devin's words may say it, or go along with it. */
  dueInMs: z.number(),
});
/** One that waits to be announced. */
export type MilestoneRow = z.infer<typeof pendingSchema>;

/** Something a session came to that is worth a message, once each. */
export type MilestonesTable = Columns<z.infer<typeof milestoneRowSchema>, 'direct' | 'createdAt'> & {
  seq: Generated<string>;
  state: Generated<'pending' | 'posted' | 'skipped'>;
  /** By the database's clock. */
  dueAt: Generated<Date>;
  /** The message of Devin that a call is about; null: not a call, or nothing was said. */
  eventId: string | null;
  /** The call is part of that message. */
  inMessage: Generated<boolean>;
  /** Where a message of its own was posted. */
  channelId: string | null;
  slackTs: string | null;
  /** The call says who answered. */
  answered: Generated<boolean>;
};

/** Written out as in the index. */
const PENDING = sql.lit<'pending'>('pending');
const DUE_IN_MS = sql<number>`greatest(0, ceil(extract(epoch from due_at - now()) * 1000))::double precision`;

export function createMilestones(db: Kysely<Tables>) {
  const one = ({ sessionId, key }: MilestoneRow) =>
    db.updateTable('milestones').where((row) => row.and({ sessionId, key }));

  return {
    /** To be announced after so long. One that already exists stays as it is. */
    async add(
      sessionId: string,
      keys: readonly string[],
      { trx = db, afterMs = 0 }: { trx?: Db; afterMs?: number } = {},
    ): Promise<void> {
      if (keys.length === 0) return;
      const dueAt = sql<Date>`now() + ${interval(afterMs)}`;
      await trx
        .insertInto('milestones')
        .values(keys.map((key) => ({ sessionId, key, dueAt })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** Devin's words about it are here: it waits only for so long after it came. */
    async hear(row: MilestoneRow, heldMs: number): Promise<void> {
      const heldUntil = sql<Date>`least(due_at, created_at + ${interval(heldMs)})`;
      await one(row).set({ dueAt: heldUntil }).execute();
    },

    /** In the order they came. */
    async pending(sessionId: string): Promise<MilestoneRow[]> {
      const rows = await db
        .selectFrom('milestones')
        .selectAll()
        .select(DUE_IN_MS.as('dueInMs'))
        .where((row) => row.and({ sessionId, state: PENDING }))
        .orderBy('seq')
        .execute();
      return rows.map((row) => pendingSchema.parse(row));
    },

    /** Sessions with a milestone that has waited for so long. */
    async waiting(forMs: number): Promise<string[]> {
      const rows = await db
        .selectFrom('milestones')
        .select('sessionId')
        .distinct()
        .where('state', '=', PENDING)
        .where(isLongAgo(sql`created_at`, forMs))
        .limit(MOST_SWEPT)
        .execute();
      return rows.map((row) => row.sessionId);
    },

    async posted(row: MilestoneRow, { channelId, ts }: { channelId: string; ts: string }): Promise<void> {
      await one(row).set({ state: 'posted', channelId, slackTs: ts }).execute();
    },

    async skip(row: MilestoneRow): Promise<void> {
      await one(row).set({ state: 'skipped' }).execute();
    },

    /** `eventId`: Devin's message that it's about. */
    async attempt(row: MilestoneRow, at: Date, eventId: string | null): Promise<void> {
      await one(row).set({ attemptedAt: at, eventId }).where('state', '=', PENDING).execute();
    },

    /** Sends it to the person instead, as if it hadn't been tried. */
    async goDirect(row: MilestoneRow): Promise<void> {
      await one(row).set({ direct: true, attemptedAt: null }).execute();
    },
  };
}
