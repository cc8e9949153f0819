import { describe, expect, test } from 'vitest';
import { createDrawCard, isNeeded, turnClassOf } from '../../src/cards/draw-card.ts';
import { SESSION_PHASES, type SessionPhase } from '../../src/session/lifecycle.ts';
import type { RequestState } from '../../src/session/request.ts';
import { shownAs } from '../../src/store/cards.ts';
import type { TurnClass } from '../../src/store/turns.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const SECOND_MS = 1000;

/** What is recorded as shown of a session's card, and its text. */
async function draw(changes: object, ageMs = 0) {
  const snapshot = sessionSnapshot('s1', { acus_consumed: 1.41, ...changes });
  const drawCard = createDrawCard({
    sessions: { ofRequest: async () => Promise.resolve(sessionRow({ snapshot })) },
    listenHere: async () => Promise.resolve({ listen: 'thread', steer: 'members', began: 'app' }),
    text: en,
    now: () => SECOND_MS + ageMs,
  });
  const { shown, render } = await drawCard(requestRow());
  return { shown, text: render().text };
}

describe('what a card shows', () => {
  test.each([
    ['a little more time', {}, 60 * SECOND_MS],
    ['ACU that round to the same', { acus_consumed: 1.43 }, 0],
    ["another of Devin's words for the same phase", { status_detail: 'working' }, 0],
    ['a new time of the last change', { updated_at: 9 }, 0],
  ])('is the same after %s', async (_what, changes, ageMs) => {
    expect((await draw(changes, ageMs)).shown).toBe((await draw({})).shown);
  });

  test.each([
    ['a title', { title: 'Fix the login' }],
    ['ACU', { acus_consumed: 1.51 }],
    ['a phase', { status_detail: 'waiting_for_user' }],
    [
      'a pull request',
      { pull_requests: [{ pr_url: 'https://github.com/acme/web/pull/1', pr_state: 'open' }] },
    ],
  ])('changes with %s', async (_what, changes) => {
    const [before, after] = [await draw({}), await draw(changes)];
    expect(after.shown).not.toBe(before.shown);
    expect(after.text).not.toBe(before.text);
  });
});

const BEFORE_START = shownAs(null, 'x');
const UNCONFIRMED = shownAs('unknown', 'x');
const drawn = (phase: SessionPhase, isPending = false) => ({
  phase,
  shown: shownAs(isPending ? null : phase, 'y'),
});

test.each([
  ['the URL of a new session', 'created', BEFORE_START, 'working', 'url'],
  ['the URL of a session that was not confirmed', 'created', UNCONFIRMED, 'working', 'url'],
  ['a failure to start', 'failed', BEFORE_START, 'failed', 'url'],
  ['a refusal', 'refused', BEFORE_START, 'failed', 'url'],
  ["that Devin didn't confirm", 'unknown', BEFORE_START, 'unknown', 'needed'],
  ['a question', 'created', shownAs('working', 'x'), 'needs-you', 'needed'],
  ['a call for an approval in Devin', 'created', shownAs('working', 'x'), 'needs-approval', 'needed'],
  ['a result', 'created', shownAs('working', 'x'), 'finished', 'needed'],
  ['a failure', 'created', shownAs('working', 'x'), 'failed', 'needed'],
  ['a cap', 'created', shownAs('working', 'x'), 'capped', 'needed'],
  ['an end', 'created', shownAs('working', 'x'), 'ended', 'needed'],
  ['that it was deleted in Devin', 'created', shownAs('working', 'x'), 'gone', 'needed'],
  ['that it works again', 'created', shownAs('needs-you', 'x'), 'working', 'rest'],
  ['that it sleeps', 'created', shownAs('working', 'x'), 'asleep', 'rest'],
  ['other words in the same phase', 'created', shownAs('needs-you', 'x'), 'needs-you', 'rest'],
] satisfies [string, RequestState, string, SessionPhase, TurnClass][])(
  'a card shows in time %s',
  (_what, state, cardShown, phase, soon) => {
    expect(turnClassOf(requestRow({ state, cardShown }), drawn(phase))).toBe(soon);
  },
);

test('a card shows in time that it waits: for people soon, for Devin later', () => {
  const waiting = (state: RequestState) => requestRow({ state, cardShown: BEFORE_START, sessionId: null });
  expect(turnClassOf(waiting('awaiting-approval'), drawn('needs-approval', true))).toBe('needed');
  expect(turnClassOf(waiting('sending'), drawn('starting', true))).toBe('rest');
});

test('a deleted card is reposted only if someone has something to do or to know', () => {
  expect(SESSION_PHASES.filter(isNeeded)).toEqual([
    'needs-you',
    'needs-approval',
    'finished',
    'capped',
    'failed',
    'unknown',
  ]);
});
