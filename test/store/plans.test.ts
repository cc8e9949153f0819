import { CompiledQuery, type Kysely, type KyselyPlugin, type RootOperationNode } from 'kysely';
import { describe, expect, test } from 'vitest';
import { policySchema } from '../../src/session/policy/schema.ts';
import type { Database } from '../../src/store/database.ts';
import { createLedger, createUsage } from '../../src/store/ledger.ts';
import { createLimiter } from '../../src/store/limiter.ts';
import { createListing } from '../../src/store/listing.ts';
import { createEchoes, createReplies } from '../../src/store/replies.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createPolls, createSessions } from '../../src/store/sessions.ts';
import { createShown } from '../../src/store/shown.ts';
import { databaseClock } from '../../src/store/sql.ts';
import type { Tables } from '../../src/store/store.ts';
import { countSetAside, createThreadMessages } from '../../src/store/thread-messages.ts';
import { createTurns } from '../../src/store/turns.ts';
import { useEmbedded, usePostgres } from '../support/databases.ts';
import { fillHistory } from '../support/history.ts';

const ROWS = 100_000;
const MINUTE_MS = 60_000;
const BUDGET = { burst: 15, perMinute: 35 };

/** Records every statement as it is built. */
function noting(db: Kysely<Tables>) {
  const nodes: RootOperationNode[] = [];
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      nodes.push(node);
      return node;
    },
    transformResult: async ({ result }) => Promise.resolve(result),
  };
  return { db: db.withPlugin(plugin), nodes };
}

/** The embedded database plans each statement once, for any values; Postgres for its values, too, if that is cheaper. */
async function explain(
  { db, kind }: Database,
  sql: string,
  parameters: readonly unknown[],
): Promise<string[]> {
  type Row = Record<string, string>;
  const run = async (
    on: Kysely<Tables>,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<string[]> => {
    const { rows } = await on.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
    return rows.flatMap((row) => Object.values(row));
  };
  const forValues = kind === 'postgres' ? await run(db, `explain ${sql}`, parameters) : [];
  return db.connection().execute(async (one) => {
    const values = parameters.length === 0 ? '' : `(${parameters.map(() => 'null').join(', ')})`;
    await run(one, 'set plan_cache_mode = force_generic_plan');
    await run(one, `prepare explained as ${sql}`);
    const forAny = await run(one, `explain execute explained${values}`);
    await run(one, 'deallocate explained');
    return [...forValues, ...forAny];
  });
}

/** The database's plan for each statement of `use`. */
async function plansOf(database: Database, use: (db: Kysely<Tables>) => Promise<unknown>): Promise<string> {
  const { db, nodes } = noting(database.db);
  await use(db);
  const plans: string[] = [];
  for (const node of nodes.splice(0)) {
    const { sql, parameters } = database.db.getExecutor().compileQuery(node, { queryId: 'plan' });
    if (!/^\s*(select|update|insert|delete|with)/i.test(sql)) continue;
    plans.push([sql, ...(await explain(database, sql, parameters))].join('\n'));
  }
  expect(plans).not.toEqual([]);
  return plans.join('\n\n');
}

const SCAN = /Seq Scan on (session_requests|sessions|thread_messages|replies|forms|shown|ledger)\b/;

/** They run all the time, and mostly find nothing: an index that only holds what they look for costs next to nothing. */
const ROUTINE = new Set(['stranded', 'stale cards', 'due', 'waiting messages', 'waiting replies']);
/** Reading a table costs 10,000 and more. Estimates come from a sample and differ by some hundred between runs. */
const MOST_ROUTINE_COST = 1000;

/** As the planner counts: a page that is read costs 1. */
function costOf(plans: string): number {
  return Math.max(...[...plans.matchAll(/cost=[\d.]+\.\.([\d.]+)/g)].map(([, cost]) => Number(cost)));
}

/** A statement that loses its index may use another, and read more. */
const INDEXES = [
  ...'ledger_at ledger_of_channel ledger_of_person ledger_session replies_message'.split(' '),
  ...'replies_open replies_session thread_messages_asked thread_messages_pending'.split(' '),
  ...'session_requests_asked_by_person session_requests_newest session_requests_open'.split(' '),
  ...'session_requests_own session_requests_waiting sessions_due_first'.split(' '),
  ...'sessions_unreadable thread_messages_set_aside'.split(' '),
  ...'sessions_due_later sessions_going_on sessions_thread'.split(' '),
  ...'shown_placing shown_refused'.split(' '),
];

const PERSON = { teamId: 'T1', userId: 'U7' };
const { limits: LIMITS } = policySchema.parse({
  limits: {
    acu_per_session: 10,
    acu_per_person_per_day: 100,
    acu_per_channel_per_day: 100,
    acu_per_month: 100,
  },
});

async function readLimits(db: Kysely<Tables>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const limiter = createLimiter(() => ({ openSessions: 1, startsPerHour: 1 }));
    await limiter.hold([PERSON], [{ id: 'another', dedupeKey: 'another', twinKey: 'k7' }], trx);
    await limiter.beforeSending(PERSON, trx);
  });
}

describe('planned while there are no requests', () => {
  const open = useEmbedded();

  test("a person's limits are read from the person's requests alone", async () => {
    const database = await open();
    const plans = await plansOf(database, readLimits);
    expect(plans).not.toMatch(SCAN);
    expect(plans).not.toContain('session_requests_newest');
  });
});

/** One planner: the embedded database is Postgres, too, and takes a minute for as many rows. */
describe(`of ${ROWS.toLocaleString('en')} requests`, () => {
  const { open } = usePostgres();

  test('every frequent statement uses an index', { timeout: 300_000 }, async () => {
    const database = await open();
    await fillHistory(database.db, { requests: ROWS });
    await database.db.executeQuery(CompiledQuery.raw('analyze'));
    const now = new Date();
    const ago = new Date(now.getTime() - MINUTE_MS);
    const lastMonth = new Date(now.getTime() - 30 * 24 * 60 * MINUTE_MS);
    const person = PERSON;
    const paging = { teamId: 'T1', viewerId: 'U7', offset: 20, limit: 10 };
    const looks = [{ id: 's7', was: ago, at: now, first: true }];
    const uses: Record<string, (db: Kysely<Tables>) => Promise<unknown>> = {
      'own list': async (db) => createListing(db).page({ ...paging, whose: 'mine' }),
      'list of all': async (db) => createListing(db).page({ ...paging, whose: 'all' }),
      'approvals of a person': async (db) => createListing(db).approvalsFor({ ...person, limit: 10 }),
      home: async (db) => createListing(db).mostPressing({ ...person, limit: 10 }),
      'request by id': async (db) => createRequests(db).find('r7'),
      'request by delivery': async (db) => createRequests(db).idOf('d7'),
      'request by message': async (db) =>
        createRequests(db).ofMessage({ teamId: 'T1', channelId: 'C7', ts: '7.1' }),
      'asked in a conversation': async (db) => createListing(db).askedIn('D7'),
      'open in a thread': async (db) => createRequests(db).openIn('C7', '7.1'),
      'approvals that expired': async (db) => createRequests(db).expired(),
      stranded: async (db) => createRequests(db).stranded(MINUTE_MS),
      turn: async (db) =>
        createTurns(db, BUDGET, databaseClock).take({
          key: 'r7',
          of: 'edits',
          place: 'T1',
          turnClass: 'rest',
        }),
      session: async (db) => createSessions(db).find('s7'),
      'session of request': async (db) => createSessions(db).ofRequest('r7'),
      'session in thread': async (db) => createSessions(db).inThread('C7', '7.1'),
      'no session in thread': async (db) => createSessions(db).inThread('C7', 'none'),
      due: async (db) => createPolls(db).due({ until: now, hotSince: ago, limit: 50 }),
      'any due': async (db) => createPolls(db).isAnyDue(now),
      reschedule: async (db) => createPolls(db).reschedule(looks),
      touch: async (db) => createSessions(db).touch('s7'),
      ceilings: async (db) =>
        createLedger(db, databaseClock).ceilings(LIMITS, { ...person, channelId: 'C7' }),
      'what a session used': async (db) => createLedger(db, databaseClock).follow('s7', { consumed: 2 }, db),
      'usage of a person': async (db) =>
        createUsage(db).rows({ ...person, channelId: 'C7' }, 'me', lastMonth),
      'usage in a channel': async (db) =>
        createUsage(db).rows({ ...person, channelId: 'C7' }, 'channel', lastMonth),
      bound: async (db) => createSessions(db).bound(['s7', 's8']),
      'known messages': async (db) => createThreadMessages(db).known('s7', ['e7-1']),
      'pending words': async (db) => createThreadMessages(db).pending('s7', 'words'),
      'last words': async (db) => createThreadMessages(db).lastWords('s7'),
      'waiting messages': async (db) => createThreadMessages(db).waiting(MINUTE_MS),
      'reply by id': async (db) => createReplies(db).find('y7'),
      'session of a message': async (db) =>
        createReplies(db).sessionOf({ teamId: 'T1', channelId: 'C7', ts: '7.2' }),
      'next reply': async (db) => createReplies(db).nextOpen('s7'),
      'waiting replies': async (db) => createReplies(db).waiting(MINUTE_MS),
      'recognized replies': async (db) => createEchoes(db).recognized('s7', ['e7']),
      'replies of a message': async (db) =>
        db
          .transaction()
          .execute(async (trx) =>
            createReplies(db).lockMessage({ teamId: 'T1', channelId: 'C7', ts: '7.2' }, trx),
          ),
      'reply that came back': async (db) =>
        createEchoes(db).recognize({ sessionId: 's7', eventId: 'e7', text: 'Use Redis.' }),
      'thread under a card': async (db) => createRequests(db).isUnderCard('C7', '7.1'),
      'post by key': async (db) => createShown(db).find('card:r7'),
      'card that is being posted': async (db) => createShown(db).isPlacingCard('C7'),
      'messages that Slack refused to change': async (db) => createShown(db).refusedIn('C7', 10),
      'threads that take no messages': async (db) => createListing(db).troubledIn('C7', 10),
      'call for a question': async (db) => createThreadMessages(db).isAsked('s7', 'e7'),
      'unanswered question': async (db) => createThreadMessages(db).isUnanswered('s7'),
      'set aside': countSetAside,
      'answered questions': async (db) => createThreadMessages(db).pending('s7', 'answers'),
      'messages with a link': async (db) => createThreadMessages(db).isLinked('s7', 'https://'),
      'followed up': async (db) => createThreadMessages(db).isFollowedUp('s7', ago),
      limits: readLimits,
      'pending milestones': async (db) => createThreadMessages(db).pending('s7', 'milestones'),
    };
    const scanning: string[] = [];
    const used = new Set<string>();
    for (const [name, use] of Object.entries(uses)) {
      const plans = await plansOf(database, use);
      for (const [index] of plans.matchAll(/\w+/g)) used.add(index);
      if (SCAN.test(plans) || (ROUTINE.has(name) && costOf(plans) > MOST_ROUTINE_COST))
        scanning.push(`${name}:\n${plans}`);
    }
    expect(scanning).toEqual([]);
    expect(INDEXES.filter((index) => !used.has(index))).toEqual([]);
  });
});
