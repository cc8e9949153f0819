import type { Log } from '../log.ts';
import type { Leases } from '../store/leases.ts';

/** Does some of the work and says how long it may rest, in ms; it rests longer by itself when that fails. */
type Round = (signal: AbortSignal) => Promise<number>;

export type WatcherTimes = {
  /** A watcher that is silent for so long is taken for dead. */
  leaseMs: number;
  /** How often the others see whether it is. Together with `leaseMs` at most 30 s. */
  standbyMs: number;
};
export const WATCHER_TIMES: WatcherTimes = { leaseMs: 20_000, standbyMs: 5000 };

type WatcherDeps = {
  leases: Leases;
  round: Round;
  /** Done once, when this process begins to watch. */
  prepare: (signal: AbortSignal) => Promise<void>;
  times: WatcherTimes;
  /** Resolves false when the signal ended it. */
  sleep: (ms: number, signal: AbortSignal) => Promise<boolean>;
  log: Log;
};

export type Watcher = { start(): void; stop(): Promise<void> };

const LEASE = 'watch-sessions';
const AFTER_FAILURE_MS = 5000;
const PREPARE_AGAIN_MS = 60_000;

/** Runs round after round on one of all replicas; another takes over when it dies, or at once when it stops. */
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
  const { leases, times, sleep, log } = deps;
  let preparing: Promise<void> | null = null;
  let number: string | null = null;
  const take = async (): Promise<boolean> => {
    try {
      if (number !== null && (await leases.renew(LEASE, number, times.leaseMs))) return true;
      number = await leases.take(LEASE, times.leaseMs);
      return number !== null;
    } catch (error) {
      log.warn({ err: error }, 'it could not be seen who watches the sessions');
      return false;
    }
  };
  while (!signal.aborted) {
    if (!(await take())) {
      await sleep(times.standbyMs, signal);
      continue;
    }
    preparing ??= prepareOnce(deps, signal);
    await lead(deps, take, signal);
  }
  await preparing;
  if (number === null) return;
  await leases.release(LEASE, number).catch((error: unknown) => {
    log.warn({ err: error }, 'the watch could not be handed over; another process takes it when it lapses');
  });
}

/** Beside the rounds; again and again until it succeeds. Ended by the stop, it is done at the next start. */
async function prepareOnce({ prepare, sleep, log }: WatcherDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await prepare(signal);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'looking for lost sessions failed and is tried again');
    }
    await sleep(PREPARE_AGAIN_MS, signal);
  }
}

/** Until another process has taken over. Two that watch for a moment record safely. */
async function lead(deps: WatcherDeps, take: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const { round, times, sleep, log } = deps;
  const lease = { held: true };
  let renewing = Promise.resolve();
  // A round, or a pause that Devin asks for, may take longer than the lease.
  const renewal = setInterval(() => {
    renewing = take().then((taken) => void (lease.held = taken));
  }, times.leaseMs / 3);
  while (lease.held && !signal.aborted) {
    const restMs = await round(signal).catch((error: unknown) => {
      log.warn({ err: error }, 'watching sessions failed and is tried again');
      return AFTER_FAILURE_MS;
    });
    await sleep(restMs, signal);
  }
  clearInterval(renewal);
  await renewing;
}
