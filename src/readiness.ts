import { setTimeout as delay } from 'node:timers/promises';
import type { Readiness } from './health.ts';
import type { Queue } from './queue/index.ts';
import type { Bolt } from './slack/bolt.ts';
import type { Database } from './store/database.ts';

type ReadinessParts = {
  database: Pick<Database, 'ping'>;
  queue: Pick<Queue, 'healthy'>;
  slack: { bolt: Pick<Bolt, 'connected'> };
};

/** The caller wants to know now; a database that takes longer is not ready. */
const PING_MS = 900;

export function createReadiness({ database, queue, slack }: ReadinessParts): () => Promise<Readiness> {
  let pinging: Promise<boolean> | null = null;

  /** One at a time: a database that hangs must not collect the questions. */
  async function ping(): Promise<boolean> {
    pinging ??= database
      .ping()
      .then(
        () => true,
        () => false,
      )
      .finally(() => (pinging = null));
    return Promise.race([pinging, delay(PING_MS, false, { ref: false })]);
  }

  return async () => ({
    database: await ping(),
    queue: queue.healthy(),
    slack: slack.bolt.connected(),
  });
}
