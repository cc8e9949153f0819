import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DevinRequestFacts } from './devin/client.ts';
import type { Queue } from './queue/index.ts';
import type { RequestState } from './session/request.ts';
import type { RefusedDelivery } from './slack/edge/http-receiver.ts';
import { DATABASE_MS, MS_PER_S, within } from './time.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** What /metrics shows: https://prometheus.io/docs/instrumenting/exposition_formats */
export function createMetrics({
  depth,
  countSetAside,
  areUp,
  readiness,
  policy,
  mapping,
}: {
  depth: Queue['depth'];
  countSetAside: () => Promise<Record<string, number>>;
  /** Whether Slack and Devin answer. */
  areUp: Record<'slack' | 'devin', () => boolean>;
  /** The same as `/readyz`. */
  readiness: () => Promise<Record<string, boolean>>;
  /** What is wrong with the policy and the identity file. */
  policy: { problems: () => readonly string[] };
  mapping: { problems: () => readonly string[] };
}) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers });
  /** Read each time it is shown: the values of its labels, and its own. */
  function gauge({
    read,
    ...described
  }: {
    name: string;
    help: string;
    labelNames: string[];
    read: () => Promise<[labels: string | string[], value: number | boolean][]>;
  }): void {
    const shown: Gauge = new Gauge({
      ...described,
      registers,
      async collect() {
        shown.reset();
        for (const [labels, value] of await read()) shown.labels(...[labels].flat()).set(Number(value));
      },
    });
  }

  const requests = counter('devin_slack_requests_total', 'Requests for a session that reached a state.', [
    'state',
  ]);
  const refused = counter(
    'devin_slack_refused_deliveries_total',
    'Requests to /slack/events that were refused before they were handled.',
    ['why'],
  );
  const tokenRefused = counter(
    'devin_slack_bot_token_refused_total',
    'Calls to Slack that were refused because of SLACK_BOT_TOKEN.',
    ['code'],
  );
  const silent = counter(
    'devin_slack_silent_total',
    'Requests and replies whose person saw nothing of them for 30 s.',
    [],
  );
  const devin = new Histogram({
    name: 'devin_slack_devin_request_seconds',
    help: 'Requests to Devin by operation and status; none: no answer.',
    labelNames: ['operation', 'status'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90],
    registers,
  });
  gauge({
    name: 'devin_slack_jobs',
    help: 'Jobs that can start now (due), start later, or run (active).',
    // Prometheus itself uses the label `job`.
    labelNames: ['queue', 'state'],
    read: async () =>
      Object.entries(await within(DATABASE_MS, depth(), {})).flatMap(([queue, counts]) =>
        Object.entries(counts).map(([state, count]): [string[], number] => [[queue, state], count]),
      ),
  });
  gauge({
    name: 'devin_slack_set_aside',
    help: 'Sessions and messages that failed five times, or that Slack refused.',
    labelNames: ['kind'],
    // If the database hangs, the other metrics are shown without this one.
    read: async () => Object.entries(await within(DATABASE_MS, countSetAside(), {})),
  });
  gauge({
    name: 'devin_slack_upstream_up',
    help: '1: this system answers; 0: the last calls to it failed.',
    labelNames: ['system'],
    read: async () => Object.entries(areUp).map(([system, isUp]) => [system, isUp()]),
  });
  gauge({
    name: 'devin_slack_ready',
    help: '1: this part works; 0: it is down. The same as /readyz.',
    labelNames: ['part'],
    read: async () => Object.entries(await readiness()),
  });
  gauge({
    name: 'devin_slack_file_ok',
    help: '0: this file has errors, and the last valid one stays in force.',
    labelNames: ['file'],
    read: async () =>
      Object.entries({ policy, identity: mapping }).map(([file, { problems }]) => [
        file,
        problems().length === 0,
      ]),
  });

  return {
    countState: (state: RequestState): void => requests.inc({ state }),
    observeDevin: ({ operation, status, durationMs }: DevinRequestFacts): void =>
      devin.observe({ operation, status: status ?? 'none' }, durationMs / MS_PER_S),
    countSilent: (count: number): void => silent.inc(count),
    countTokenRefused: (code: string): void => tokenRefused.inc({ code }),
    countRefused: (why: RefusedDelivery): void => refused.inc({ why }),
    contentType: registry.contentType,
    text: async (): Promise<string> => registry.metrics(),
  };
}
