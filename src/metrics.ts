import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Depth } from './jobs/queue.ts';
import type { RefusedDelivery } from './slack/http-receiver.ts';
import type { RequestState } from './session/request.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** What /metrics shows: https://prometheus.io/docs/instrumenting/exposition_formats */
export function createMetrics(depth: () => Promise<Record<string, Depth>>) {
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
  const jobs = new Gauge({
    name: 'devin_slack_jobs',
    help: 'Jobs waiting or running.',
    labelNames: ['job', 'state'],
    registers,
    async collect() {
      for (const [job, { queued, active }] of Object.entries(await depth())) {
        this.set({ job, state: 'queued' }, queued);
        this.set({ job, state: 'active' }, active);
      }
    },
  });
  registry.registerMetric(jobs);
  return {
    countState: (state: RequestState): void => requests.inc({ state }),
    countRefused: (why: RefusedDelivery): void => refused.inc({ why }),
    contentType: registry.contentType,
    text: async (): Promise<string> => registry.metrics(),
  };
}
