import { describe, expect, test } from 'vitest';
import { createDrawCard } from '../../src/cards/draw-card.ts';
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
