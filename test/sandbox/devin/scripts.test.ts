import { expect, test } from 'vitest';
import type { LocalDevin, ScriptName } from '../../../sandbox/devin/index.ts';
import { createSession, open } from './caller.ts';

/** Plays a script by hand, until it waits or ends. */
function statuses(devin: LocalDevin, id: string): string[] {
  const seen: string[] = [];
  while (devin.step(id)) {
    const { status, statusDetail } = devin.session(id);
    const word = statusDetail === null ? status : `${status}/${statusDetail}`;
    if (seen.at(-1) !== word) seen.push(word);
  }
  return seen;
}

test.for<[ScriptName, string[]]>([
  ['normal', ['claimed', 'running/working', 'running/finished']],
  ['question', ['claimed', 'running/working', 'running/waiting_for_user']],
  ['report', ['claimed', 'running/working', 'running/finished']],
  ['fails', ['claimed', 'running/working', 'error']],
  ['capped', ['claimed', 'running/working', 'suspended/usage_limit_exceeded']],
  ['slow', ['claimed', 'running/working', 'running/finished']],
])('plays %s', async ([script, expected]) => {
  const { devin, call } = await open();
  devin.script(script);
  const id = await createSession(call, { max_acu_limit: 3 });
  expect(devin.session(id).status).toBe('new');
  expect(statuses(devin, id)).toEqual(expected);
});

test('cancels every timer when it stops', async () => {
  const pending = new Set<object>();
  const schedule = () => {
    const timer = {};
    pending.add(timer);
    return () => void pending.delete(timer);
  };
  const { devin, call } = await open({ schedule });
  await createSession(call);
  await createSession(call);
  expect(pending.size).toBe(2);
  await devin.stop();
  expect(pending.size).toBe(0);
});
