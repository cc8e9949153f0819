import type { Metrics } from './metrics.ts';
import type { Page } from './slack/http-server.ts';

/** The parts without which the app is of no use. */
export type Readiness = { database: boolean; queue: boolean; slack: boolean };

type HealthDeps = { readiness: () => Promise<Readiness>; metrics: Pick<Metrics, 'contentType' | 'text'> };

export function createHealthPages({ readiness, metrics }: HealthDeps): Record<string, () => Promise<Page>> {
  return {
    '/healthz': async () => Promise.resolve(json(200, { status: 'ok' })),
    '/readyz': async () => {
      const parts = await readiness();
      return json(Object.values(parts).every(Boolean) ? 200 : 503, parts);
    },
    '/metrics': async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.text() }),
  };
}

function json(status: number, value: object): Page {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}
