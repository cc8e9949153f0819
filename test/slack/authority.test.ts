import { expect, test } from 'vitest';
import { readingRefusal } from '../../src/slack/authority.ts';
import type { Presence } from '../../src/slack/edge/places.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';
import { unneeded } from '../support/unneeded.ts';

/** What a person hears who wants to read what U1 asked for, if Slack says so of their conversation. */
async function heardBy(userId: string, found: Presence | null): Promise<string | null> {
  const context = {
    store: { audit: { record: unneeded } },
    lookUp: unneeded,
    presence: async () => Promise.resolve(found),
    check: unneeded,
    mayEnd: unneeded,
    textFor: async () => Promise.resolve(en),
  };
  return readingRefusal(context, { request: requestRow({ userId: 'U1' }) }, userId);
}

test('a person who may not read a request is told whether Slack said so or nobody could tell in time', async () => {
  expect(await heardBy('U2', 'out')).toBe(en.steering.notInConversation);
  expect(await heardBy('U2', null)).toBe(en.steering.notLookedUp);
  expect(await heardBy('U1', null)).toBeNull();
});
