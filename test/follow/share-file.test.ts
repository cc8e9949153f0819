import { expect, test } from 'vitest';
import { bareFacts, DevinError } from '../../src/devin/errors.ts';
import { createFindAttachments, shareFile } from '../../src/follow/share-file.ts';
import { createLog } from '../../src/log.ts';
import type { SlackFailure } from '../../src/slack/errors.ts';
import { createPosts } from '../../src/store/posts.ts';
import { useEmbedded } from '../support/databases.ts';
import { heldLease as lease } from '../support/lease.ts';
import { sessionRow } from '../support/session-row.ts';

const open = useEmbedded();

/** Shares a file, and again after Slack's answer. Returns the outcomes, and how often it was shared. */
async function sharedTwice(answer: SlackFailure, inFlightMs: number) {
  const { db } = await open();
  const row = { sessionId: 's', eventId: 'e', source: 'attachment', text: '', saidAt: new Date() };
  let slackFileId: string | null = null;
  let shares = 0;
  const share = async () =>
    shareFile(
      {
        db,
        outbound: {
          upload: async () => Promise.resolve({ kind: 'uploaded', fileId: 'F1' }),
          share: async () => {
            shares += 1;
            return Promise.resolve(shares === 1 ? answer : { kind: 'shared' });
          },
          findFile: async () => Promise.resolve(false),
          slackTs: () => null,
        },
        messages: {
          uploaded: async (_row, fileId) => void (await Promise.resolve((slackFileId = fileId))),
        },
        posts: createPosts(db),
        inFlightMs,
      },
      {
        place: { channelId: 'C1', threadTs: '1.0' },
        row: { ...row, slackFileId, attemptedAt: null },
        lease,
        read: async () => Promise.resolve({ name: 'a.txt', content: new Uint8Array([1]) }),
      },
    );
  const outcomes = [(await share()).kind, (await share()).kind];
  return { outcomes, shares };
}

test.each<[string, SlackFailure, number, string[]]>([
  ["isn't shared again while Slack may still share it", { kind: 'unclear' }, 60_000, ['unclear', 'unclear']],
  ["is shared again if it isn't there after that", { kind: 'unclear' }, 0, ['unclear', 'shared']],
  [
    'is shared again at once if Slack certainly did not share it',
    { kind: 'rate-limited', retryAfterMs: 0 },
    60_000,
    ['rate-limited', 'shared'],
  ],
])('a file %s', async (_what, answer, inFlightMs, outcomes) => {
  expect(await sharedTwice(answer, inFlightMs)).toEqual({
    outcomes,
    shares: outcomes[1] === 'shared' ? 2 : 1,
  });
});

test.each([
  ['that goes on are listed with its next change', new Date(), 'unavailable', true],
  ['that is over are listed again soon', null, 'unavailable', false],
  ['that is over are not listed again if Devin refuses that', null, 'forbidden', true],
] as const)('files of a session %s', async (_what, nextLookAt, code, isDone) => {
  const find = createFindAttachments({
    messages: { add: async () => Promise.resolve() },
    listAttachments: async () =>
      Promise.reject(new DevinError({ operation: 'attachments.list', facts: bareFacts(code) })),
    now: Date.now,
    log: createLog('silent'),
  });
  const finding = find(sessionRow({ nextLookAt }), true, new AbortController().signal).then(
    () => true,
    () => false,
  );
  expect(await finding).toBe(isDone);
});
