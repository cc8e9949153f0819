import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLocalDevin, type LocalDevin } from '../../sandbox/devin/index.ts';
import { createDevin } from '../../src/devin/devin.ts';
import { DevinError } from '../../src/devin/errors.ts';
import { poll } from '../../src/follow/watcher.ts';
import { refuseConnection, createUpstream } from '../../src/upstream.ts';
import { KEY, ORG, page, SESSION, startApi, startDevin } from '../devin/local-api.ts';

const NEVER = new AbortController().signal;

/** The ids of those that Devin tells about, why it tells nothing about others, and why polling pauses. */
async function polled(...[sessions, ids]: [Parameters<typeof poll>[0], readonly string[]]) {
  const { answers, trouble } = await poll(sessions, ids, NEVER);
  const all = [...answers].toSorted(([one], [other]) => one.localeCompare(other));
  const answered = all.filter(([, one]) => !(one instanceof DevinError)).map(([id]) => id);
  const failed = all.flatMap(([id, one]) => (one instanceof DevinError ? [[id, one.code]] : []));
  return { answered, failed, trouble: trouble?.code ?? null };
}
describe.each(['bare', 'prefixed'] as const)('polling sessions, with ids answered %s', (idForm) => {
  let local: LocalDevin;
  let pollIds: (ids: readonly string[]) => ReturnType<typeof polled>;
  const ids: string[] = [];
  let before = 0;
  const asked = (): number => local.requests.length - before;

  beforeAll(async () => {
    local = await createLocalDevin({ idForm });
    const devin = createDevin({ apiUrl: local.url, apiKey: local.apiKey, orgId: local.orgId });
    pollIds = async (some) => polled(devin.sessions, some);
    for (let count = 0; count < 50; count += 1)
      ids.push((await devin.sessions.create({ prompt: 'x' })).sessionId);
  });
  beforeEach(() => void (before = local.requests.length));
  afterAll(async () => local.stop());

  test('takes one request for fifty of them', async () => {
    expect(await pollIds(ids)).toEqual({ answered: ids.toSorted(), failed: [], trouble: null });
    expect(asked()).toBe(1);
  });

  test("asks one by one for those the list leaves out, and says which don't exist", async () => {
    const missing = '0'.repeat(32);
    expect(await pollIds([ids[0] ?? '', missing])).toEqual({
      answered: [ids[0]],
      failed: [[missing, 'not-found']],
      trouble: null,
    });
  });
});

test('blames no session if a page of a proxy is the answer to everything', async () => {
  const { sessions } = await startDevin({ text: '<html>Back soon</html>' });
  const none = { answered: [], failed: [] };
  expect(await polled(sessions, ['one', 'two'])).toEqual({ ...none, trouble: 'no-answer' });
});

/** Devin fails whenever it is asked about a session that begins with `bad`, and is called as in production. */
async function startPicky(failing: 'answers 500' | 'breaks the connection') {
  const { url, seen } = await startApi(({ path, query }, _index, response) => {
    const ids = query.getAll('session_ids');
    const one = /devin-(.+)$/.exec(path)?.[1];
    if ([...ids, one ?? ''].some((id) => id.includes('bad'))) {
      if (failing === 'answers 500') return { status: 500, headers: { 'retry-after': '0' }, text: '' };
      response.destroy();
      return null;
    }
    const session = (id: string) => ({ ...SESSION, session_id: id });
    return { json: one === undefined ? page((ids.length > 0 ? ids : ['other']).map(session)) : session(one) };
  });
  const { guarded } = createUpstream({ origin: url, fetch, refuse: refuseConnection });
  const { sessions } = createDevin({ apiUrl: url, apiKey: KEY, orgId: ORG, fetch: guarded });
  return { sessions, seen };
}

test.each(['answers 500', 'breaks the connection'] as const)(
  "puts off only the sessions because of which Devin %s, also if they are all it's asked about",
  async (failing) => {
    const { sessions } = await startPicky(failing);
    const pollOf = async (...ids: string[]) => {
      const { answered, failed, trouble } = await polled(sessions, ids);
      return [answered, failed.map(([id]) => id), trouble];
    };
    const bad = Array.from({ length: 12 }, (_, count) => `bad${count}`);
    expect(await pollOf(...bad)).toEqual([[], bad.toSorted(), null]);
    expect(await pollOf('bad1', 'good', 'bad2')).toEqual([['good'], ['bad1', 'bad2'], null]);
  },
);

test.each([
  ['status', null],
  ['status', undefined],
  ['url', null],
  ['url', undefined],
  ['acus_consumed', '0.7'],
])('puts off a session whose %s is %s', async (name, value) => {
  const odd = { ...SESSION, [name]: value };
  const { sessions } = await startDevin(({ path }) => ({
    json: path.endsWith('/sessions') ? page([odd]) : odd,
  }));
  expect(await polled(sessions, ['abc'])).toMatchObject({ answered: [], failed: [['abc', 'no-answer']] });
});
