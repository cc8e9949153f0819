import { describe, expect, test } from 'vitest';
import type { SessionPhase } from '../../src/session/lifecycle.ts';
import { cardActions, cardButton } from '../../src/slack/views/card-buttons.ts';
import { en } from '../../src/text/en.ts';
import { BARE_CARD } from '../support/card.ts';

const created = { state: 'created', failure: null, secretNames: [] } as const;
const inDevin = (status: string, isArchived = false) => ({
  snapshot: { status, isArchived },
});

const declined = { kind: 'approval', rule: 'infra', by: null, reason: null } as const;
const refused = {
  kind: 'devin' as const,
  status: 400,
  detail: null,
  fieldErrors: [],
};

describe('the buttons of a card', () => {
  test.each([
    ['finished', 'exit', ['review', 'open', 'start-again', 'archive', 'details']],
    ['failed', 'error', ['start-again', 'open', 'details']],
    ['ended', 'exit', ['start-again', 'open', 'details']],
    ['gone', 'running', ['start-again', 'details']],
  ] satisfies [SessionPhase, string, string[]][])(
    'change nothing in the thread once it is %s (%s)',
    (phase, status, actions) => {
      expect(cardActions(created, inDevin(status), { phase, thread: null })).toEqual(actions);
    },
  );

  test('offer a higher cap if the session stopped at its own', () => {
    const label = (statusWord: string) =>
      cardButton('start-again', { ...BARE_CARD, phase: 'capped', statusWord }, en).text.text;
    expect(label('usage_limit_exceeded')).toBe('Run again with a higher cap');
    expect(label('org_usage_limit_exceeded')).toBe('Run again');
  });

  test.each([
    ['met a busy Devin for too long', { kind: 'gave-up', waiting: 'busy' }, [], true],
    ['had secrets, which are gone', { kind: 'gave-up', waiting: 'busy' }, ['TOKEN'], false],
    ['was declined', { ...declined, end: 'declined' }, [], false],
    ['was approved for something else', { ...declined, end: 'policy-changed' }, [], true],
    ['was not approved in time', { ...declined, end: 'expired' }, [], true],
    ['was invalid', { ...refused, code: 'invalid-request' }, [], false],
    ['met an error at Devin', { ...refused, code: 'forbidden' }, [], true],
  ] as const)('offer the same again if the request %s: %o %s %s', (_what, failure, secretNames, same) => {
    const request = { ...created, state: 'failed', failure, secretNames } as const;
    expect(cardActions(request, null, { phase: 'failed', thread: null })).toEqual([
      'edit-and-try-again',
      ...(same ? ['try-again'] : []),
      'details',
    ]);
  });
});
