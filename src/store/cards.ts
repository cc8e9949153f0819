import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { CHANNEL_PACED_MS, stepMs, takeTurn, type EditBudget, type Turn } from './card-turns.ts';
import { cardPost } from './posts.ts';
import type { SessionRequest } from './request-row.ts';
import { databaseClock, interval, MOST_SWEPT, type Clock } from './sql.ts';
import type { Db, Tables } from './tables.ts';

/** What an edit of a card is for. Each class is served before the next. */
const EDIT_CLASS = {
  /** The URL of a new session, or that it could not start. */
  url: 1,
  /** A person is needed, or it is over. */
  needed: 2,
  rest: 3,
} as const;
export type EditClass = keyof typeof EDIT_CLASS;

/** Slack asks for a minute at most; more would stop all cards because of an error, or a clock that was set back. */
const LONGEST_PAUSE_MS = 120_000;

/** The stage of a card that can't show the URL yet. */
const BEFORE_URL = 'open';

/** What is stored about what a card shows: its stage, and a fingerprint of all of it. */
export function shownAs(stage: string | null, fingerprint: string): string {
  return `${stage ?? BEFORE_URL}:${fingerprint}`;
}

/** Instead of the fingerprint, if it isn't known what the card shows. */
const UNKNOWN = '?';
export const shownUnknown = (stage: string | null): string => shownAs(stage, UNKNOWN);
/** The end of what is stored then. */
export const UNKNOWN_END = `:${UNKNOWN}`;

/** The stage a card shows; null: it has no URL yet. */
export function stageShown(shown: string): string | null {
  const stage = shown.slice(0, shown.indexOf(':'));
  return stage === BEFORE_URL ? null : stage;
}

const isBeforeUrl = (shown: string): boolean => stageShown(shown) === null;

type Placement = { channelId: string; ts: string; shown: string };

export type Cards = ReturnType<typeof createCards>;

/** How long a card waits for a process that took its turn and died: longer than a call to Slack, and than a lease. */
export const CARD_HOLD_MS = 20_000;

/** The state of the cards: which are out of date, and whose turn it is to be posted or edited. */
export function createCards(
  db: Kysely<Tables>,
  budget: EditBudget,
  clock: Clock = databaseClock,
  holdMs: number = CARD_HOLD_MS,
) {
  const card = (requestId: string, trx: Db = db) =>
    trx.updateTable('sessionRequests').where('id', '=', requestId);
  const inMs = (ms: number) => sql<Date>`${clock()} + ${interval(Math.min(ms, LONGEST_PAUSE_MS))}`;

  return {
    /** There is something new to show. */
    async markStale(requestId: string, trx: Db = db): Promise<void> {
      await card(requestId, trx).set({ cardStale: true, updatedAt: clock() }).execute();
    },

    /** Puts it in the line, or moves it forward. */
    async lineUp({ id, cardClass: before }: SessionRequest, to: EditClass): Promise<void> {
      await card(id)
        .set({
          cardStale: true,
          cardClass: Math.min(before, EDIT_CLASS[to]),
          cardDueAt: sql<Date>`coalesce(card_due_at, ${clock()})`,
        })
        .execute();
    },

    takeTurn: async (teamId: string): Promise<Turn> => takeTurn({ db, budget, clock, holdMs }, teamId),

    /** Its turn comes again, but not before. */
    async putOff(requestId: string, ms: number): Promise<void> {
      await card(requestId)
        .set({ cardDueAt: inMs(ms) })
        .execute();
    },

    /** Slack accepts no edits in this workspace for `ms`. After that, lower classes wait for higher ones. */
    async pauseEdits(teamId: string, ms: number): Promise<void> {
      const until = inMs(ms);
      const nextAt = sql<Date>`${until} + ${interval((budget.burst - 1) * stepMs(budget))}`;
      await db
        .insertInto('editBudgets')
        .values({ teamId, nextAt, pausedUntil: until })
        .onConflict((conflict) =>
          conflict.column('teamId').doUpdateSet({
            nextAt: sql<Date>`greatest(edit_budgets.next_at, excluded.next_at)`,
            pausedUntil: sql<Date>`excluded.paused_until`,
          }),
        )
        .execute();
    },

    /** Slack accepts no messages in this channel for `ms`. */
    async pausePosts(channelId: string, ms: number): Promise<void> {
      await db
        .insertInto('postPauses')
        .values({ channelId, until: inMs(ms) })
        .onConflict((conflict) =>
          conflict.column('channelId').doUpdateSet({ until: sql<Date>`excluded.until` }),
        )
        .execute();
    },

    /** False: Slack was too busy just now. */
    mayPost: (channelId: string): RawBuilder<boolean> =>
      sql<boolean>`not exists (
        select from post_pauses where channel_id = ${channelId}
          and until > ${clock()} - ${interval(CHANNEL_PACED_MS)})`,

    /** It shows the request as of `updatedAt`; false: the request has changed since. */
    async drawn({ id, updatedAt }: SessionRequest, shown: string): Promise<boolean> {
      return settle(db, { requestId: id, shown, updatedAt });
    },

    /** It has nothing to show. */
    async leaveLine({ id, updatedAt }: SessionRequest): Promise<void> {
      await card(id)
        .where(sql<boolean>`date_trunc('milliseconds', updated_at) = ${updatedAt}`)
        .set({ cardStale: false, cardDueAt: null, cardClass: EDIT_CLASS.rest })
        .execute();
    },

    /** A person deleted it. Its place stays known. */
    async lost(requestId: string): Promise<void> {
      await db.transaction().execute(async (trx) => {
        // Locks the session first, as everywhere.
        await trx
          .updateTable('sessions')
          .set({ introducesThread: false })
          .where('requestId', '=', requestId)
          .execute();
        await card(requestId, trx).set({ cardTs: null, cardShown: null }).execute();
        await trx.deleteFrom('posts').where('key', '=', cardPost(requestId)).execute();
      });
    },

    /** Slack refused it in the channel: from now on it goes to the person. */
    async moveElsewhere(requestId: string, code: string): Promise<void> {
      await card(requestId).set({ cardElsewhere: code }).execute();
    },

    /** It is posted and shows this; false: there is more to show by now. */
    async placed(
      { id, updatedAt }: SessionRequest,
      { channelId, ts, shown }: Placement,
      trx: Transaction<Tables>,
    ): Promise<boolean> {
      const place = { cardChannelId: channelId, cardTs: ts };
      return settle(trx, { requestId: id, shown, updatedAt, place });
    },

    /** Cards that are out of date, and not in the line yet. */
    async unlined(): Promise<string[]> {
      const rows = await db
        .selectFrom('sessionRequests')
        .select('id')
        .where('cardStale', '=', sql.lit(true))
        .where('cardDueAt', 'is', null)
        // Imported sessions place their cards themselves.
        .where(({ or, eb }) =>
          or([eb('cardChannelId', 'is not', null), eb('source', 'not in', ['follow', 'restored'])]),
        )
        .orderBy('updatedAt')
        .limit(MOST_SWEPT)
        .execute();
      return rows.map(({ id }) => id);
    },

    /** No process is running: a dead one draws no card whose turn it took. */
    async endTurns(): Promise<void> {
      await db
        .updateTable('sessionRequests')
        .set({ cardDueAt: clock() })
        .where('cardStale', '=', sql.lit(true))
        .where('cardDueAt', 'is not', null)
        .execute();
    },

    /** Workspaces in which a card waits. */
    async teamsInLine(): Promise<string[]> {
      const rows = await db
        .selectFrom('sessionRequests')
        .select('teamId')
        .distinct()
        .where('cardStale', '=', sql.lit(true))
        .where('cardDueAt', 'is not', null)
        .execute();
      return rows.map(({ teamId }) => teamId);
    },
  };
}

type Shown = {
  requestId: string;
  shown: string;
  updatedAt: Date;
  place?: { cardChannelId: string; cardTs: string };
};

async function settle(trx: Db, { requestId, shown, updatedAt, place }: Shown): Promise<boolean> {
  const row = await trx
    .updateTable('sessionRequests')
    .where('id', '=', requestId)
    .set({
      ...place,
      cardShown: shown,
      cardClass: EDIT_CLASS.rest,
      cardStale: sql<boolean>`card_stale and date_trunc('milliseconds', updated_at) <> ${updatedAt}`,
      cardDueAt: null,
      ...(!isBeforeUrl(shown) && { cardPrepaid: false }),
    })
    .returning('cardStale')
    .executeTakeFirst();
  return row?.cardStale !== true;
}
