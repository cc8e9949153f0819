import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import { phasesOf } from '../session/lifecycle.ts';
import { limitReached } from '../session/limits.ts';
import type { LimitReached, Limits, Usage } from '../session/limits.ts';
import { PENDING_STATES } from '../session/request.ts';
import type { RequestState } from '../session/request.ts';
import type { Person } from './identities.ts';
import { literals, lockNames } from './sql.ts';
import type { Tables } from './tables.ts';

type Trx = Transaction<Tables>;
type Starting = Person & { id: string };

export type Limiter = ReturnType<typeof createLimiter>;

/**
 * Keeps each person within their limits. One transaction at a time counts and starts for a person, in all replicas:
 * both checks hold a lock on the person until they are committed. `limits`: as they are now.
 */
export function createLimiter(limits: () => Limits) {
  const isOn = (): boolean => limits().openSessions > 0 || limits().startsPerHour > 0;

  return {
    /** Call it before requests are inserted: locks these people until the end of the transaction. */
    lock: lockPeople,

    /** The newly inserted requests that exceed a limit, by id. */
    async beyond(requests: readonly Starting[], trx: Trx): Promise<Map<string, LimitReached>> {
      const found = new Map<string, LimitReached>();
      if (!isOn() || requests.length === 0) return found;
      const counts = await count(
        requests,
        { states: PENDING_STATES, except: requests.map(({ id }) => id) },
        trx,
      );
      for (const request of requests) {
        const usage = counts.get(keyOf(request)) ?? NOTHING;
        const reached = limitReached(limits(), usage);
        if (reached !== null) found.set(request.id, reached);
        else counts.set(keyOf(request), oneMore(usage));
      }
      return found;
    },

    /** What a person has used, and their limits. Nothing is locked, so it can change at any time. */
    async usage(person: Person, db: Kysely<Tables>): Promise<{ limits: Limits; usage: Usage }> {
      const counts = await count([person], { states: PENDING_STATES, except: [] }, db);
      return { limits: limits(), usage: counts.get(keyOf(person)) ?? NOTHING };
    },

    /** Right before a request is sent: what was sent and is open, without this request. */
    async beforeSending(request: Starting, trx: Trx): Promise<LimitReached | null> {
      if (!isOn()) return null;
      await lockPeople([request], trx);
      const counts = await count([request], { states: ['sending'], except: [request.id] }, trx);
      return limitReached(limits(), counts.get(keyOf(request)) ?? NOTHING);
    },
  };
}

const NOTHING: Usage = { openSessions: 0, startsPerHour: 0 };

function oneMore({ openSessions, startsPerHour }: Usage): Usage {
  return { openSessions: openSessions + 1, startsPerHour: startsPerHour + 1 };
}

async function lockPeople(people: readonly Person[], trx: Trx): Promise<void> {
  await lockNames(
    people.map((person) => `limits:${keyOf(person)}`),
    trx,
  );
}

/** Requests in these states have no answer yet, and count as open and as started. */
type Counted = { states: readonly RequestState[]; except: readonly string[] };
type Row = Person & { inWork: string; goingOn: string; sent: string };

const GOING_ON = [...phasesOf('needs-you'), ...phasesOf('under-way')];

const keyOf = ({ teamId, userId }: Person): string => `${teamId}:${userId}`;

/** In one statement for all of them: it runs while a person waits, and others for the lock. */
async function count(
  people: readonly Person[],
  { states, except }: Counted,
  db: Kysely<Tables>,
): Promise<Map<string, Usage>> {
  const distinct = [...new Map(people.map((person) => [keyOf(person), person])).values()];
  const { rows } = await sql<Row>`
    select team_id, user_id,
      (select count(*) from session_requests as request
        where request.team_id = person.team_id and request.user_id = person.user_id
          and state in ${literals(states)} and id <> all(${except}::text[])) as in_work,
      -- Who follows a session did not start it.
      (select count(*) from sessions join session_requests as request on request.id = sessions.request_id
        where sessions.phase in ${literals(GOING_ON)} and request.source <> 'follow'
          and request.team_id = person.team_id and request.user_id = person.user_id) as going_on,
      -- As in the index; sent_at is Devin's time, and may not be known.
      (select count(*) from session_requests as request
        where request.team_id = person.team_id and request.user_id = person.user_id
          and coalesce(resumed_at, created_at) > now() - interval '1 hour'
          and state in ('created', 'unknown') and source in ('command', 'form')) as sent
    from unnest(${distinct.map(({ teamId }) => teamId)}::text[], ${distinct.map(({ userId }) => userId)}::text[])
      as person (team_id, user_id)`.execute(db);
  return new Map(
    rows.map((row) => {
      const inWork = Number(row.inWork);
      return [
        keyOf(row),
        { openSessions: inWork + Number(row.goingOn), startsPerHour: inWork + Number(row.sent) },
      ];
    }),
  );
}
