import { expect, test } from 'vitest';
import {
  answeredSessionSchema,
  createdSessionSchema,
  fromWire,
  sessionSnapshotSchema,
  toWire,
} from '../../src/session/snapshot.ts';

const ANSWER = {
  session_id: 'devin-abc',
  url: 'https://app.devin.ai/sessions/abc',
  status: 'suspended',
  status_detail: 'inactivity',
  tags: ['slack-1'],
  org_id: 'org-1',
  created_at: 1,
  updated_at: 2,
  acus_consumed: 1.5,
  pull_requests: [{ pr_url: 'https://github.com/acme/web/pull/1', pr_state: null }],
  structured_output: { root_cause: { file_path: 'a.ts' } },
  not_known_yet: true,
};

const read = (answer: unknown) => fromWire(sessionSnapshotSchema).parse(answer);

test("Devin's answer gets our names, except inside the session's output", () => {
  expect(read(ANSWER)).toMatchObject({
    sessionId: 'abc',
    statusDetail: 'inactivity',
    acusConsumed: 1.5,
    pullRequests: [{ prUrl: 'https://github.com/acme/web/pull/1', prState: null }],
    structuredOutput: { root_cause: { file_path: 'a.ts' } },
    isArchived: false,
    title: null,
  });
  expect(read(ANSWER)).not.toHaveProperty('notKnownYet');
});

test("a snapshot is the same after it was stored with Devin's names", () => {
  const stored = toWire(read(ANSWER));
  expect(stored).toMatchObject({
    session_id: 'abc',
    status_detail: 'inactivity',
    pull_requests: ANSWER.pull_requests,
    structured_output: ANSWER.structured_output,
  });
  expect(read(stored)).toEqual(read(ANSWER));
});

test('an invalid pull request affects no other', () => {
  const pullRequests = [{ pr_state: 'open' }, ...ANSWER.pull_requests];
  expect(read({ ...ANSWER, pull_requests: pullRequests }).pullRequests).toHaveLength(1);
});

test.each([
  ['a year that no date can hold', { created_at: 9e15 }, { createdAt: 253_402_300_799 }],
  ['a time before all others', { created_at: -9e12 }, { createdAt: 0 }],
  ['more ACU than a sum can hold', { acus_consumed: 1.7e308 }, { acusConsumed: 1_000_000_000 }],
  ['less than no ACU', { acus_consumed: -1.7e308 }, { acusConsumed: 0 }],
])('%s stays within what can be shown and added up', (_what, changes, expected) => {
  expect(read({ ...ANSWER, ...changes })).toMatchObject(expected);
});

test.each([1_795_000_000, 1_795_000_000_750, 1_795_000_000.5])(
  'a time is read in whole seconds: %o',
  (time) => {
    expect(read({ ...ANSWER, created_at: time, updated_at: time })).toMatchObject({
      createdAt: 1_795_000_000,
      updatedAt: 1_795_000_000,
    });
  },
);

test('of any number of pull requests the latest stay', () => {
  const all = Array.from({ length: 10_000 }, (_, at) => ({ pr_url: `https://a.io/${at}`, pr_state: 'open' }));
  const { pullRequests } = read({ ...ANSWER, pull_requests: all });
  expect(pullRequests).toHaveLength(100);
  expect(pullRequests.at(-1)).toEqual({ prUrl: 'https://a.io/9999', prState: 'open' });
});

/** What Devin's reference promises, and an answer may still lack. */
const WITHOUT: [string, Record<string, unknown>, object][] = [
  ['tags', { tags: null }, { tags: [] }],
  ['a readable tag', { tags: [null, 'slack-1'] }, { tags: ['slack-1'] }],
  ['an organization', { org_id: undefined }, { orgId: '' }],
  ['pull requests', { pull_requests: null }, { pullRequests: [] }],
  ['a readable result', { structured_output: ['a'] }, { structuredOutput: null }],
  ['whether it is archived', { is_archived: null }, { isArchived: false }],
  ['whole seconds', { created_at: 1.9, updated_at: 2.5 }, { createdAt: 1, updatedAt: 2 }],
];
test.each(WITHOUT)('a session without %s is still a session', (_what, answered, expected) => {
  expect(answeredSessionSchema.parse({ ...ANSWER, ...answered })).toMatchObject(expected);
});

test.each([['session_id'], ['url'], ['status'], ['created_at'], ['acus_consumed']])(
  'an answer without %s is no session',
  (...keys) => {
    const lacking = Object.fromEntries(keys.map((key) => [key, undefined]));
    expect(answeredSessionSchema.safeParse({ ...ANSWER, ...lacking }).success).toBe(false);
  },
);

test.each([
  ['no more', {}, { status: 'new', createdAt: 1_795_000_000, updatedAt: 1_795_000_000 }],
  ['a time', { created_at: 5 }, { status: 'new', createdAt: 5, acusConsumed: 0 }],
  ['no readable time', { created_at: 'soon', updated_at: 'later' }, { createdAt: 1_795_000_000 }],
  ['a status', { status: 'running' }, { status: 'running', createdAt: 1_795_000_000 }],
])('a session that was just created is one with an id, a URL and %s', (_what, more, expected) => {
  const answer = { session_id: 'devin-abc', url: ANSWER.url, ...more };
  expect(createdSessionSchema(1_795_000_000).parse(answer)).toMatchObject({ sessionId: 'abc', ...expected });
});

test.each(['session_id', 'url'])('an answer to a create without %s is no session', (key) => {
  const answer = { ...ANSWER, [key]: undefined };
  expect(createdSessionSchema(1).safeParse(answer).success).toBe(false);
});
