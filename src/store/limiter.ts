import { sql } from 'kysely';
import type { Transaction } from 'kysely';
import { phasesOf } from '../session/lifecycle.ts';
import { limitReached } from '../session/limits.ts';
import type { LimitReached, Limits } from '../session/limits.ts';
import { PENDING_STATES } from '../session/request.ts';
import type { RequestState } from '../session/request.ts';
import type { Person } from './identities.ts';
import type { NewRequest, SessionRequest } from './request-row.ts';
import type { Tables } from './tables.ts';

type Trx = Transaction<Tables>;

export type Limiter = ReturnType<typeof createLimiter>;

const HOUR_MS = 60 * 60 * 1000;

/**
 * Keeps each person within their limits. One transaction at a time counts and starts for a person, in all replicas:
 * both checks hold a lock on the person until they are committed. `limits`: as they are now.
 */
export function createLimiter(limits: () => Limits, now: () => number) {
  const isOn = (): boolean => limits().openSessions > 0 || limits().startsPerHour > 0;

  return {
    /** Before requests are inserted: nobody else counts or asks for these people until the end of the transaction. */
    async lock(requests: readonly Person[], trx: Trx): Promise<void> {
      // In order, so that two that lock the same people never wait for each other.
      for (const key of [...new Set(requests.map(keyOf))].toSorted()) await lockKey(key, trx);
    },

    /** Of requests that were just inserted, those that go beyond, by id. */
    async beyond(requests: readonly NewRequest[], trx: Trx): Promise<Map<string, LimitReached>> {
      const found = new Map<string, LimitReached>();
      if (!isOn()) return found;
      for (const ofOne of Map.groupBy(requests, keyOf).values()) {
        const [person] = ofOne;
        if (person === undefined) continue;
        let { open, started } = await count(person, { states: PENDING_STATES, except: null }, trx);
        open -= ofOne.length;
        started -= ofOne.length;
        for (const { id } of ofOne) {
          const reached = limitReached(limits(), { openSessions: open, startsPerHour: started });
          if (reached !== null) found.set(id, reached);
          else [open, started] = [open + 1, started + 1];
        }
      }
      return found;
    },

    /** Right before it is sent: what was sent and is open, without this request. */
    async beforeSending(request: SessionRequest, trx: Trx): Promise<LimitReached | null> {
      if (!isOn()) return null;
      const person = { teamId: request.teamId, userId: request.userId };
      await lockKey(keyOf(person), trx);
      const { open, started } = await count(person, { states: ['sending'], except: request.id }, trx);
      return limitReached(limits(), { openSessions: open, startsPerHour: started });
    },
  };

  async function count(person: Person, counted: Counted, trx: Trx): Promise<Counts> {
    const [inWork, goingOn, sent] = await Promise.all([
      countInWork(person, counted, trx),
      countGoingOn(person, trx),
      countSent(person, new Date(now() - HOUR_MS), trx),
    ]);
    return { open: inWork + goingOn, started: inWork + sent };
  }
}

/** Requests that have no answer yet, and count as both. */
type Counted = { states: readonly RequestState[]; except: string | null };
type Counts = { open: number; started: number };

const GOING_ON = [...phasesOf('needs-you'), ...phasesOf('under-way')];

function keyOf({ teamId, userId }: Person): string {
  return `limits:${teamId}:${userId}`;
}

async function lockKey(key: string, trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(trx);
}

async function countInWork(
  { teamId, userId }: Person,
  { states, except }: Counted,
  trx: Trx,
): Promise<number> {
  return numberOf(
    trx
      .selectFrom('sessionRequests')
      .where('teamId', '=', teamId)
      .where('userId', '=', userId)
      .where('state', 'in', states)
      .$if(except !== null, (query) => query.where('id', '<>', except))
      .select((select) => select.fn.countAll().as('count')),
  );
}

async function countGoingOn({ teamId, userId }: Person, trx: Trx): Promise<number> {
  return numberOf(
    trx
      .selectFrom('sessions')
      .innerJoin('sessionRequests', 'sessionRequests.id', 'sessions.requestId')
      .where('sessions.phase', 'in', GOING_ON)
      .where('sessionRequests.teamId', '=', teamId)
      .where('sessionRequests.userId', '=', userId)
      // Who follows a session did not start it.
      .where('sessionRequests.source', '<>', 'follow')
      .select((select) => select.fn.countAll().as('count')),
  );
}

/** As in the index; `sentAt` is Devin's time, and may not be known. */
const askedAt = sql<Date>`coalesce(resumed_at, created_at)`;

async function countSent({ teamId, userId }: Person, since: Date, trx: Trx): Promise<number> {
  return numberOf(
    trx
      .selectFrom('sessionRequests')
      .where('teamId', '=', teamId)
      .where('userId', '=', userId)
      .where(askedAt, '>', since)
      .where('state', 'in', ['created', 'unknown'])
      .where('source', 'in', ['command', 'form'])
      .select((select) => select.fn.countAll().as('count')),
  );
}

type Counting = { executeTakeFirstOrThrow(): Promise<{ count: number | string | bigint }> };

async function numberOf(query: Counting): Promise<number> {
  return Number((await query.executeTakeFirstOrThrow()).count);
}
