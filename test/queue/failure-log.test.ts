import { expect, test } from 'vitest';
import { createFailureLog } from '../../src/queue/worker-pool.ts';

const failure = (code: string): Error => Object.assign(new Error('no'), { code });

test('the same error is logged once a minute, with how many were left out, and another one at once', () => {
  let now = 0;
  const logged: object[] = [];
  const log = createFailureLog(
    (facts) => logged.push(facts),
    () => now,
  );
  for (now = 0; now <= 60_000; now += 1000) log(failure('ECONNREFUSED'));
  log(failure('53100'));
  expect(logged).toEqual([
    expect.objectContaining({ code: 'ECONNREFUSED', leftOut: 0 }),
    expect.objectContaining({ code: 'ECONNREFUSED', leftOut: 59 }),
    expect.objectContaining({ code: '53100', leftOut: 0 }),
  ]);
});
