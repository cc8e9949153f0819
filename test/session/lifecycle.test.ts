import { describe, expect, test } from 'vitest';
import { finishedSoFar, phasesOf, sessionPhase } from '../../src/session/lifecycle.ts';

describe('the phase of a session', () => {
  test.each([
    ['new', null, 'queued'],
    ['claimed', null, 'queued'],
    ['resuming', null, 'starting'],
    ['running', null, 'working'],
    ['running', 'working', 'working'],
    ['running', 'waiting_for_user', 'needs-you'],
    ['running', 'waiting_for_approval', 'needs-approval'],
    ['running', 'finished', 'finished'],
    ['suspended', null, 'asleep'],
    ['suspended', 'inactivity', 'asleep'],
    ['suspended', 'user_request', 'asleep'],
    ['suspended', 'usage_limit_exceeded', 'capped'],
    ['suspended', 'out_of_credits', 'capped'],
    ['suspended', 'no_quota_allocation', 'capped'],
    ['suspended', 'payment_declined', 'capped'],
    ['suspended', 'user_usage_limit_exceeded', 'capped'],
    ['suspended', 'error', 'failed'],
    ['exit', null, 'ended'],
    ['error', null, 'failed'],
    ['hibernating', null, 'working'],
    ['running', 'daydreaming', 'working'],
  ])('of %s/%s is %s', (status, statusDetail, phase) => {
    expect(sessionPhase({ status, statusDetail })).toBe(phase);
  });

  test('stays finished when a finished session falls asleep or ends', () => {
    expect(sessionPhase({ status: 'suspended', statusDetail: 'inactivity' }, true)).toBe('finished');
    expect(sessionPhase({ status: 'exit', statusDetail: null }, true)).toBe('finished');
  });
});

test.each([
  ['running', 'finished', false, true],
  ['suspended', 'inactivity', true, true],
  ['suspended', 'out_of_credits', true, true],
  ['exit', null, true, true],
  ['hibernating', null, true, true],
  ['suspended', 'inactivity', false, false],
  ['new', null, true, false],
  ['claimed', null, true, false],
  ['resuming', null, true, false],
  ['running', 'working', true, false],
  ['running', 'waiting_for_user', true, false],
  ['running', 'waiting_for_approval', true, false],
  ['running', 'daydreaming', true, false],
] as const)(
  'a session that is %s/%s (finished before: %s) has finished: %s',
  (status, statusDetail, before, is) => {
    const phase = sessionPhase({ status, statusDetail }, before);
    expect(finishedSoFar({ phase, status }, before)).toBe(is);
  },
);

test('sessions that need their requester come first, and those that are over last', () => {
  expect(phasesOf('needs-you')).toEqual(['needs-you', 'needs-approval', 'unknown']);
  expect(phasesOf('under-way')).toEqual(['queued', 'starting', 'working']);
  expect(phasesOf('earlier')).toEqual(['finished', 'asleep', 'capped', 'failed', 'ended', 'gone']);
});
