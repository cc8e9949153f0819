import type { IncomingMessage } from 'node:http';
import type { Metrics } from './metrics.ts';
import { mayReadMetrics } from './metrics-access.ts';
import type { Page } from './slack/http-server.ts';

/** The parts without which the app is of no use. */
export type Readiness = { database: boolean; queue: boolean; slack: boolean };

type HealthDeps = {
  readiness: () => Promise<Readiness>;
  /** What is worth a look, and no reason to take the app out of service. */
  warnings: () => string[];
  metrics: Pick<Metrics, 'contentType' | 'text'>;
  /** null: who is near may read the metrics. */
  metricsToken: string | null;
};

export function createHealthPages(
  deps: HealthDeps,
): Record<string, (request: IncomingMessage) => Promise<Page>> {
  const { readiness, warnings, metrics, metricsToken } = deps;
  return {
    '/healthz': async () => Promise.resolve(json(200, { status: 'ok' })),
    '/readyz': async () => {
      const parts = await readiness();
      const warned = warnings();
      const status = Object.values(parts).every(Boolean) ? 200 : 503;
      return json(status, { ...parts, ...(warned.length > 0 && { warnings: warned }) });
    },
    '/metrics': async ({ headers, socket: { remoteAddress } }) => {
      if (!mayReadMetrics(metricsToken, { headers, remoteAddress })) {
        const status = metricsToken === null ? 403 : 401;
        return { status, contentType: 'text/plain', body: 'Send METRICS_TOKEN as a bearer token.\n' };
      }
      return { status: 200, contentType: metrics.contentType, body: await metrics.text() };
    },
  };
}

function json(status: number, value: object): Page {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}
