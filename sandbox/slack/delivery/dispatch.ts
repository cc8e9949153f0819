import type { Delivery, DeliveryKind, DeliveryOutcome } from '../model.ts';
import { addProblem, type State } from '../state.ts';

/** https://docs.slack.dev/apis/events-api/#retries */
export type Retry = { num: number; reason: string };

export type Packet = { delivery: Delivery; retry: Retry | null };

type Transport = {
  isUp: () => boolean;
  send: (packet: Packet) => Promise<DeliveryOutcome>;
};

export type Dispatch = ReturnType<typeof createDispatch>;

type DispatchDeps = {
  state: State;
  http: Transport;
  socket: Transport;
  redeliverAfterMs: readonly number[];
};

/**
 * "Almost immediately", after a minute, after five minutes: three tries more.
 * https://docs.slack.dev/apis/events-api/#retries
 */
export const REDELIVER_AFTER_MS: readonly number[] = [100, 60_000, 300_000];

/** Sends payloads to the app: over a socket while one is open, else by HTTP. */
export function createDispatch({ state, http, socket, redeliverAfterMs }: DispatchDeps) {
  const timers = new Set<NodeJS.Timeout>();

  async function send(delivery: Delivery, retry: Retry | null): Promise<DeliveryOutcome> {
    const transport = socket.isUp() ? socket : http;
    const outcome = await transport.send({ delivery, retry });
    delivery.outcomes.push(outcome);
    noteProblem(delivery, outcome);
    state.changes.emit({ kind: 'delivery', delivery });
    if (delivery.kind === 'event') redeliverLater(delivery, outcome, retry?.num ?? 0);
    return outcome;
  }

  /** What the app didn't acknowledge; commands and interactions are never sent again. */
  function redeliverLater(delivery: Delivery, outcome: DeliveryOutcome, triesBefore: number): void {
    const waitMs = redeliverAfterMs[triesBefore];
    if (outcome.kind === 'answered' || waitMs === undefined) return;
    const retry = { num: triesBefore + 1, reason: http.isUp() ? httpReason(outcome) : 'timeout' };
    const timer = setTimeout(() => {
      timers.delete(timer);
      void connected().then(async () => send(delivery, retry));
    }, waitMs).unref();
    timers.add(timer);
  }

  async function connected(): Promise<void> {
    const isUp = (): boolean => socket.isUp() || http.isUp();
    if (isUp()) return;
    await new Promise<void>((resolve) => {
      const stop = state.changes.subscribe(() => {
        if (!isUp()) return;
        stop();
        resolve();
      });
    });
  }

  function noteProblem(delivery: Delivery, outcome: DeliveryOutcome): void {
    const what = `${delivery.kind} ${describePayload(delivery.payload)}`;
    if (outcome.kind === 'timeout') addProblem(state, `${what}: not acknowledged in time`);
    if (outcome.kind === 'refused' && outcome.status !== null) {
      addProblem(state, `${what}: answered with HTTP ${outcome.status}`);
    }
  }

  return {
    async deliver(kind: DeliveryKind, payload: Record<string, unknown>): Promise<Delivery> {
      const delivery: Delivery = { kind, payload, atMs: state.now(), outcomes: [] };
      state.deliveries.push(delivery);
      await send(delivery, null);
      return delivery;
    },
    /** The very same payload once more, trigger_id and event_id included. */
    redeliver: (delivery: Delivery, retry: Retry = { num: 1, reason: 'http_timeout' }) =>
      send(delivery, retry),
    close(): void {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** https://docs.slack.dev/apis/events-api/#retries */
function httpReason(outcome: DeliveryOutcome): string {
  if (outcome.kind === 'timeout') return 'http_timeout';
  return outcome.kind === 'refused' && outcome.status === null ? 'connection_failed' : 'http_error';
}

function describePayload({ type, command, event }: Record<string, unknown>): string {
  const inner = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
  return [inner, type, command].find((one) => typeof one === 'string') ?? '';
}

/** What the person is told when the app did not answer. */
export type Failure = 'operation_timeout' | 'dispatch_failed';

/** null: it did. */
export function failureOf(delivery: Delivery): Failure | null {
  const last = delivery.outcomes.at(-1);
  if (last?.kind === 'answered') return null;
  return last?.kind === 'timeout' ? 'operation_timeout' : 'dispatch_failed';
}

export function answerOf(delivery: Delivery): unknown {
  const last = delivery.outcomes.at(-1);
  return last?.kind === 'answered' ? last.body : null;
}
