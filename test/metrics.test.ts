import { expect, test } from 'vitest';
import { createMetrics } from '../src/metrics.ts';

test('the metrics of a process are there while the database is down', async () => {
  const down = async () => Promise.reject(new Error('connect ECONNREFUSED'));
  const metrics = createMetrics({
    depth: down,
    countSetAside: down,
    skews: { slack: () => null, devin: () => null },
    policyOk: () => null,
    identityOk: () => null,
  });
  metrics.countState('accepted');
  expect(await metrics.text()).toContain('devin_slack_requests_total{state="accepted"} 1');
});
