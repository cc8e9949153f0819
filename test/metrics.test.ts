import { expect, test } from 'vitest';
import { createMetrics } from '../src/metrics.ts';

test('the metrics of a process are there while the database is down', async () => {
  const down = async () => Promise.reject(new Error('connect ECONNREFUSED'));
  const metrics = createMetrics({
    depth: down,
    countSetAside: down,
    areUp: { slack: () => true, devin: () => true },
    readiness: async () => Promise.resolve({ database: false, queue: true, slack: true }),
    policy: { problems: () => [] },
    mapping: { problems: () => [] },
  });
  metrics.countState('accepted');
  const text = await metrics.text();
  expect(text).toContain('devin_slack_requests_total{state="accepted"} 1');
  expect(text).toContain('devin_slack_ready{part="database"} 0');
  expect(text).toContain('devin_slack_ready{part="queue"} 1');
});

test('jobs that were counted before the database went down are no longer shown', async () => {
  const answers = [Promise.resolve({ 'create-session': { due: 3, later: 0, active: 0 } })];
  const metrics = createMetrics({
    depth: async () => answers.pop() ?? Promise.reject(new Error('connect ECONNREFUSED')),
    countSetAside: async () => Promise.resolve({}),
    areUp: { slack: () => true, devin: () => true },
    readiness: async () => Promise.resolve({ database: true, queue: true, slack: true }),
    policy: { problems: () => [] },
    mapping: { problems: () => [] },
  });
  expect(await metrics.text()).toContain('devin_slack_jobs{queue="create-session",state="due"} 3');
  expect(await metrics.text()).not.toContain('devin_slack_jobs{');
});

test('a system that stops answering is shown until it answers again', async () => {
  let isUp = true;
  const metrics = createMetrics({
    depth: async () => Promise.resolve({}),
    countSetAside: async () => Promise.resolve({}),
    areUp: { slack: () => isUp, devin: () => true },
    readiness: async () => Promise.resolve({ database: true, queue: true, slack: true }),
    policy: { problems: () => [] },
    mapping: { problems: () => [] },
  });
  expect(await metrics.text()).toContain('devin_slack_upstream_up{system="slack"} 1');
  isUp = false;
  const text = await metrics.text();
  expect(text).toContain('devin_slack_upstream_up{system="slack"} 0');
  expect(text).toContain('devin_slack_upstream_up{system="devin"} 1');
});
