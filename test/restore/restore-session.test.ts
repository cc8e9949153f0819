import { describe, expect, test } from 'vitest';
import { catchUp } from '../../src/restore/restore-session.ts';
import type { FoundMessage } from '../../src/slack/posted-messages.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const PR = 'https://github.com/acme/web/pull/1';

const snapshot = (changes: object = {}) =>
  sessionSnapshot('s1', { created_at: 100, updated_at: 200, acus_consumed: 1, ...changes });
const said = (count: number, source: 'devin' | 'user' = 'devin') => ({
  messages: Array.from({ length: count }, (_, index) => ({
    eventId: `e${index}`,
    source,
    message: `words ${index}`,
    createdAt: 100 + index,
  })),
  cursor: null,
  files: [],
});
const told = (...keys: string[]): FoundMessage[] =>
  keys.map((key, index) => ({
    ts: `${index}.0`,
    threadTs: '0.0',
    text: '',
    metadata: { kind: 'milestone', sessionId: 's1', key },
  }));
const posted = (eventId: string): FoundMessage => ({
  ts: '9.0',
  threadTs: '0.0',
  text: '',
  metadata: { kind: 'message', sessionId: 's1', eventId },
});
const untold = (changes: object, ...keys: string[]) =>
  catchUp(snapshot(changes), said(0), told(...keys)).untold;

describe('what is still to be posted in a restored thread', () => {
  test.each([
    ['every milestone if none was announced', { status_detail: 'finished' }, [], ['finished:1']],
    ['no announced milestone', { status_detail: 'finished' }, ['finished:1'], []],
    ['no sleep after it finished', { status: 'suspended' }, ['finished:1'], []],
    [
      'the next question',
      { status_detail: 'waiting_for_user' },
      ['needs-you:1', 'finished:1'],
      ['needs-you:2'],
    ],
    ['a new pull request', { pull_requests: [{ pr_url: PR, pr_state: 'open' }] }, [], [`pr:${PR}`]],
    ['no pull request again', { pull_requests: [{ pr_url: PR, pr_state: 'merged' }] }, [`pr:${PR}`], []],
  ])('is %s', (_what, changes, keys, expected) => {
    expect(untold(changes, ...keys)).toEqual(expected);
  });

  test('is what Devin said after the last message it shows', () => {
    const { unposted, sessionChanges } = catchUp(snapshot(), said(4), [posted('e1')]);
    expect([...unposted]).toEqual(['e2', 'e3']);
    expect(sessionChanges.lastWords).toBe('words 3');
  });

  test('is at most twenty messages, none of them from people', () => {
    expect(catchUp(snapshot(), said(300), []).unposted.size).toBe(20);
    expect(catchUp(snapshot(), said(3, 'user'), []).unposted.size).toBe(0);
  });
});
