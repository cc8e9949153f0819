import { setTimeout as delay } from 'node:timers/promises';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DevinRequestFacts } from './devin/attempt.ts';
import type { Readiness } from './health.ts';
import type { Depth } from './queue/index.ts';
import type { RequestState } from './session/request.ts';
import type { RefusedDelivery } from './slack/http-receiver.ts';
import type { Skews } from './time.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** What /metrics shows: https://prometheus.io/docs/instrumenting/exposition_formats */
type MetricsDeps = {
  depth: () => Promise<Record<string, Depth>>;
  countSetAside: () => Promise<Record<string, number>>;
  skews: Skews;
  /** Whether Slack and Devin answer. */
  areUp: AreUp;
  /** The same as `/readyz`. */
  readiness: () => Promise<Readiness>;
  /** Whether the current policy file is in force; null: there is none. */
  policyOk: () => boolean | null;
  /** The same for the identity file. */
  identityOk: () => boolean | null;
};

/** The other metrics wait no longer than this for a database that hangs, and are shown if it is down. */
const DEPTH_MS = 1000;

async function orNone<T>(asked: Promise<Record<string, T>>): Promise<Record<string, T>> {
  return Promise.race([asked.catch(() => ({})), delay(DEPTH_MS, {}, { ref: false })]);
}

export function createMetrics(deps: MetricsDeps) {
  const { depth, countSetAside, skews, areUp, readiness, policyOk, identityOk } = deps;
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
  const jobs = new Gauge({
    name: 'devin_slack_jobs',
    help: 'Jobs that can start now (due), start later, or run (active).',
    // Prometheus itself uses the label `job`.
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const [queue, depthOf] of Object.entries(await orNone(depth())))
        for (const [state, count] of Object.entries(depthOf)) this.set({ queue, state }, count);
    },
  });
  registry.registerMetric(jobs);
  registry.registerMetric(skewGauge(skews));
  registry.registerMetric(upGauge(areUp));
  registry.registerMetric(readyGauge(readiness));
  if (policyOk() !== null)
    registry.registerMetric(fileGauge('devin_slack_policy_ok', 'policy file', policyOk));
  if (identityOk() !== null)
    registry.registerMetric(fileGauge('devin_slack_identity_file_ok', 'identity file', identityOk));
  const devin = new Histogram({
    name: 'devin_slack_devin_request_seconds',
    help: 'Requests to Devin by operation and status; none: no answer.',
    labelNames: ['operation', 'status'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90],
    registers,
  });
  const setAside = new Gauge({
    name: 'devin_slack_set_aside',
    help: 'Sessions, messages and milestones that failed five times.',
    labelNames: ['kind'],
    registers,
    async collect() {
      this.reset();
      for (const [kind, count] of Object.entries(await orNone(countSetAside()))) this.set({ kind }, count);
    },
  });
  registry.registerMetric(setAside);
  return {
    countState: (state: RequestState): void => requests.inc({ state }),
    observeDevin: ({ operation, status, durationMs }: DevinRequestFacts): void =>
      devin.observe({ operation, status: status ?? 'none' }, durationMs / 1000),
    countTokenRefused: (code: string): void => tokenRefused.inc({ code }),
    countRefused: (why: RefusedDelivery): void => refused.inc({ why }),
    contentType: registry.contentType,
    text: async (): Promise<string> => registry.metrics(),
  };
}

function readyGauge(readiness: () => Promise<Readiness>): Gauge {
  return new Gauge({
    name: 'devin_slack_ready',
    help: '1: this part works; 0: it is down. The same as /readyz.',
    labelNames: ['part'],
    registers: [],
    async collect() {
      for (const [part, isReady] of Object.entries(await readiness())) this.set({ part }, isReady ? 1 : 0);
    },
  });
}

/** `file`: its name in the help text. */
function fileGauge(name: string, file: string, isOk: () => boolean | null): Gauge {
  return new Gauge({
    name,
    help: `1: the ${file} is in force; 0: it has errors, and the last valid one stays in force.`,
    registers: [],
    collect() {
      this.set(isOk() === true ? 1 : 0);
    },
  });
}

type AreUp = { slack: () => boolean; devin: () => boolean };

function upGauge(areUp: AreUp): Gauge {
  return new Gauge({
    name: 'devin_slack_upstream_up',
    help: '1: this system answers; 0: the last calls to it failed.',
    labelNames: ['system'],
    registers: [],
    collect() {
      this.set({ system: 'slack' }, areUp.slack() ? 1 : 0);
      this.set({ system: 'devin' }, areUp.devin() ? 1 : 0);
    },
  });
}

function skewGauge(skews: Skews): Gauge {
  return new Gauge({
    name: 'devin_slack_clock_skew_seconds',
    help: "How far another system's clock is ahead of this machine's.",
    labelNames: ['system'],
    registers: [],
    collect() {
      for (const [system, skewMs] of [
        ['slack', skews.slack()],
        ['devin', skews.devin()],
      ] as const)
        if (skewMs !== null) this.set({ system }, skewMs / 1000);
    },
  });
}
