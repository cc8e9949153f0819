import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMetrics } from '../src/metrics.ts';

const EXAMPLE = readFileSync('.env.example', 'utf8');

test.each(['deploy/kubernetes.yml', 'deploy/devin-slack.service'])('%s sets existing variables', (file) => {
  const set = readFileSync(file, 'utf8').matchAll(/(?:\{ name: |Environment=)([A-Z_]+)/g);
  const names = [...set].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !EXAMPLE.includes(`${name}=`))).toEqual([]);
});

test('the alerts use existing metrics and labels', async () => {
  const metrics = createMetrics({
    depth: async () => Promise.resolve({ 'create-session': { due: 1, later: 0, active: 0 } }),
    countSetAside: async () => Promise.resolve({ message: 1 }),
    areUp: { slack: () => true, devin: () => true },
    readiness: async () => Promise.resolve({ database: true, queue: true, slack: true }),
    policy: { problems: () => [] },
    mapping: { problems: () => [] },
  });
  metrics.observeDevin({ operation: 'sessions.create', status: 200, durationMs: 1, requestId: null });
  metrics.countTokenRefused('token_revoked');
  metrics.countRefused('signature');
  const shown = await metrics.text();
  const alerts = readFileSync('deploy/alerts.yml', 'utf8');
  const names = [...alerts.matchAll(/devin_slack_\w+/g)].map(([name]) => name);
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !shown.includes(`\n${name}`))).toEqual([]);
  const labels = [...alerts.matchAll(/\$labels\.(\w+)/g)].map(([, name = '']) => name);
  // Prometheus adds the instance.
  expect(labels.filter((name) => name !== 'instance' && !shown.includes(`${name}="`))).toEqual([]);
});
