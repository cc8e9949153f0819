import { checkDevin, checkPermissions, checkSlack } from '../checks.ts';
import { StartError } from '../errors.ts';
import type { Readiness } from '../health.ts';
import type { Sweep } from '../create/sweep.ts';
import type { Tidying } from '../store/tidy.ts';
import type { Watcher } from '../follow/watcher.ts';
import type { HttpServer } from '../slack/http-server.ts';
import { slackFailure } from '../slack/errors.ts';
import { migrate } from '../store/migrate.ts';
import { en } from '../text/index.ts';
import type { Parts } from './parts.ts';
import { createReadiness } from './readiness.ts';

export type Bot = {
  /** Ready to be asked when it resolves. Rejects with a sentence for the person who runs the app. */
  start(): Promise<{ port: number }>;
  /** No new work; what runs is recorded. A second call does nothing more. */
  stop(): Promise<void>;
  readiness(): Promise<Readiness>;
};

/** How long running jobs may take to end; a supervisor waits 10 s. */
const DRAIN_MS = 6000;

type Runners = { sweep: Sweep; watcher: Watcher; tidying: Tidying; server: HttpServer };

/** In which order things start and stop. */
export function createLife(parts: Parts, { sweep, watcher, tidying, server }: Runners): Bot {
  const { config, settings, database, queue, slack } = parts;
  let stopped: Promise<void> | null = null;

  async function stop(): Promise<void> {
    await slack.bolt.stop();
    await server.stop();
    await Promise.all([sweep.stop(), watcher.stop(), tidying.stop()]);
    await queue.stop({ timeoutMs: DRAIN_MS });
    await database.close();
  }

  return {
    async start() {
      await Promise.all([checkBothSides(parts), prepareStore(parts)]);
      await queue.start();
      await sweep.start({ alone: database.kind === 'embedded' });
      watcher.start();
      tidying.start();
      const address = await server.start();
      await slack.bolt.start().catch(refuseToken);
      const transport = config.slack.transport.kind;
      settings.log.info({ ...address, transport, store: database.kind }, 'ready');
      return address;
    },
    stop: async () => (stopped ??= stop()),
    readiness: createReadiness(parts),
  };
}

/** Only a token that Slack refuses ends the connecting. */
function refuseToken(error: unknown): never {
  const failure = slackFailure(error);
  if (failure.kind !== 'refused') throw error;
  throw new StartError(en.start.appToken(failure.code), { cause: error });
}

async function checkBothSides({ config, settings: { log }, devin, slack }: Parts): Promise<void> {
  const { botToken } = config.slack;
  const { orgId } = config.devin;
  const [bot, warnings] = await Promise.all([
    checkSlack({ client: slack.answers, botToken, text: en }),
    checkDevin({ devin, orgId, text: en }),
  ]);
  slack.identity.bot = bot;
  for (const warning of warnings) log.warn(warning);
  // Not waited for: what is missing also shows where it is needed.
  checkPermissions({ devin, impersonation: config.impersonation, orgId, text: en })
    .then((missing) => missing.forEach((warning) => log.warn(warning)))
    .catch((error: unknown) => log.warn({ err: error }, 'permissions could not be checked'));
}

async function prepareStore({ database, store }: Parts): Promise<void> {
  await migrate(database.db);
  // Settings may have changed since: people are looked up again.
  await store.identities.forgetAll();
  // No other process can be alive: what a dead one held is free at once.
  if (database.kind === 'embedded')
    await Promise.all([store.requests.releaseAll(), store.leases.releaseAll()]);
}
