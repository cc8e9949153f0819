import { describe, expect, test } from 'vitest';
import { type Call, createSession, open, page } from './caller.ts';

const titles = async (call: Call, query: string): Promise<unknown[]> =>
  page(await call('GET', `~/sessions?${query}`)).items.map((item) => item['title']);

/** Three sessions, created at 100 s, 200 s and 300 s. */
async function three(options: Parameters<typeof open>[0] = {}) {
  let nowMs = 0;
  const { devin, call } = await open({ now: () => nowMs, ...options });
  nowMs = 100_000;
  const a = await createSession(call, { title: 'a', tags: ['x'] });
  nowMs = 200_000;
  const b = await createSession(call, { title: 'b', tags: ['x', 'y'] });
  nowMs = 300_000;
  const c = await createSession(call, { title: 'c' });
  nowMs = 400_000;
  return { devin, call, a, b, c };
}

describe('listing sessions', () => {
  test.for<[string, string[]]>([
    ['', ['c', 'b', 'a']],
    ['tags=x', ['b', 'a']],
    ['tags=y&tags=z', ['b']],
    ['tags=x,y', []],
    ['origins=api&origins=slack', ['c', 'b', 'a']],
    ['origins=slack', []],
    ['created_after=200', ['c', 'b']],
  ])('respects ?%s', async ([query, expected]) => {
    const { devin, call } = await three();
    expect(await titles(call, query)).toEqual(expected);
    expect(devin.problems).toEqual([]);
  });

  test('finds several sessions by the ids it returned, not by their other form', async () => {
    const { call, a, c } = await three();
    expect(await titles(call, `session_ids=${a}&session_ids=${c}`)).toEqual(['c', 'a']);
    expect(await titles(call, `session_ids=devin-${a}`)).toEqual([]);
  });

  test('ignores tags if configured', async () => {
    const { call } = await three({ tagsMatch: 'ignored' });
    expect(await titles(call, 'tags=y')).toEqual(['c', 'b', 'a']);
  });

  test('returns every session once over pages, and no cursor with the last page', async () => {
    const { call } = await three();
    const first = page(await call('GET', '~/sessions?first=2'));
    expect(first.items).toHaveLength(2);
    expect(first.has_next_page).toBe(true);
    await createSession(call, { title: 'meanwhile' });
    const last = page(await call('GET', `~/sessions?first=2&after=${first.end_cursor}`));
    expect(last.items.map((item) => item['title'])).toEqual(['a']);
    expect(last).toMatchObject({ has_next_page: false, end_cursor: null });
  });

  test.for(['first=0', 'first=201', 'first=many', 'after=nonsense', 'created_after=yesterday'])(
    'refuses ?%s',
    async (query) => {
      const { call } = await open();
      const reply = await call('GET', `~/sessions?${query}`);
      expect(reply.status).toBe(422);
      expect(reply.body).toMatchObject({ errors: [{ loc: ['query', query.split('=')[0]] }] });
    },
  );

  test('ignores an unknown parameter, and reports it', async () => {
    const { devin, call } = await three();
    expect(await titles(call, 'status=running&tags[]=x')).toEqual(['c', 'b', 'a']);
    expect(devin.problems).toEqual([
      'the query parameter status is not read by this endpoint',
      'the query parameter tags[] is not read by this endpoint',
    ]);
  });
});
