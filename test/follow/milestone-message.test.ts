import { describe, expect, test } from 'vitest';
import { isWanted } from '../../src/follow/milestone-message.ts';
import type { SessionPhase } from '../../src/session/lifecycle.ts';
import type { Milestone } from '../../src/session/milestones.ts';
import type { Notify } from '../../src/session/preferences.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const URL = 'https://github.com/acme/web/pull/1';

type Case = {
  key: string;
  phase?: SessionPhase;
  /** Keys of what the session has come to. */
  told?: string[];
  stoppedBy?: string;
  notify?: Notify;
  synced?: boolean;
  attempted?: boolean;
  /** The message that the session finished follows, and these are its pull requests. */
  finishes?: string[];
  /** Devin's words in the thread. */
  words?: string[];
  /** Someone wrote within ten minutes before. */
  followedUp?: boolean;
  /** Someone was called for the question. */
  made?: boolean;
  /** Someone answered before it was posted. */
  isAnswered?: boolean;
};

async function wanted(milestone: Milestone, given: Case): Promise<boolean> {
  const {
    key,
    phase = 'working',
    notify = 'thread',
    synced = true,
    finishes,
    words = [],
    stoppedBy = null,
    told = [],
  } = given;
  const pull_requests = (finishes ?? []).map((pr_url) => ({ pr_url, pr_state: 'open' }));
  const snapshot = sessionSnapshot('s1', { pull_requests });
  return isWanted(
    {
      store: {
        messages: {
          textsWith: async () => Promise.resolve(words),
          isFollowedUp: async () => Promise.resolve(given.followedUp === true),
        },
        calls: {
          isMade: async () => Promise.resolve(given.made === true),
          isAnswered: async () => Promise.resolve(given.isAnswered === true),
        },
      },
    },
    {
      milestone,
      row: {
        sessionId: 's1',
        key,
        direct: false,
        attemptedAt: given.attempted === true ? new Date(0) : null,
        createdAt: new Date(0),
        dueInMs: 0,
      },
      session: sessionRow({ snapshot, phase, synced, stoppedBy, told }),
      notify,
      said: { eventId: 'e1', text: 'Main or release?', state: 'posted' },
      finishes: finishes !== undefined,
    },
  );
}

const OTHER = { id: 'b', url: 'https://app.devin.ai/sessions/b' };

test.each([
  ['a question', { kind: 'needs-you' }, { key: 'needs-you:1', phase: 'needs-you' }, true],
  ['a question that is answered by now', { kind: 'needs-you' }, { key: 'needs-you:1' }, false],
  [
    'a question with a call',
    { kind: 'needs-you' },
    { key: 'needs-you:2', phase: 'needs-you', made: true },
    false,
  ],
  [
    'a question that was answered while the call waited',
    { kind: 'needs-you' },
    { key: 'needs-you:2', phase: 'needs-you', isAnswered: true },
    false,
  ],
  [
    'a call that may be posted already',
    { kind: 'needs-you' },
    { key: 'needs-you:2', phase: 'needs-you', made: true, attempted: true },
    true,
  ],
  ['an approval', { kind: 'needs-approval' }, { key: 'needs-approval:1', phase: 'needs-approval' }, true],
  [
    'an approval that another has followed',
    { kind: 'needs-approval' },
    { key: 'needs-approval:1', phase: 'needs-approval', told: ['needs-approval:1', 'needs-approval:2'] },
    false,
  ],
  ['an approval that was given', { kind: 'needs-approval' }, { key: 'needs-approval:1' }, false],
  ['a pull request', { kind: 'pr', url: URL }, { key: `pr:${URL}` }, true],
  [
    "a pull request in Devin's words",
    { kind: 'pr', url: URL },
    { key: `pr:${URL}`, words: [`See ${URL}.`] },
    false,
  ],
  [
    'another pull request in them',
    { kind: 'pr', url: URL },
    { key: `pr:${URL}`, words: [`See ${URL}2.`] },
    true,
  ],
  [
    'a pull request, for a person who reads direct messages only',
    { kind: 'pr', url: URL },
    { key: `pr:${URL}`, words: [`See ${URL}.`], notify: 'dm' },
    true,
  ],
  [
    'a pull request in the message of the end',
    { kind: 'pr', url: URL },
    { key: `pr:${URL}`, finishes: [URL] },
    false,
  ],
  [
    'a pull request for which that has no room',
    { kind: 'pr', url: URL },
    { key: `pr:${URL}`, finishes: [URL, ...['3', '4', '5', '6', '7'].map((end) => URL + end)] },
    true,
  ],
  ['the end', { kind: 'finished' }, { key: 'finished:1', followedUp: true }, true],
  ['another end', { kind: 'finished' }, { key: 'finished:2' }, true],
  [
    'another end that someone waits for',
    { kind: 'finished' },
    { key: 'finished:2', followedUp: true },
    false,
  ],
  ['a failure', { kind: 'failed' }, { key: 'failed:1', phase: 'failed' }, true],
  ['a cap', { kind: 'capped' }, { key: 'capped:1', phase: 'capped' }, true],
  ['a failure of a session that ended', { kind: 'failed' }, { key: 'failed:1', phase: 'ended' }, true],
  ['an end without a result', { kind: 'ended' }, { key: 'ended:1', phase: 'ended' }, true],
  [
    'an end by a person in Slack',
    { kind: 'ended' },
    { key: 'ended:1', phase: 'ended', stoppedBy: 'U1' },
    false,
  ],
] satisfies [string, Milestone, Case, boolean][])(
  '%s is announced or not: %o %o',
  async (_what, milestone, given, is) => {
    expect(await wanted(milestone, given)).toBe(is);
  },
);

describe.each(['failed', 'capped'] as const)('%s', (kind) => {
  const key = `${kind}:1`;

  test.each(['queued', 'starting', 'working', 'needs-you', 'needs-approval', 'finished', 'other'] as const)(
    'is not announced once the session is %s',
    async (phase) => {
      expect(await wanted({ kind }, { key, phase })).toBe(false);
    },
  );

  test.each(['asleep', 'capped', 'failed', 'ended', 'gone'] as const)(
    'is announced even if the session is %s by then',
    async (phase) => {
      expect(await wanted({ kind }, { key, phase })).toBe(true);
    },
  );

  test.each(['finished:1', 'failed:2', 'capped:2', 'ended:1'])(
    'is not announced if the session has come to %s since',
    async (since) => {
      expect(await wanted({ kind }, { key, phase: 'capped', told: [key, since] })).toBe(false);
      expect(await wanted({ kind }, { key, phase: 'capped', told: [since, key, `pr:${URL}`] })).toBe(true);
    },
  );

  test('is announced once, if it happens again before that', async () => {
    const told = [key, 'finished:1', `${kind}:2`];
    expect(await wanted({ kind }, { key, phase: kind, told })).toBe(false);
    expect(await wanted({ kind }, { key: `${kind}:2`, phase: kind, told })).toBe(true);
  });
});

test.each([
  ['finished', { kind: 'finished' }],
  ['failed', { kind: 'failed' }],
  ['capped', { kind: 'capped' }],
] satisfies [string, Milestone][])(
  'nothing is announced to a person who wants only the card, nor in a disconnected thread: %s',
  async (_what, milestone) => {
    const key = `${milestone.kind}:1`;
    expect(await wanted(milestone, { key, notify: 'card' })).toBe(false);
    expect(await wanted(milestone, { key, synced: false })).toBe(false);
    expect(await wanted(milestone, { key, synced: false, notify: 'dm', phase: 'ended' })).toBe(true);
  },
);

test.each([
  ['found late', { kind: 'found-late' }],
  ['started twice', { kind: 'duplicate', other: OTHER }],
] satisfies [string, Milestone][])(
  'a session that was %s is announced in any case',
  async (_what, milestone) => {
    expect(await wanted(milestone, { key: 'k:1', notify: 'card', synced: false })).toBe(true);
  },
);
