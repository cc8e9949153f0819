import { expect, test } from 'vitest';
import type { LocalDevin, ScriptName } from '../../../sandbox/devin/index.ts';
import { createPace } from '../../../sandbox/pace.ts';
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

test('opens a pull request in the selected repository', async () => {
  const { devin, call } = await open();
  const id = await createSession(call, { repos: ['acme/api'] });
  statuses(devin, id);
  expect(devin.session(id).pullRequests).toEqual([
    { url: 'https://github.com/acme/api/pull/1', state: 'open' },
  ]);
  devin.advance(id, { pullRequest: { state: 'merged' } });
  expect(devin.session(id).pullRequests).toEqual([
    { url: 'https://github.com/acme/api/pull/1', state: 'merged' },
  ]);
});

test.for<ScriptName>(['normal', 'question', 'report', 'fails', 'capped'])(
  'speaks of the task and its repository in %s',
  async (script) => {
    const { devin, call } = await open({ script });
    const prompt = 'Rename the `total` column in acme/api\n\nContext from Slack';
    const id = await createSession(call, { prompt });
    statuses(devin, id);
    const first = devin.session(id).messages.find(({ source }) => source === 'devin');
    expect(first?.message).toContain('Rename the total column in acme/api');
    expect(first?.message.replace('column in acme/api', '')).toContain('acme/api');
  },
);

test('opens a pull request in the repository named in the task', async () => {
  const { devin, call } = await open();
  const id = await createSession(call, { prompt: 'Fix the build of acme/infrastructure' });
  statuses(devin, id);
  expect(devin.session(id).pullRequests.map(({ url }) => url)).toEqual([
    'https://github.com/acme/infrastructure/pull/1',
  ]);
});

test('stops at the cap with all ACU used', async () => {
  const { devin, call } = await open({ script: 'capped' });
  const id = await createSession(call, { max_acu_limit: 3 });
  statuses(devin, id);
  expect(devin.session(id).acusConsumed).toBe(3);
});

test('uses no more ACU than the cap', async () => {
  const { devin, call } = await open({ script: 'normal' });
  const id = await createSession(call, { max_acu_limit: 1 });
  statuses(devin, id);
  expect(devin.session(id).acusConsumed).toBe(1);
});

test('continues once a person has answered its question', async () => {
  const { devin, call } = await open({ script: 'question' });
  const id = await createSession(call);
  statuses(devin, id);
  await call('POST', `~/sessions/devin-${id}/messages`, { body: { message: 'From main' } });
  expect(statuses(devin, id)).toEqual(['running/working', 'running/finished']);
});

test('works again when a person writes after it finished', async () => {
  const { devin, call } = await open();
  const id = await createSession(call);
  statuses(devin, id);
  devin.advance(id, { status: 'suspended', statusDetail: 'inactivity' });
  await call('POST', `~/sessions/devin-${id}/messages`, { body: { message: 'One more thing' } });
  expect(statuses(devin, id)).toEqual(['running/working', 'running/finished']);
});

test("plays a test's own steps, with an unlisted status", async () => {
  const { devin, call } = await open();
  devin.script([{ status: 'hibernating', statusDetail: 'winter' }]);
  const id = await createSession(call);
  expect(statuses(devin, id)).toEqual(['hibernating/winter']);
});

test('plays by itself at a pace, but not after it was stopped', async () => {
  const { devin, call } = await open({ schedule: createPace(10_000).schedule });
  const id = await createSession(call);
  const finished = await devin.waitForSession(({ statusDetail }) => statusDetail === 'finished');
  expect(finished.id).toBe(id);
  await devin.stop();
  await devin.stop();
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
