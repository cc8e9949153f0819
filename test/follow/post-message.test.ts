import { describe, expect, test } from 'vitest';
import { createPostMessage } from '../../src/follow/post-message.ts';
import { createLog } from '../../src/log.ts';
import type { Posted } from '../../src/slack/outbound.ts';
import { en } from '../../src/text/en.ts';
import { useEmbedded } from '../support/databases.ts';
import { copyStarted } from '../support/folders.ts';
import { heldLease as lease } from '../support/lease.ts';
import { sessionRow } from '../support/session-row.ts';

const MINUTE_MS = 60_000;
const PLACE = sessionRow({ sessionId: 's1', channelId: 'C1', threadTs: '1.1' });

const open = useEmbedded(copyStarted);

/** Posts a message that was first tried this long ago; Slack gives these answers, one per call. */
async function posted(triedForMs: number, ...answers: Posted[]) {
  const { db } = await open();
  const now = Date.now();
  const [texts, settled]: [string[], string[]] = [[], []];
  const post = createPostMessage({
    db,
    postOnce: async ({ render }) => {
      texts.push((await render()).text);
      const answer = answers[texts.length - 1] ?? { kind: 'unclear' };
      return answer.kind === 'posted' ? { ...answer, earlier: false } : answer;
    },
    outbound: {
      findFile: async () => Promise.resolve(false),
      upload: async () => Promise.resolve({ kind: 'unclear' }),
      share: async () => Promise.resolve({ kind: 'unclear' }),
    },
    messages: {
      attempt: async () => Promise.resolve(),
      uploaded: async () => Promise.resolve(),
      settle: async ({ eventId: id }) => void (await Promise.resolve(settled.push(id))),
    },
    frameOf: async () => Promise.resolve((words) => words),
    calls: { part: async () => Promise.resolve() },
    readFile: async () => Promise.resolve(null),
    nameMentions: async (text) => Promise.resolve(text),
    text: en,
    now: () => now,
    log: createLog('silent'),
  });
  const row = { sessionId: 's1', eventId: 'e1', source: 'devin', text: 'words', slackFileId: null };
  const attemptedAt = triedForMs === 0 ? null : new Date(now - triedForMs);
  const outcome = await post(
    PLACE,
    { ...row, attemptedAt, saidAt: new Date(0) },
    { signal: new AbortController().signal, lease },
  );
  return { outcome, texts, settled };
}

describe('a message that Slack refuses for an unclear reason', () => {
  const refused = { kind: 'refused', code: 'a_new_one' } as const;

  test.each([
    [0, 1000],
    [MINUTE_MS, 15_000],
    [9 * MINUTE_MS, MINUTE_MS],
  ])('waits longer each time: tried for %i ms, for %i ms', async (triedForMs, afterMs) => {
    const { outcome, texts, settled } = await posted(triedForMs, refused);
    expect(outcome).toEqual({ kind: 'put-off', afterMs });
    expect(texts).toEqual(['words']);
    expect(settled).toEqual([]);
  });

  test('is replaced after a while by a line that says where it is', async () => {
    const { outcome, texts, settled } = await posted(10 * MINUTE_MS, refused, { kind: 'posted', ts: '2.2' });
    expect(outcome).toMatchObject({ kind: 'posted', ts: '2.2' });
    expect(texts).toEqual(['words', expect.stringContaining(en.thread.notShown)]);
    expect(settled).toEqual(['e1']);
  });

  test('shows that the thread takes nothing if that line is refused, too', async () => {
    const { outcome, settled } = await posted(10 * MINUTE_MS, refused, refused);
    expect(outcome).toEqual(refused);
    expect(settled).toEqual([]);
  });
});

test("a message that Slack can't accept is replaced at once", async () => {
  const { texts, settled } = await posted(
    0,
    { kind: 'refused', code: 'invalid_blocks' },
    { kind: 'posted', ts: '2.2' },
  );
  expect(texts).toEqual(['words', expect.stringContaining(en.thread.notShown)]);
  expect(settled).toEqual(['e1']);
});

test('a thread that takes no messages is reported at once', async () => {
  const archived = { kind: 'refused', code: 'is_archived' } as const;
  expect(await posted(0, archived)).toMatchObject({ outcome: archived, texts: ['words'] });
});
