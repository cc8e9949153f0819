import { sql, type Kysely, type Transaction } from 'kysely';
import { cardPost } from './posts.ts';
import type { SessionRequest } from './request-row.ts';
import { databaseClock, MOST_SWEPT, type Clock } from './sql.ts';
import type { Db, Tables } from './tables.ts';

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

/** The state of the cards: what they show, and which are out of date. */
export function createCards(db: Kysely<Tables>, clock: Clock = databaseClock) {
  const card = (requestId: string, trx: Db = db) =>
    trx.updateTable('sessionRequests').where('id', '=', requestId);

  return {
    /** There is something new to show. */
    async markStale(requestId: string, trx: Db = db): Promise<void> {
      await card(requestId, trx).set({ cardStale: true, updatedAt: clock() }).execute();
    },

    /** An edit begins: until its outcome is recorded, only the stage is known. */
    async drawing(requestId: string): Promise<void> {
      await card(requestId)
        .set({ cardShown: sql<string | null>`split_part(card_shown, ':', 1) || ${UNKNOWN_END}` })
        .execute();
    },

    /** It shows the request as of `updatedAt`; null: there is nothing to show. False: the request has changed since. */
    async drawn({ id, updatedAt }: SessionRequest, shown: string | null): Promise<boolean> {
      return settle(db, { requestId: id, shown, updatedAt });
    },

    /** A person deleted it. Its place stays known, and so does the thread under it. */
    async lost(requestId: string): Promise<void> {
      await db.transaction().execute(async (trx) => {
        // Locks the session first, as everywhere.
        await trx
          .updateTable('sessions')
          .set(({ ref }) => ({ introducesThread: false, formerThreadTs: ref('threadTs') }))
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
      { channelId, ts, shown }: { channelId: string; ts: string; shown: string },
      trx: Transaction<Tables>,
    ): Promise<boolean> {
      const place = { cardChannelId: channelId, cardTs: ts };
      return settle(trx, { requestId: id, shown, updatedAt, place });
    },

    async stale(): Promise<string[]> {
      const rows = await db
        .selectFrom('sessionRequests')
        .select('id')
        .where('cardStale', '=', sql.lit(true))
        // Imported sessions place their cards themselves.
        .where(({ or, eb }) =>
          or([eb('cardChannelId', 'is not', null), eb('source', 'not in', ['follow', 'restored'])]),
        )
        .orderBy('updatedAt')
        .limit(MOST_SWEPT)
        .execute();
      return rows.map(({ id }) => id);
    },
  };
}

type Shown = {
  requestId: string;
  shown: string | null;
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
      cardStale: sql<boolean>`card_stale and date_trunc('milliseconds', updated_at) <> ${updatedAt}`,
    })
    .returning('cardStale')
    .executeTakeFirst();
  return row?.cardStale !== true;
}
