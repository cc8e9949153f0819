import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { repeat } from '../repeat.ts';
import type { Leases } from './leases.ts';
import type { Retention } from './retention.ts';

type TidyDeps = {
  retention: Retention;
  leases: Pick<Leases, 'take'>;
  retentionDays: number;
  log: Log;
};

export type Tidying = { start(): void; stop(): Promise<void> };

const EVERY_MS = 60 * 60_000;
/** Not released: one process an hour does it, however many there are. */
const LEASE_MS = EVERY_MS / 2;
/** Between two batches: others go before. */
const PAUSE_MS = 100;

/** Removes text and rows that were kept long enough. */
export async function tidy(deps: Omit<TidyDeps, 'log'>, signal: AbortSignal): Promise<void> {
  const { retention, leases, retentionDays } = deps;
  if ((await leases.take('tidy', LEASE_MS)) === null) return;
  await retention.sweep();
  for (const clear of [retention.clearSessions, retention.clearRequests]) {
    while (!signal.aborted && (await clear(retentionDays)) > 0) {
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

export function createTidying({ log, ...deps }: TidyDeps): Tidying {
  const stopping = new AbortController();
  const once = async (): Promise<void> =>
    tidy(deps, stopping.signal).catch((error: unknown) => {
      log.warn({ err: error }, 'removing what was kept long enough failed; the next hour tries again');
    });
  let life: { stop(): Promise<void> } | null = null;
  let first: Promise<void> = Promise.resolve();
  return {
    start() {
      if (life !== null) return;
      life = repeat(once, EVERY_MS);
      first = once();
    },
    async stop() {
      stopping.abort();
      await Promise.all([life?.stop(), first]);
    },
  };
}
