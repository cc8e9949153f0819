import { expect, test } from 'vitest';
import { cardView } from '../../src/slack/card-view.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';
import { sessionRow } from '../support/session-row.ts';

test('a card counts the time since Devin created the session', () => {
  const nowMs = 1_700_000_720_000;
  const snapshot = sessionSnapshot('s1', { created_at: 1_700_000_000 });
  const session = sessionRow({ snapshot, createdAt: new Date(nowMs) });
  expect(cardView({ request: requestRow(), session, nowMs }, en).elapsedMs).toBe(720_000);
});

test('a card shows the phase by what Devin said last, before the first poll records it', () => {
  const snapshot = sessionSnapshot('s1', { status_detail: 'waiting_for_user' });
  const session = sessionRow({ snapshot, phase: 'starting' });
  expect(cardView({ request: requestRow(), session, nowMs: 0 }, en).phase).toBe('needs-you');
  const gone = sessionRow({ snapshot, phase: 'gone' });
  expect(cardView({ request: requestRow(), session: gone, nowMs: 0 }, en).phase).toBe('gone');
});

test.each(['sending', 'unknown'] as const)("a card shows Devin's reason while a request is %s", (state) => {
  const failure = {
    kind: 'devin' as const,
    code: 'unavailable',
    status: 503,
    detail: 'The scheduler is in maintenance.',
    permission: null,
    fieldErrors: [],
  };
  const request = requestRow({ state, sessionId: null, failure });
  const { notes, problem } = cardView({ request, session: null, nowMs: 0 }, en);
  expect(notes).toEqual(['Devin answered (HTTP 503): The scheduler is in maintenance.']);
  // What may have happened is not told as a failure.
  expect(problem).toBeNull();
});

test.each([
  [9_999, null, null, 'Devin is busy. It will start automatically.'],
  [10_000, 10_000, 'busy', 'It will start automatically.'],
])('a card says after 10 s that its request waits: %i ms', (nowMs, waitedMs, waitsFor, note) => {
  const request = requestRow({ state: 'attached', sessionId: null, waiting: 'busy' });
  expect(cardView({ request, session: null, nowMs }, en)).toMatchObject({
    waitedMs,
    waitsFor,
    notes: [note],
  });
});

test("a card says that it waits for Devin's answer", () => {
  const request = requestRow({ state: 'sending', sessionId: null });
  expect(cardView({ request, session: null, nowMs: 10_000 }, en).waitsFor).toBe('answer');
});
