import { describe, expect, test } from 'vitest';
import type { SessionPhase } from '../../src/session/lifecycle.ts';
import { cardActions } from '../../src/slack/card-actions.ts';

const created = {
  state: 'created',
  failure: null,
  hadSecrets: false,
  draft: { values: { max_acu_limit: 2 } },
} as const;
const inDevin = (status: string, isArchived = false) => ({ response: { status, is_archived: isArchived } });

describe('the buttons of a card', () => {
  test.each([
    ['queued', 'new', ['open', 'details', 'stop']],
    ['starting', 'resuming', ['open', 'details']],
    ['working', 'running', ['reply', 'open', 'details', 'stop']],
    ['needs-you', 'running', ['answer', 'open', 'details', 'stop']],
    ['needs-approval', 'running', ['open', 'details', 'stop']],
    ['finished', 'running', ['review', 'open', 'reply', 'start-again', 'archive', 'details']],
    ['finished', 'exit', ['review', 'open', 'start-again', 'archive', 'details']],
    ['asleep', 'suspended', ['wake', 'open', 'archive', 'details']],
    ['capped', 'suspended', ['start-again', 'open', 'details']],
    ['failed', 'error', ['start-again', 'open', 'details']],
    ['ended', 'exit', ['start-again', 'open', 'details']],
    ['gone', 'running', ['start-again', 'details']],
    ['other', 'warming_up', ['open', 'details']],
  ] satisfies [SessionPhase, string, string[]][])('fit the phase %s (%s)', (phase, status, actions) => {
    expect(cardActions(created, inDevin(status), phase)).toEqual(actions);
  });

  test('offer a higher cap if the session stopped at its own', () => {
    const atCap = { response: { status: 'suspended', status_detail: 'usage_limit_exceeded' } };
    expect(cardActions(created, atCap, 'capped')).toEqual(['raise-cap', 'open', 'details']);
    const without = { ...created, draft: { values: {} } };
    expect(cardActions(without, atCap, 'capped')).toEqual(['start-again', 'open', 'details']);
  });

  test('do not archive what is archived', () => {
    expect(cardActions(created, inDevin('suspended', true), 'asleep')).not.toContain('archive');
  });

  test.each([
    ['identified', ['details', 'cancel']],
    ['attached', ['details', 'cancel']],
    ['sending', ['details']],
    ['unknown', ['check-again', 'start-anyway', 'details']],
  ] as const)('fit a request that is %s', (state, actions) => {
    expect(cardActions({ ...created, state }, null, 'queued')).toEqual(actions);
  });

  test('offer to start again what was taken back', () => {
    const failure = { kind: 'cancelled', userId: 'U1' } as const;
    expect(cardActions({ ...created, state: 'failed', failure }, null, 'ended')).toEqual([
      'start-again',
      'details',
    ]);
  });
});
