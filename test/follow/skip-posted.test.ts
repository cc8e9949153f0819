import { WebAPIRateLimitedError } from '@slack/web-api';
import { expect, test } from 'vitest';
import { createSkipPosted } from '../../src/follow/skip-posted.ts';
import { readMetadata, messageMetadata } from '../../src/slack/metadata.ts';
import type { FoundMessage } from '../../src/slack/posted-messages.ts';
import type { MessageRow } from '../../src/store/session-messages.ts';
import { sessionRow } from '../support/session-row.ts';

const KNOWN_SINCE = new Date(1_000_000);

function waiting(eventId: string, ageMs: number): MessageRow {
  const saidAt = new Date(KNOWN_SINCE.getTime() - ageMs);
  return { sessionId: 's', eventId, source: 'devin', text: '', attemptedAt: null, slackFileId: null, saidAt };
}

function shown(eventId: string, sessionId = 's'): FoundMessage[] {
  const metadata = readMetadata(messageMetadata(sessionId, eventId, 0));
  return metadata === null ? [] : [{ ts: '2.0', threadTs: '1.0', text: '', metadata }];
}

/** What is skipped of these messages, and how often the thread is read. */
async function skipped(rows: MessageRow[], messages: FoundMessage[], session = {}) {
  const skips: string[] = [];
  let reads = 0;
  const skipPosted = createSkipPosted({
    messages: {
      unattempted: async () => Promise.resolve(rows),
      skip: async ({ eventId }) => Promise.resolve(void skips.push(eventId)),
    },
    metadata: { read: async () => ((reads += 1), Promise.resolve({ messages, threads: [] })) },
    knownSince: KNOWN_SINCE,
  });
  expect(await skipPosted(sessionRow({ sessionId: 's', threadTs: '1.0', ...session }))).toBeNull();
  return { skips, reads };
}

const THREE = [waiting('e1', 60_000), waiting('e2', 1), waiting('e3', -60_000)];

test.each<[string, MessageRow[], FoundMessage[], object, string[], number]>([
  ['up to the last that the thread shows', THREE, shown('e2'), {}, ['e1', 'e2'], 1],
  ['if the thread shows none', THREE, [], {}, [], 1],
  ["if the thread shows another session's", THREE, shown('e2', 'other'), {}, [], 1],
  ['without a search if none was said so long ago', [waiting('e1', 0)], shown('e1'), {}, [], 0],
  ['without a search if none waits', [], shown('e1'), {}, [], 0],
  ['without a search if the session has no thread yet', THREE, shown('e2'), { threadTs: '' }, [], 0],
  ['without a search if its words stay out of the thread', THREE, shown('e2'), { synced: false }, [], 0],
])(
  'messages from before a backup was restored are skipped %s',
  async (_when, rows, messages, session, skips, reads) => {
    expect(await skipped(rows, messages, session)).toEqual({ skips, reads });
  },
);

test('nothing is skipped or posted until Slack shows the thread', async () => {
  const skipPosted = createSkipPosted({
    messages: {
      unattempted: async () => Promise.resolve(THREE),
      skip: async () => Promise.reject(new Error('it was skipped')),
    },
    metadata: { read: async () => Promise.reject(new WebAPIRateLimitedError(7)) },
    knownSince: KNOWN_SINCE,
  });
  const session = sessionRow({ sessionId: 's', threadTs: '1.0' });
  expect(await skipPosted(session)).toEqual({ kind: 'rate-limited', retryAfterMs: 7000 });
});
