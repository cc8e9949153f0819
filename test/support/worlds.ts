import { afterAll, beforeAll, describe } from 'vitest';
import type { LocalSlack } from '../../sandbox/slack/index.ts';
import { createWorld, type Environment, type World, type WorldOptions } from './bot.ts';
import { usePostgres } from './databases.ts';

type DevinOptions = NonNullable<WorldOptions['devin']>;

/** A Devin that does only what is documented: it names no service user besides a member, and ignores `tags`. */
export const SILENT_DEVIN: DevinOptions = { namesServiceUser: false, tagsMatch: 'ignored' };

/** As the real Devin was observed, and as it is documented. */
export const DEVINS: readonly [string, DevinOptions][] = [
  ['says all it may', {}],
  ['says no more than is documented', SILENT_DEVIN],
];

/** What the app calls in the background at any time. */
const OFTEN_CALLED = new Set([
  'chat.postMessage',
  'chat.update',
  'conversations.history',
  'conversations.open',
  'conversations.replies',
  'reactions.add',
  'users.info',
  'views.publish',
]);

/** The tests of a suite share a world: a fault that any call meets may meet one for another test's person. */
function shared<Shared extends World>(world: Shared): Shared {
  const { slack } = world;
  const fail: LocalSlack['fail'] = (method, fault) => {
    if (OFTEN_CALLED.has(method) && fault.args === undefined)
      throw new Error(`Name with \`args\` whose ${method} fails.`);
    return slack.fail(method, fault);
  };
  return { ...world, slack: { ...slack, fail } };
}

/** One world for all tests of a suite: each test brings its own people and channels. */
export function useWorld(options: WorldOptions | (() => Promise<WorldOptions>) = {}): () => World {
  return useShared(async () => createWorld(typeof options === 'function' ? await options() : options));
}

export function useShared<Shared extends World>(create: () => Promise<Shared>): () => Shared {
  let world: Shared | null = null;
  beforeAll(async () => {
    world = shared(await create());
  });
  afterAll(async () => {
    await world?.close();
  });
  return () => {
    if (world === null) throw new Error('the world is not there yet');
    return world;
  };
}

/** Runs the suite on the embedded database over HTTP. */
function describeEmbedded(name: string, suite: (world: () => World) => void): void {
  describe(`${name} (embedded, HTTP)`, () => {
    suite(useWorld({ database: 'embedded' }));
  });
}

/** Runs the suite on a real Postgres over Socket Mode. */
export function describeOnPostgres(name: string, suite: (world: () => World) => void): void {
  describe(`${name} (Postgres, Socket Mode)`, () => {
    suite(useWorld({ transport: 'socket' }));
  });
}

/** On both: for what saves a request and starts it. Everything else runs on one of them. */
export function describeOnBothWorlds(name: string, suite: (world: () => World) => void): void {
  describeEmbedded(name, suite);
  describeOnPostgres(name, suite);
}

/** Runs the suite with the settings of the embedded database, and of a new database on a real Postgres. */
export function describeOnBothDatabaseServers(
  name: string,
  suite: (environment: () => Promise<Environment>, kind: 'embedded' | 'postgres') => void,
): void {
  describe(`${name} (embedded)`, () => {
    suite(async () => Promise.resolve({}), 'embedded');
  });
  describe(`${name} (Postgres)`, () => {
    const { createDatabase, url } = usePostgres();
    let count = 0;
    suite(async () => {
      const database = `server_${(count += 1)}`;
      await createDatabase(database);
      return { DATABASE_URL: url(database) };
    }, 'postgres');
  });
}
