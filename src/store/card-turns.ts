import { sql, type Kysely, type Transaction } from 'kysely';
import { z } from 'zod';
import { interval, type Clock } from './sql.ts';
import type { Tables } from './tables.ts';

/** How many edits of a workspace's cards can come at once, and how many a minute after that. */
export type EditBudget = { burst: number; perMinute: number };

/** When the next edit of a card can be made in a workspace; `pausedUntil`: Slack accepts none before. */
export type EditBudgetsTable = { teamId: string; nextAt: Date; pausedUntil: Date | null };

/** A channel that accepts no messages for now. */
export type PostPausesTable = { channelId: string; until: Date };

export type Turn =
  | { kind: 'turn'; requestId: string }
  /** Cards wait, the first of them this long. */
  | { kind: 'wait'; ms: number }
  | { kind: 'none' };

const MINUTE_MS = 60_000;
/** Shares of a burst that are reserved for higher classes: a URL finds a turn even while many cards change. */
const KEPT_FOR_URL = 0.2;
const KEPT_FOR_NEEDED = 0.4;
/** The longest delay: a longer one was written before the clock was set back. */
const LONGEST_WAIT_MS = 120_000;
/** A channel that was too busy accepts one message a second. https://docs.slack.dev/reference/methods/chat.postMessage */
const CHANNEL_STEP_MS = 1000;
export const CHANNEL_PACED_MS = 60_000;

const lineSchema = z.array(
  z.object({ id: z.string(), waitMs: z.coerce.number(), free: z.boolean(), paced: z.string().nullable() }),
);
type First = z.infer<typeof lineSchema>[number];

/** `holdMs`: how long to wait for a process that took a turn and died. */
type TurnDeps = { db: Kysely<Tables>; budget: EditBudget; clock: Clock; holdMs: number };

/**
 * Takes the turn of the first card that is due; its next turn comes after it is drawn. Two kinds cost no edit: a card that
 * is posted with its URL, and the first edit of a card that was posted without one, which was counted when it was posted.
 */
export async function takeTurn(deps: TurnDeps, teamId: string): Promise<Turn> {
  const { clock } = deps;
  return deps.db.transaction().execute(async (trx) => {
    const here = { ...deps, db: trx };
    await lockBudget(trx, clock, teamId);
    const first = await firstInLine(here, teamId);
    if (first === null) return { kind: 'none' };
    if (first.waitMs > 0) return { kind: 'wait', ms: first.waitMs };
    await hold(here, first);
    if (!first.free) await spend(here, teamId);
    return { kind: 'turn', requestId: first.id };
  });
}

/** One process at a time takes turns in a workspace. */
async function lockBudget(trx: Transaction<Tables>, clock: Clock, teamId: string): Promise<void> {
  await trx
    .insertInto('editBudgets')
    .values({ teamId, nextAt: clock(), pausedUntil: null })
    .onConflict((conflict) => conflict.column('teamId').doNothing())
    .execute();
  await trx.selectFrom('editBudgets').select('teamId').where('teamId', '=', teamId).forUpdate().execute();
}

/** How far ahead the next edit can be planned, by class: the lower the class, the less. */
function lead(budget: EditBudget): { url: number; needed: number; rest: number } {
  const { burst } = budget;
  const of = (kept: number): number => Math.max(0, burst - Math.ceil(burst * kept) - 1) * stepMs(budget);
  return { url: of(0), needed: of(KEPT_FOR_URL), rest: of(KEPT_FOR_NEEDED) };
}

async function firstInLine({ db, budget, clock }: TurnDeps, teamId: string): Promise<First | null> {
  const { url, needed, rest } = lead(budget);
  const { rows } = await sql`
    with moment as (select ${clock()} as now),
    team as (
      select ms_until(next_at, now, ${url + LONGEST_WAIT_MS}) as ahead_ms,
             ms_until(paused_until, now, ${LONGEST_WAIT_MS}) as paused_ms
      from edit_budgets, moment where team_id = ${teamId}
    ),
    line as (
      select id, card_class, card_due_at, ahead_ms, paused_ms, card_ts is null as posts,
             card_class = 1 and (card_ts is null or card_prepaid) as free,
             ms_until(card_due_at, now, ${LONGEST_WAIT_MS}) as due_ms,
             ms_until(post_pauses.until, now, ${LONGEST_WAIT_MS}) as channel_ms,
             case when post_pauses.until > now - ${interval(CHANNEL_PACED_MS)}
                  then post_pauses.channel_id end as paced
      from session_requests
      cross join moment cross join team
      left join post_pauses on card_ts is null
        and post_pauses.channel_id = coalesce(card_channel_id, session_requests.channel_id)
      where card_stale and card_due_at is not null and team_id = ${teamId}
    ),
    waits as (
      select id, free, case when posts then paced end as paced, card_class, card_due_at,
             greatest(0, due_ms,
               case when posts then channel_ms else paused_ms end,
               case when free then 0
                    else ahead_ms - case card_class when 1 then ${url}::float8 when 2 then ${needed}::float8 else ${rest}::float8 end
               end) as wait_ms
      from line
    )
    select id, free, paced, wait_ms from waits
    order by wait_ms > 0, case when wait_ms > 0 then wait_ms end, card_class, card_due_at, id
    limit 1`.execute(db);
  return lineSchema.parse(rows)[0] ?? null;
}

/** `?`: unknown until it is drawn. */
async function hold({ db, clock, holdMs }: TurnDeps, { id, free, paced }: First): Promise<void> {
  await db
    .updateTable('sessionRequests')
    .where('id', '=', id)
    .set({
      cardDueAt: sql<Date>`${clock()} + ${interval(holdMs)}`,
      ...(!free && { cardPrepaid: sql<boolean>`card_prepaid or card_ts is null` }),
      cardShown: sql<string | null>`split_part(card_shown, ':', 1) || ':?'`,
    })
    .execute();
  if (paced === null) return;
  await db
    .updateTable('postPauses')
    .where('channelId', '=', paced)
    .set({ until: sql<Date>`${clock()} + ${interval(CHANNEL_STEP_MS)}` })
    .execute();
}

async function spend({ db, budget, clock }: TurnDeps, teamId: string): Promise<void> {
  const aheadMs = sql`ms_until(next_at, ${clock()}, ${lead(budget).url + LONGEST_WAIT_MS})`;
  await db
    .updateTable('editBudgets')
    .where('teamId', '=', teamId)
    .set({ nextAt: sql<Date>`${clock()} + ${interval(sql`(${aheadMs} + ${stepMs(budget)})`)}` })
    .execute();
}

/** Between two edits, once the burst is used up. */
export function stepMs({ perMinute }: EditBudget): number {
  return Math.ceil(MINUTE_MS / perMinute);
}
