import { sql, type Kysely, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { OPEN_STATES } from '../session/request.ts';
import type { Person } from './identities.ts';
import { hasRow, isLongAgo, literals, readFirst } from './sql.ts';
import type { Db, Tables } from './store.ts';

const shownSchema = z.object({
  /** Names the message among all; it begins with its kind. */
  key: z.string(),
  /** Where it is, or was attempted; null: it never was. */
  channelId: z.string().nullable(),
  threadTs: z.string().nullable(),
  /** When it was first and last attempted, by Slack's clock; null: unknown. */
  firstTs: z.string().nullable(),
  lastTs: z.string().nullable(),
  /** Slack has it. null: Slack's answer was lost, or hasn't arrived. */
  ts: z.string().nullable(),
  /** How far what it is about was when it was last shown, for what is kept up to date; null: not far, or not shown. */
  stage: z.string().nullable(),
  /** Of what it shows; null: not known, or Slack refused it. */
  fingerprint: z.string().nullable(),
  /** Slack's reason not to take it as it should be by now; null: Slack took it. */
  refused: z.string().nullable(),
  /** Since when Slack doesn't take it; null: Slack took it. */
  failingSince: z.date().nullable(),
});
/** A message to Slack that was attempted, and what it shows. */
export type ShownRow = z.infer<typeof shownSchema>;
const foundSchema = shownSchema.extend({
  /** How long ago it was last attempted. */
  triedMsAgo: z.number(),
});
export type ShownMessage = z.infer<typeof foundSchema>;
/** What a message shows. */
export type Showing = { stage: string | null; fingerprint: string | null };

/** Whether Slack may still post what was sent. A time in the future is from before the clock was set back. */
export function isInFlight({ triedMsAgo }: Pick<ShownMessage, 'triedMsAgo'>, inFlightMs: number): boolean {
  return Math.abs(triedMsAgo) < inFlightMs;
}

/** Rows of these are kept as long as what they are about. As in the index `shown_ended`. */
export const KEPT_KINDS = ['card', 'greeting'] as const;
/** What is kept up to date, or said once. The key of each begins with its kind. */
export const MESSAGE_KINDS = [
  ...KEPT_KINDS,
  'linked',
  'approval',
  'outcome',
  'alerts',
  'alert',
  'home',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** The stage of what is edited once somebody answers it. */
export const ASKED = 'asked';

/** The key of a message, by what it is about. */
export const shownKey = (kind: MessageKind, ...subject: readonly string[]): string =>
  [kind, ...subject].join(':');

/** The key of a request's card. */
export const cardKey = (requestId: string): string => shownKey('card', requestId);

/** What the keys begin with of the words that people get before their cards. */
const WORD = 'word:';
/** It is being started, has no card, and its person wasn't told why it waits. */
const isUntold = (
  waitedMs: number,
): RawBuilder<boolean> => sql<boolean>`state in ${literals(OPEN_STATES)} and state <> 'held'
  and card_ts is null and source not in ('follow', 'restored')
  and ${isLongAgo(sql`coalesce(resumed_at, created_at)`, waitedMs)}`;

type Attempt = {
  key: string;
  channelId: string;
  threadTs: string | null;
  slackTs: string | null;
  isFirst: boolean;
  onlyIf?: RawBuilder<boolean>;
};

/** A card that isn't recorded after this was never posted. */
const PLACING = sql`interval '10 minutes'`;

export function createShown(db: Kysely<Tables>) {
  const byKey = (key: string, trx: Db = db) => trx.updateTable('shown').where('key', '=', key);

  return {
    async find(key: string): Promise<ShownMessage | null> {
      const triedMsAgo = sql<number>`1000 * extract(epoch from now() - at)::float8`.as('triedMsAgo');
      const row = db.selectFrom('shown').where('key', '=', key);
      return readFirst(foundSchema, row.selectAll().select(triedMsAgo));
    },

    /** False: posted meanwhile, or not `onlyIf`; for a first attempt also: attempted meanwhile. */
    async attempt(attempt: Attempt, trx: Db): Promise<boolean> {
      const { key, channelId, threadTs, slackTs, isFirst, onlyIf = sql<boolean>`true` } = attempt;
      const { rows } = await sql`
        insert into shown (key, channel_id, thread_ts, first_ts, last_ts)
        select ${key}::text, ${channelId}::text, ${threadTs}::text, ${slackTs}::text, ${slackTs}::text where ${onlyIf}
        on conflict (key) do update set channel_id = excluded.channel_id, thread_ts = excluded.thread_ts,
          first_ts = case when shown.channel_id is null then excluded.first_ts else shown.first_ts end,
          last_ts = excluded.last_ts, at = now()
          where shown.ts is null and (shown.channel_id is null or not ${isFirst}::boolean)
        returning key`.execute(trx);
      return rows.length > 0;
    },

    /** Its attempt may be forgotten, with a database that was lost. `showing`: for what is kept up to date. */
    async posted(
      { key, channelId, threadTs, ts }: Pick<ShownRow, 'key' | 'channelId' | 'threadTs' | 'ts'>,
      showing: Showing | undefined,
      trx: Db,
    ): Promise<void> {
      const value = { ts, ...showing, refused: null, failingSince: null, at: sql<Date>`now()` };
      await trx
        .insertInto('shown')
        .values({ key, channelId, threadTs, ...value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(value))
        .execute();
    },

    /** An edit begins: until its outcome is recorded, nobody knows what it shows. */
    async editing(key: string): Promise<void> {
      await byKey(key).set({ fingerprint: null }).execute();
    },

    async shows(key: string, showing: Showing, trx: Db): Promise<void> {
      await byKey(key, trx)
        .set({ ...showing, refused: null, failingSince: null })
        .execute();
    },

    /** Slack doesn't take the message. `refused`: nor will it, so another reason has its own start. `stage`: as in `shows`. */
    async fails(key: string, changes: Partial<Pick<ShownRow, 'refused' | 'stage'>>): Promise<void> {
      const failingSince = changes.refused == null ? sql<Date>`coalesce(shown.failing_since, now())` : null;
      await db
        .insertInto('shown')
        .values({ key, ...changes, failingSince: failingSince && sql<Date>`now()` })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ ...changes, failingSince }))
        .execute();
    },

    /** A person opened their Home. Slack doesn't say when they close it. `channelId`: their conversation with the app. */
    async homeOpened({ teamId, userId, channelId }: Person & { channelId: string }): Promise<string> {
      const key = shownKey('home', teamId, userId);
      const value = { channelId, at: sql<Date>`now()` };
      await db
        .insertInto('shown')
        .values({ key, ...value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(value))
        .execute();
      return key;
    },

    /** What Slack refused to change in a channel. */
    async refusedIn(channelId: string, limit: number): Promise<string[]> {
      const rows = await db
        .selectFrom('shown')
        .select('key')
        .where('channelId', '=', channelId)
        .where('refused', 'is not', null)
        .orderBy('at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ key }) => key);
    },

    /** Whether this conversation may have a card that isn't recorded yet: Slack's answer can be late, or lost. */
    async isPlacingCard(channelId: string): Promise<boolean> {
      const placing = db
        .selectFrom('shown')
        .select('key')
        .where('channelId', '=', channelId)
        .where('ts', 'is', null)
        .where(sql<boolean>`starts_with(key, ${cardKey('')})`)
        .where('at', '>', sql<Date>`now() - ${PLACING}`)
        .limit(1);
      return hasRow(placing);
    },

    /** The requests whose people have waited for so long without a card or a word: once each. */
    async needWord(waitedMs: number, trx: Db): Promise<string[]> {
      const { rows } = await sql<{ requestId: string }>`
        insert into shown (key)
        select ${WORD}::text || id from session_requests where ${isUntold(waitedMs)}
        on conflict (key) do nothing
        returning substr(key, ${sql.lit(WORD.length + 1)}) as request_id`.execute(trx);
      return rows.map(({ requestId }) => requestId);
    },

    /** How many have waited for so long without a card or a word. */
    async countSilent(waitedMs: number, trx: Db): Promise<number> {
      const { count } = await trx
        .selectFrom('sessionRequests')
        .select(({ fn }) => fn.countAll().as('count'))
        .where(isUntold(waitedMs))
        .where(sql<boolean>`not exists (select from shown where key = ${WORD}::text || id)`)
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    /** Slack certainly doesn't have it: there was no attempt. */
    async withdraw(key: string, trx: Db): Promise<void> {
      await byKey(key, trx).set({ channelId: null }).execute();
    },

    /** Nobody asks for it any more. */
    async forget(key: string, trx: Db = db): Promise<void> {
      await trx.deleteFrom('shown').where('key', '=', key).execute();
    },
  };
}

/** Marks what is said once to several people; returns what is new. */
export async function markFirst(keys: readonly string[], trx: Db): Promise<Set<string>> {
  const added = await trx
    .insertInto('shown')
    .values(keys.toSorted().map((key) => ({ key })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .execute();
  return new Set(added.map(({ key }) => key));
}
