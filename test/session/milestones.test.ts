import { describe, expect, test } from 'vitest';
import type { SessionPhase } from '../../src/session/lifecycle.ts';
import { FOUND_LATE, isLatest, progress, readMilestone, duplicateKey } from '../../src/session/milestones.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

/** What Devin says in each phase. */
const SAID = {
  queued: { status: 'new' },
  starting: { status: 'resuming' },
  working: { status_detail: 'working' },
  'needs-you': { status_detail: 'waiting_for_user' },
  'needs-approval': { status_detail: 'waiting_for_approval' },
  finished: { status_detail: 'finished' },
  asleep: { status: 'suspended', status_detail: 'inactivity' },
  capped: { status: 'suspended', status_detail: 'out_of_credits' },
  failed: { status: 'error' },
  ended: { status: 'exit' },
  other: { status: 'hibernating' },
};

type Before = { phase: SessionPhase; told?: string[]; wasFinished?: boolean; cap?: number };

function keysOf({ phase, told = [], wasFinished = false, cap }: Before, said: object): readonly string[] {
  return progress({ phase, told, wasFinished, cap: cap ?? null }, sessionSnapshot('s1', said)).keys;
}

describe('a milestone', () => {
  test.each(['needs-you', 'needs-approval', 'finished', 'failed', 'capped', 'ended'] as const)(
    'comes when a session enters %s, but not while it stays there',
    (phase) => {
      expect(keysOf({ phase: 'working' }, SAID[phase])).toEqual([`${phase}:1`]);
      expect(keysOf({ phase, told: [`${phase}:1`] }, SAID[phase])).toEqual([]);
    },
  );

  test("doesn't come for a limit that a finished session reaches asleep", () => {
    expect(keysOf({ phase: 'finished', wasFinished: true }, SAID.capped)).toEqual([]);
  });

  test("doesn't come again for a result that was announced before the session was capped", () => {
    const before: Before = { phase: 'capped', told: ['finished:1'], wasFinished: true };
    expect(keysOf(before, SAID.asleep)).toEqual([]);
    expect(keysOf(before, SAID.finished)).toEqual([]);
  });

  test.each([
    ['resumed', SAID.queued],
    ['seen at work that Devin has a new word for', { status_detail: 'daydreaming' }],
  ])('comes again for the result of a session that was %s, however short its work', (_how, said) => {
    const { wasFinished, phase } = progress(
      { phase: 'finished', told: ['finished:1'], wasFinished: true, cap: null },
      sessionSnapshot('s1', said),
    );
    expect(keysOf({ phase, told: ['finished:1'], wasFinished }, SAID.finished)).toEqual(['finished:2']);
  });

  test.each(['queued', 'working', 'needs-you', 'needs-approval'] as const)(
    'comes for the end of a session that was in %s',
    (phase) => {
      expect(keysOf({ phase }, SAID.ended)).toEqual(['ended:1']);
    },
  );

  test.each(['finished', 'asleep', 'capped'] as const)(
    "doesn't come for the end of a session that was in %s",
    (phase) => {
      expect(keysOf({ phase }, SAID.ended)).toEqual([]);
    },
  );

  test.each(['starting', 'working'] as const)(
    'comes for the end of a session that was woken and in %s, but not after it finished',
    (phase) => {
      expect(keysOf({ phase, told: ['failed:1', 'capped:1'] }, SAID.ended)).toEqual(['ended:1']);
      expect(keysOf({ phase, told: ['capped:1', 'finished:1'] }, SAID.ended)).toEqual([]);
    },
  );
});

test('a key can be read back, and one of another version is unknown', () => {
  expect(readMilestone('pr:https://github.com/acme/web/pull/1')).toEqual({
    kind: 'pr',
    url: 'https://github.com/acme/web/pull/1',
  });
  expect(readMilestone('needs-you:12')).toEqual({ kind: 'needs-you' });
  expect(readMilestone(FOUND_LATE)).toEqual({ kind: 'found-late' });
  const url = 'https://app.devin.ai/sessions/abc';
  expect(readMilestone(duplicateKey(url))).toEqual({ kind: 'duplicate', url });
  expect(() => readMilestone('celebrates:1')).toThrow('celebrates');
});

test('only the last phase that was announced is the latest', () => {
  const told = ['needs-you:1', 'finished:1', 'pr:https://x/1', FOUND_LATE];
  expect(told.filter((key) => isLatest(key, told))).toEqual(['finished:1']);
});
