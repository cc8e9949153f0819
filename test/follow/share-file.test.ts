import { WebAPIRequestError } from '@slack/web-api';
import { expect, test } from 'vitest';
import { bareFacts, DevinError } from '../../src/devin/errors.ts';
import { createFindAttachments, readAttachment, shareFile } from '../../src/follow/share-file.ts';
import { createLog } from '../../src/log.ts';
import type { Lease } from '../../src/queue/index.ts';
import type { SlackFailure } from '../../src/slack/errors.ts';
import { createShown } from '../../src/store/shown.ts';
import { useEmbedded } from '../support/databases.ts';
import { heldLease } from '../support/lease.ts';
import { sessionRow } from '../support/session-row.ts';

const open = useEmbedded();

type Given = { inFlightMs?: number; lease?: Lease; bytes?: number[]; findFile?: () => Promise<boolean> };

/** Shares a file, and again after Slack's answer. Returns the outcomes, and how often it was shared. */
async function sharedTwice(
  answer: SlackFailure,
  { inFlightMs = 0, lease = heldLease, bytes = [1], findFile = async () => Promise.resolve(false) }: Given,
) {
  const { db } = await open();
  const row = { sessionId: 's', eventId: 'e', source: 'attachment', text: '', saidAt: new Date() };
  let slackFileId: string | null = null;
  let shares = 0;
  const share = async () =>
    shareFile(
      {
        store: {
          db,
          messages: {
            uploaded: async (_row, fileId) => void (await Promise.resolve((slackFileId = fileId))),
          },
          shown: createShown(db),
        },
        outbound: {
          upload: async () => Promise.resolve({ kind: 'uploaded', fileId: 'F1' }),
          share: async () => {
            shares += 1;
            return Promise.resolve(shares === 1 ? answer : { kind: 'shared' });
          },
          findFile,
          slackTs: () => null,
        },

        inFlightMs,
      },
      {
        place: { channelId: 'C1', threadTs: '1.0' },
        row: { ...row, slackFileId, attemptedAt: null },
        lease,
        read: async () => Promise.resolve({ name: 'a.txt', content: new Uint8Array(bytes) }),
        putOff: () => null,
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
  expect(await sharedTwice(answer, { inFlightMs })).toEqual({
    outcomes,
    shares: outcomes[1] === 'shared' ? 2 : 1,
  });
});

test("a file isn't shared again while Slack doesn't say whether it is there", async () => {
  const findFile = async () => Promise.reject(new WebAPIRequestError(new Error('no answer')));
  const shared = await sharedTwice({ kind: 'unclear' }, { findFile });
  expect(shared).toEqual({ outcomes: ['unclear', 'unclear'], shares: 1 });
});

const takenOver = new Error('taken over');

test.each<[when: string, lost: Partial<Lease>]>([
  ['before it is recorded', { fence: async () => Promise.reject(takenOver) }],
  [
    'while it is recorded',
    {
      assertFresh: () => {
        throw takenOver;
      },
    },
  ],
])("a file isn't shared if another process takes over %s", async (_when, lost) => {
  const shared = sharedTwice({ kind: 'unclear' }, { lease: { ...heldLease, ...lost } });
  await expect(shared).rejects.toThrow('taken over');
});

test("an empty file isn't shared, which Slack refuses", async () => {
  const shared = await sharedTwice({ kind: 'unclear' }, { bytes: [] });
  expect(shared).toEqual({ outcomes: ['not-here', 'not-here'], shares: 0 });
});

test('a file that says it is too large is not read', async () => {
  const canceled: unknown[] = [];
  const body = new ReadableStream<Uint8Array>(
    { pull: (stream) => stream.close(), cancel: (reason) => void canceled.push(reason) },
    { highWaterMark: 0 },
  );
  const download = async () => Promise.resolve({ body, size: 51 * 1024 * 1024 });
  const file = { name: 'a.log', url: 'https://devin.example/a.log' };
  expect(await readAttachment(download, file, new AbortController().signal)).toBeNull();
  expect(canceled).toHaveLength(1);
});

test.each([
  [true, 'pending'],
  [false, 'left-out'],
])('only files that Devin made come to the thread, while it is connected: %s', async (synced, state) => {
  const added: [string, string][] = [];
  const find = createFindAttachments({
    store: {
      messages: {
        add: async (_id, rows) =>
          void (await Promise.resolve(
            added.push(...rows.map((row): [string, string] => [row.eventId, row.state])),
          )),
      },
    },
    listAttachments: async () =>
      Promise.resolve(
        ['devin', 'user'].map((source) => ({ attachmentId: source, name: 'a', url: 'https://a', source })),
      ),
    now: Date.now,
    log: createLog('silent'),
  });
  await find(sessionRow({ synced }), true, new AbortController().signal);
  expect(added).toEqual([['attachment:devin', state]]);
});

test.each([
  ['that goes on are listed with its next change', new Date(), 'unavailable', true],
  ['that is over are listed again soon', null, 'unavailable', false],
  ['that is over are not listed again if Devin refuses that', null, 'forbidden', true],
] as const)('files of a session %s', async (_what, nextLookAt, code, isDone) => {
  const find = createFindAttachments({
    store: { messages: { add: async () => Promise.resolve() } },
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
