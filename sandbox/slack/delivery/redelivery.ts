import type { Delivery, DeliveryOutcome } from '../model.ts';
import type { Retry } from './dispatch.ts';

/**
 * "Almost immediately", after a minute, after five minutes: three tries more.
 * https://docs.slack.dev/apis/events-api/#retries
 */
export const REDELIVER_AFTER_MS: readonly number[] = [100, 60_000, 300_000];

type Failed = Exclude<DeliveryOutcome, { kind: 'answered' }>;

type Deps = {
  /** How long each further try waits. */
  afterMs: readonly number[];
  /** Why the last try failed, as the transport names it. */
  reasonOf: (outcome: Failed) => string;
  /** Resolves when there is a connection to the app. */
  connected: () => Promise<void>;
  send: (delivery: Delivery, retry: Retry) => Promise<unknown>;
};

/** Redelivers events that the app didn't acknowledge, but not commands and interactions. */
export function createRedelivery({ afterMs, reasonOf, connected, send }: Deps) {
  const timers = new Set<NodeJS.Timeout>();

  async function again(delivery: Delivery, retry: Retry): Promise<void> {
    await connected();
    await send(delivery, retry);
  }

  return {
    consider(delivery: Delivery, outcome: DeliveryOutcome, triesBefore: number): void {
      const waitMs = afterMs[triesBefore];
      if (delivery.kind !== 'event' || outcome.kind === 'answered' || waitMs === undefined) return;
      if (outcome.kind === 'refused' && outcome.noRetry === true) return;
      const retry = { num: triesBefore + 1, reason: reasonOf(outcome) };
      const timer = setTimeout(() => {
        timers.delete(timer);
        void again(delivery, retry);
      }, waitMs).unref();
      timers.add(timer);
    },
    close(): void {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
