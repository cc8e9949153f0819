import { setTimeout as delay } from 'node:timers/promises';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DevinRequestFacts } from './devin/client.ts';
import type { Depth } from './queue/index.ts';
import type { RequestState } from './session/request.ts';
import type { RefusedDelivery } from './slack/edge/http-receiver.ts';
import { MS_PER_S } from './time.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** What /metrics shows: https://prometheus.io/docs/instrumenting/exposition_formats */
type MetricsDeps = {
  depth: () => Promise<Record<string, Depth>>;
  countSetAside: () => Promise<Record<string, number>>;
  /** Whether Slack and Devin answer. */
  areUp: Record<(typeof SYSTEMS)[number], () => boolean>;
  /** The same as `/readyz`. */
  readiness: () => Promise<Record<string, boolean>>;
  /** What is wrong with the policy and the identity file. */
  policy: { problems: () => readonly string[] };
  mapping: { problems: () => readonly string[] };
};

const SYSTEMS = ['slack', 'devin'] as const;

/** The other metrics wait no longer than this for a database that hangs, and are shown if it is down. */
const DEPTH_MS = 1000;

async function orNone<T>(asked: Promise<Record<string, T>>): Promise<Record<string, T>> {
  return Promise.race([asked.catch(() => ({})), delay(DEPTH_MS, {}, { ref: false })]);
}

export function createMetrics(deps: MetricsDeps) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: 'devin_slack_requests_total',
    help: 'Requests for a session that reached a state.',
    labelNames: ['state'],
    registers,
  });
  const refused = new Counter({
    name: 'devin_slack_refused_deliveries_total',
    help: 'Requests to /slack/events that were refused before they were handled.',
    labelNames: ['why'],
    registers,
  });
  const tokenRefused = new Counter({
    name: 'devin_slack_bot_token_refused_total',
    help: 'Calls to Slack that were refused because of SLACK_BOT_TOKEN.',
    labelNames: ['code'],
    registers,
  });
  const silent = new Counter({
    name: 'devin_slack_silent_total',
    help: 'Requests and replies whose person saw nothing of them for 30 s.',
    registers,
  });
  addGauges(registry, deps);
  const devin = new Histogram({
    name: 'devin_slack_devin_request_seconds',
    help: 'Requests to Devin by operation and status; none: no answer.',
    labelNames: ['operation', 'status'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90],
    registers,
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

type Sample = { labels?: Record<string, string>; value: number };
type Shown = { name: string; help: string; labelNames?: string[]; read: () => Sample[] | Promise<Sample[]> };

/** Read each time they are shown. */
function addGauges(registry: Registry, deps: MetricsDeps): void {
  for (const { read, ...described } of gauges(deps)) {
    const gauge: Gauge = new Gauge({
      ...described,
      registers: [registry],
      async collect() {
        gauge.reset();
        for (const { labels = {}, value } of await read()) gauge.set(labels, value);
      },
    });
  }
}

function gauges(deps: MetricsDeps): Shown[] {
  const { depth, countSetAside, areUp, readiness, policy, mapping } = deps;
  return [
    {
      name: 'devin_slack_jobs',
      help: 'Jobs that can start now (due), start later, or run (active).',
      // Prometheus itself uses the label `job`.
      labelNames: ['queue', 'state'],
      read: async () =>
        Object.entries(await orNone(depth())).flatMap(([queue, counts]) =>
          Object.entries(counts).map(([state, value]) => ({ labels: { queue, state }, value })),
        ),
    },
    {
      name: 'devin_slack_set_aside',
      help: 'Sessions and messages that failed five times, or that Slack refused.',
      labelNames: ['kind'],
      read: async () => labeled('kind', await orNone(countSetAside())),
    },
    {
      name: 'devin_slack_upstream_up',
      help: '1: this system answers; 0: the last calls to it failed.',
      labelNames: ['system'],
      read: () => labeled('system', { slack: areUp.slack(), devin: areUp.devin() }),
    },
    {
      name: 'devin_slack_ready',
      help: '1: this part works; 0: it is down. The same as /readyz.',
      labelNames: ['part'],
      read: async () => labeled('part', await readiness()),
    },
    {
      name: 'devin_slack_policy_ok',
      help: '0: the policy file has errors, and the last valid one stays in force.',
      read: () => [{ value: Number(policy.problems().length === 0) }],
    },
    {
      name: 'devin_slack_identity_file_ok',
      help: '0: the identity file has errors, and the last valid one stays in force.',
      read: () => [{ value: Number(mapping.problems().length === 0) }],
    },
  ];
}

function labeled(label: string, values: Record<string, number | boolean>): Sample[] {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value: Number(value) }));
}
