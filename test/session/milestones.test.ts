import { describe, expect, test } from 'vitest';
import {
  FOUND_LATE,
  milestones,
  readMilestone,
  readToldPhase,
  TOLD_PHASES,
  duplicateKey,
} from '../../src/session/milestones.ts';
import type { MilestoneFacts } from '../../src/session/milestones.ts';

const at = (phase: MilestoneFacts['phase'], rest: Partial<MilestoneFacts> = {}): MilestoneFacts => ({
  phase,
  wasFinished: false,
  pullRequests: [],
  ...rest,
});

describe('what is worth a message', () => {
  test.each(TOLD_PHASES)('is coming to %s, and not being there still', (phase) => {
    expect(milestones([], at('working'), at(phase))).toEqual([`${phase}:1`]);
    expect(milestones([`${phase}:1`], at(phase), at(phase))).toEqual([]);
  });

  test('is each time anew that an answer is needed', () => {
    expect(milestones(['needs-you:1'], at('working'), at('needs-you'))).toEqual(['needs-you:2']);
  });

  test('is each pull request once, before what came of it', () => {
    const after = at('finished', { pullRequests: ['https://a/1', 'https://a/2', 'https://a/2'] });
    expect(milestones(['pr:https://a/1'], at('working'), after)).toEqual(['pr:https://a/2', 'finished:1']);
  });

  test('is no limit that a session meets in its sleep after it had finished', () => {
    expect(
      milestones([], at('finished', { wasFinished: true }), at('capped', { wasFinished: true })),
    ).toEqual([]);
  });

  test.each(['queued', 'starting', 'working', 'asleep', 'ended', 'gone', 'other'] as const)(
    'is not %s',
    (phase) => {
      expect(milestones([], at('needs-you'), at(phase))).toEqual([]);
    },
  );
});

test('a key tells what it was made of, and one of another version tells nothing', () => {
  expect(readMilestone('pr:https://github.com/acme/web/pull/1')).toEqual({
    kind: 'pr',
    url: 'https://github.com/acme/web/pull/1',
  });
  expect(readMilestone('needs-you:12')).toEqual({ kind: 'needs-you' });
  expect(readMilestone(FOUND_LATE)).toEqual({ kind: 'found-late' });
  const other = { id: 'abc', url: 'https://app.devin.ai/sessions/abc' };
  expect(readMilestone(duplicateKey(other))).toEqual({ kind: 'duplicate', other });
  expect(readMilestone('celebrates:1')).toBeNull();
  expect(['needs-you:12', 'pr:https://x/1', FOUND_LATE].map(readToldPhase)).toEqual([
    'needs-you',
    null,
    null,
  ]);
});
