import type { Log } from '../log.ts';
import { createWithLease, LeaseLostError } from '../queue/index.ts';
import type { Leases } from '../store/leases.ts';
import { createOnceAMinute, once } from '../time.ts';

type WatcherDeps = {
  leases: Pick<Leases, 'take' | 'renew' | 'renewAll' | 'release'>;
  /** Does a part of the work; resolves with how long to rest, in ms. */
  round: (signal: AbortSignal) => Promise<number>;
  prepare: (signal: AbortSignal) => Promise<void>;
  times: { leaseMs: number; standbyMs: number };
  /** Resolves false if the signal ended it. */
  sleep: (ms: number, signal: AbortSignal) => Promise<boolean>;
  log: Log;
};

export type Watcher = { start(): void; stop(): Promise<void> };

const LEASE = 'watch-sessions';
const AFTER_FAILURE_MS = 5000;
const PREPARE_RETRY_MS = 60_000;

/** Runs rounds on one of all replicas; another takes over if it dies, or at once if it stops. */
export function createWatcher(deps: WatcherDeps): Watcher {
  let life: { stopping: AbortController; ended: Promise<void> } | null = null;
  return {
    start() {
      if (life !== null) return;
      const stopping = new AbortController();
      life = { stopping, ended: run(deps, stopping.signal) };
    },
    async stop() {
      const ending = life;
      life = null;
      ending?.stopping.abort();
      await ending?.ended;
    },
  };
}

async function run(deps: WatcherDeps, signal: AbortSignal): Promise<void> {
  const { leases, times, round, sleep, log } = deps;
  const withLease = createWithLease(leases, times.leaseMs);
  const onceAMinute = createOnceAMinute();
  const warn = (error: unknown, message: string): void =>
    onceAMinute(message, (leftOut) => log.warn({ err: error, leftOut }, message));
  const preparing = once(async () => prepareOnce(deps, signal));
  while (!signal.aborted) {
    const leading = withLease(LEASE, async ({ held }) => {
      void preparing();
      // Until another process takes over. Two that watch for a moment do no harm.
      const until = AbortSignal.any([signal, held]);
      while (!until.aborted) {
        const restMs = await round(until).catch((error: unknown) => {
          warn(error, 'watching sessions failed; it will be retried');
          return AFTER_FAILURE_MS;
        });
        await sleep(restMs, until);
      }
      if (signal.aborted) await preparing();
    });
    await leading.catch((error: unknown) => {
      if (!(error instanceof LeaseLostError))
        warn(error, 'the lease on watching sessions could not be taken or released');
    });
    await sleep(times.standbyMs, signal);
  }
  await preparing();
}

/** Runs beside the rounds until it succeeds once. If a stop ends it, the next start repeats it. */
async function prepareOnce({ prepare, sleep, log }: WatcherDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await prepare(signal);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'looking for lost sessions failed; it will be retried');
    }
    await sleep(PREPARE_RETRY_MS, signal);
  }
}
