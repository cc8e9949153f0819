import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { phasesOf } from '../session/lifecycle.ts';
import { LIMITED, type LimitReached, type Limits } from '../session/policy/limits.ts';
import { PENDING_STATES, type RequestState } from '../session/request.ts';
import type { Person } from './identities.ts';
import { IS_OVER } from './sessions.ts';
import { interval, literals, lockNames } from './sql.ts';
import type { Tables } from './store.ts';

/** A request with the same `twinKey` as another that was asked for a moment later. */
type Twin = { id: string; dedupeKey: string; twinKey: string };

/** What people asked for before. */
type Lately = {
  /** The ids of requests that were asked for a moment ago, each with the id of the earlier one. */
  twins: ReadonlyMap<string, string>;
  /** The limit that one more request of this person exceeds; null: none, and it counts from here on. */
  take: (person: Person) => LimitReached | null;
};

/** Within this time, the same command again is more likely a slip than a wish for two. */
const TWIN_MS = 2 * 60_000;

export type Limiter = ReturnType<typeof createLimiter>;

/**
 * Keeps each person within their limits. One transaction at a time counts and starts for a person, in all replicas:
 * both checks hold a lock on the person until they are committed. `limits`: as they are now.
 */
export function createLimiter(limits: () => Limits) {
  return {
    /**
     * Call it before requests are inserted: locks these people until the end of the transaction, which fails if one of
     * several is locked for long. `asked`: those that may be asked for twice.
     */
    async hold(people: readonly Person[], asked: readonly Twin[], trx: Transaction<Tables>): Promise<Lately> {
      await lockPeople(people, trx);
      const rows = await read(people, { states: PENDING_STATES, twins: twinsOf(people, asked) }, trx);
      const used = new Map<string, Limits>(rows.map((row) => [keyOf(row), row]));
      const take = (person: Person): LimitReached | null => {
        const { openSessions, startsPerHour } = used.get(keyOf(person)) ?? NOTHING;
        const reached = limitReached(limits(), { openSessions, startsPerHour });
        const withIt = { openSessions: openSessions + 1, startsPerHour: startsPerHour + 1 };
        if (reached === null) used.set(keyOf(person), withIt);
        return reached;
      };
      return { twins: findTwins(asked, rows[0]?.twins ?? []), take };
    },

    /**
     * What a person has used, their limits, and the one that one more would exceed; null: none. Nothing is locked, so it can
     * change at any time.
     */
    async usage(
      person: Person,
      db: Kysely<Tables>,
    ): Promise<{ limits: Limits; usage: Limits; reached: LimitReached | null }> {
      const [{ openSessions, startsPerHour } = NOTHING] = await read(
        [person],
        { states: PENDING_STATES },
        db,
      );
      const usage = { openSessions, startsPerHour };
      return { limits: limits(), usage, reached: limitReached(limits(), usage) };
    },

    /** Right before a request is sent: what was sent and is open. */
    async beforeSending(person: Person, trx: Transaction<Tables>): Promise<LimitReached | null> {
      await lockPeople([person], trx);
      const [usage = NOTHING] = await read([person], { states: ['sending'] }, trx);
      return limitReached(limits(), usage);
    },
  };
}

/** null: one more can start. */
function limitReached(limits: Limits, usage: Limits): LimitReached | null {
  const limit = LIMITED.find((name) => limits[name] > 0 && usage[name] >= limits[name]);
  return limit === undefined ? null : { limit, allowed: limits[limit], count: usage[limit] };
}

const NOTHING: Limits = { openSessions: 0, startsPerHour: 0 };

/** Several people must not wait because one of them is locked: after this time, the transaction fails. */
const LOCK_TOGETHER_MS = 100;

async function lockPeople(people: readonly Person[], trx: Transaction<Tables>): Promise<void> {
  const names = people.map((person) => `limits:${keyOf(person)}`);
  await lockNames(names, trx, people.length > 1 ? LOCK_TOGETHER_MS : undefined);
}

const GOING_ON = [...phasesOf('needs-you'), ...phasesOf('under-way')];

const keyOf = ({ teamId, userId }: Person): string => `${teamId}:${userId}`;

/**
 * What each has used. `states`: those of requests that have no answer yet. In one statement for all: it runs while a person
 * waits, and others for the lock. What is counted by hour is read once: the embedded database, which plans while its tables
 * are empty, would read a workspace's requests for each person.
 */
async function read(
  people: readonly Person[],
  { states, twins = sql`'[]'::json` }: { states: readonly RequestState[]; twins?: RawBuilder<unknown> },
  db: Kysely<Tables>,
) {
  const distinct = [...new Map(people.map((person) => [keyOf(person), person])).values()];
  const { rows } = await sql<Person & Limits & { twins: Twin[] }>`
    select person.team_id, person.user_id, ${twins} as twins,
      (in_work.count + going_on.count)::integer as open_sessions,
      (in_work.count + coalesce(started.count, 0))::integer as starts_per_hour
    from unnest(${distinct.map(({ teamId }) => teamId)}::text[], ${distinct.map(({ userId }) => userId)}::text[])
      as person (team_id, user_id)
    -- Without an answer yet, they count as open and as started.
    cross join lateral (
      select count(*) from session_requests as request
      where request.team_id = person.team_id and request.user_id = person.user_id and state in ${literals(states)}
    ) as in_work
    -- Who follows a session did not start it.
    cross join lateral (
      select count(*) from sessions join session_requests as request on request.id = sessions.request_id
      where sessions.phase in ${literals(GOING_ON)} and request.source <> 'follow'
        and request.team_id = person.team_id and request.user_id = person.user_id
    ) as going_on
    left join (
      -- As in the index; sent_at is Devin's time, and may not be known.
      select team_id, user_id, count(*) from session_requests as request
      where ${isOf(people)} and coalesce(resumed_at, created_at) > now() - interval '1 hour'
        and state in ('created', 'unknown') and source in ('command', 'form')
      group by team_id, user_id
    ) as started on started.team_id = person.team_id and started.user_id = person.user_id`.execute(db);
  return rows;
}

const isOf = (people: readonly Person[]): RawBuilder<unknown> => sql`
  request.team_id = any(${[...new Set(people.map(({ teamId }) => teamId))]}::text[])
    and request.user_id = any(${[...new Set(people.map(({ userId }) => userId))]}::text[])`;

function findTwins(asked: readonly Twin[], before: readonly Twin[]): Map<string, string> {
  const found = new Map<string, string>();
  const known = [...before];
  for (const one of asked) {
    const earlier = known.filter((other) => other.twinKey === one.twinKey);
    // This very delivery was saved before.
    if (earlier.some(({ dedupeKey }) => dedupeKey === one.dedupeKey)) continue;
    const [twin] = earlier;
    if (twin === undefined) known.push(one);
    else found.set(one.id, twin.id);
  }
  return found;
}

/** Those of the last minutes, newest first, except ones that can't start or whose session is over. */
const twinsOf = (people: readonly Person[], asked: readonly Twin[]): RawBuilder<unknown> => sql`
  (select coalesce(json_agg(json_build_object('id', id, 'dedupeKey', dedupe_key, 'twinKey', twin_key)
      order by created_at desc), '[]')
    from session_requests as request
    where ${isOf(people)} and coalesce(resumed_at, created_at) > now() - ${interval(TWIN_MS)}
      and twin_key = any(${asked.map((one) => one.twinKey)}::text[]) and state not in ('refused', 'failed')
      -- Read for each: the embedded database, which plans while its tables are empty, would read all sessions to join them.
      and (select phase = 'failed' or ${IS_OVER} from sessions where request_id = request.id) is not true)`;
