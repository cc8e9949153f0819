import { describe, expect, test } from 'vitest';
import { failureOf, page, startDevin } from './local-api.ts';

const FIVE_MINUTES_MS = 5 * 60_000;

const PLAYBOOKS = [
  { playbook_id: 'playbook-1', title: 'Fix a bug', macro: '!bug', body: 'long' },
  { playbook_id: 'playbook-2', title: 'Write docs', macro: null, body: 'long' },
];

function clock() {
  let nowMs = 1_000_000;
  return { now: () => nowMs, advance: (byMs: number) => (nowMs += byMs) };
}

test('searching returns at most a hundred', async () => {
  const many = Array.from({ length: 150 }, (_, index) => ({ playbook_id: `p${index}`, title: 'Same' }));
  const { catalog } = await startDevin({ json: page(many) });
  expect(await catalog.search('playbooks', 'same')).toHaveLength(100);
});

test('the list of playbooks is read in pages, once for five minutes', async () => {
  const { now, advance } = clock();
  const { catalog, seen } = await startDevin(
    ({ query }) => ({
      json: query.has('after') ? page(PLAYBOOKS.slice(1)) : page(PLAYBOOKS.slice(0, 1), 'next'),
    }),
    now,
  );
  await Promise.all([catalog.search('playbooks', 'a'), catalog.search('playbooks', 'b')]);
  advance(FIVE_MINUTES_MS - 1);
  expect(await catalog.search('playbooks', '')).toHaveLength(2);
  expect(seen).toHaveLength(2);
  advance(1);
  await catalog.search('playbooks', '');
  expect(seen).toHaveLength(4);
});

test('a forbidden list is empty', async () => {
  const { catalog } = await startDevin({ status: 403, json: { detail: 'ManageOrgSecrets' } });
  expect(await catalog.search('secrets', '')).toEqual([]);
});

describe('names', () => {
  test('are known once their list was read in the background, which happens at most every five minutes', async () => {
    const { now, advance } = clock();
    const { catalog, seen } = await startDevin({ json: page(PLAYBOOKS) }, now);
    expect(catalog.nameOf('playbooks', 'playbook-1')).toBeNull();
    await expect.poll(() => catalog.nameOf('playbooks', 'playbook-1')).toBe('Fix a bug');
    expect(catalog.nameOf('playbooks', 'playbook-9')).toBeNull();
    expect(seen).toHaveLength(1);
    advance(FIVE_MINUTES_MS);
    expect(catalog.nameOf('playbooks', 'playbook-1')).toBe('Fix a bug');
    await expect.poll(() => seen.length).toBe(2);
  });

  test('are asked for once, also if their list fails', async () => {
    const { catalog, seen } = await startDevin({ status: 500, json: {} });
    for (const _time of [1, 2]) {
      catalog.nameOf('playbooks', 'playbook-1');
      await failureOf(catalog.search('secrets', ''));
    }
    await expect.poll(() => seen.filter(({ path }) => path.endsWith('playbooks')).length).toBe(1);
  });

  test('are bounded, and blank ones are none', async () => {
    const titles = [`${'a'.repeat(199)}${'😀'.repeat(50_000)}`, ' \n '];
    const { catalog } = await startDevin({
      json: page(titles.map((title, index) => ({ playbook_id: `p${index}`, title }))),
    });
    await catalog.search('playbooks', '');
    expect(catalog.nameOf('playbooks', 'p0')).toBe(`${'a'.repeat(199)}\uFFFD`);
    expect(catalog.nameOf('playbooks', 'p1')).toBeNull();
  });
});
