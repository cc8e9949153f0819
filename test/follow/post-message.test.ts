import { describe, expect, test } from 'vitest';
import { createFrameOf } from '../../src/follow/notified.ts';
import { createPostMessage } from '../../src/follow/post-message.ts';
import type { OpenFile } from '../../src/follow/share-file.ts';
import { createLog } from '../../src/log.ts';
import type { ThreadShare } from '../../src/session/preferences.ts';
import { REPLY_BY, REPLY_WAYS } from '../../src/session/reply.ts';
import type { SlackFailure } from '../../src/slack/errors.ts';
import type { Posted } from '../../src/slack/outbound.ts';
import { createShown } from '../../src/store/shown.ts';
import { en } from '../../src/text/en.ts';
import { useEmbedded } from '../support/databases.ts';
import { heldLease as lease } from '../support/lease.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const MINUTE_MS = 60_000;
const PLACE = sessionRow({ sessionId: 's1', channelId: 'C1', threadTs: '1.1' });

const open = useEmbedded();

type NameMentions = (text: string) => Promise<string>;

/** Posts a message that was first tried this long ago; Slack gives these answers, one per call. */
async function posted(triedForMs: number, ...answers: Posted[]) {
  return postedRow({ triedForMs }, answers);
}

async function postedRow(
  {
    triedForMs = 0,
    source = 'devin',
    text: words = 'words',
    nameMentions = async (text: string) => Promise.resolve(text),
    upload = { kind: 'unclear' },
    download = async () => Promise.resolve({ body: new Blob(['a']).stream(), size: 1 }),
  }: {
    triedForMs?: number;
    source?: string;
    text?: string;
    nameMentions?: NameMentions;
    upload?: SlackFailure;
    download?: OpenFile;
  },
  answers: Posted[],
) {
  const { db } = await open();
  const now = Date.now();
  const [texts, settled]: [string[], string[]] = [[], []];
  const post = createPostMessage({
    store: {
      db,
      shown: createShown(db),
      messages: {
        attempt: async () => Promise.resolve(),
        uploaded: async () => Promise.resolve(),
        settle: async ({ eventId: id }) => void (await Promise.resolve(settled.push(id))),
      },
      calls: { part: async () => Promise.resolve() },
    },
    postOnce: async ({ render }) => {
      texts.push((await render()).text);
      const answer = answers[texts.length - 1] ?? { kind: 'unclear' };
      return answer.kind === 'posted' ? { ...answer, earlier: false } : answer;
    },
    outbound: {
      findFile: async () => Promise.resolve(false),
      upload: async () => Promise.resolve(upload),
      share: async () => Promise.resolve({ kind: 'unclear' }),
      slackTs: () => null,
    },

    inFlightMs: 0,

    frameOf: async () => Promise.resolve((words) => words),

    download,
    nameMentions,
    text: en,
    now: () => now,
    log: createLog('silent'),
  });
  const row = { sessionId: 's1', eventId: 'e1', source, text: words, slackFileId: null };
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

  test('waits, and nothing is posted instead', async () => {
    const outcome = { kind: 'put-off', afterMs: 15_000 };
    expect(await posted(MINUTE_MS, refused)).toEqual({ outcome, texts: ['words'], settled: [] });
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

test('a message waits for another token, however long, and nothing is posted instead', async () => {
  const outcome = await posted(30 * MINUTE_MS, { kind: 'refused', code: 'token_revoked' });
  const afterMs = 10 * MINUTE_MS;
  expect(outcome).toEqual({ outcome: { kind: 'put-off', afterMs }, texts: ['words'], settled: [] });
});

test('a file waits for another token, too', async () => {
  const upload = { kind: 'refused', code: 'token_revoked' } as const;
  const text = JSON.stringify({ name: 'a.txt', url: 'https://devin.example/a.txt' });
  const { outcome, texts } = await postedRow({ source: 'attachment', text, upload }, []);
  expect(outcome).toEqual({ kind: 'put-off', afterMs: 10 * MINUTE_MS });
  expect(texts).toEqual([]);
});

describe("a file that Slack's host for files doesn't take", () => {
  const file = {
    source: 'attachment',
    text: JSON.stringify({ name: 'a.txt', url: 'https://devin.example/a' }),
  };
  const upload = { kind: 'unclear' } as const;

  test('waits without holding up notices', async () => {
    const { outcome, texts } = await postedRow({ ...file, upload, triedForMs: MINUTE_MS }, []);
    expect({ outcome, texts }).toEqual({ outcome: { kind: 'put-off', afterMs: 15_000 }, texts: [] });
  });

  test('is replaced after a while by a line that says where it is', async () => {
    const given = { ...file, upload, triedForMs: 10 * MINUTE_MS };
    const { outcome, texts } = await postedRow(given, [{ kind: 'posted', ts: '2.2' }]);
    expect(outcome).toMatchObject({ kind: 'posted' });
    expect(texts).toEqual([expect.stringContaining('a.txt')]);
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

type Given = {
  phase?: 'needs-you' | 'working';
  source?: string;
  /** Devin said something after it. */
  isLast?: boolean;
  attempted?: boolean;
  /** A call was made for these words. */
  made?: boolean;
  /** A call is part of it already. */
  part?: boolean;
  where?: 'thread' | 'dm';
  share?: ThreadShare;
  quiet?: boolean;
};

/** The text of Devin's words with what goes around them, and whether a waiting call became part of it. */
async function framed(given: Given = {}): Promise<{ text: string; joined: boolean }> {
  let joined = false;
  let isPart = given.part === true;
  const frameOf = createFrameOf({
    store: {
      sessions: { shareOf: async () => Promise.resolve(given.share ?? 'alone') },
      requests: { find: async () => Promise.resolve(requestRow()) },
      messages: {
        lastMessage: async () => {
          const eventId = given.isLast === false ? 'e2' : 'e1';
          return Promise.resolve({ eventId, text: 'Main or release?', state: 'pending' });
        },
      },
      calls: {
        partOf: async () => Promise.resolve(isPart ? 'needs-you:1' : null),
        part: async () => Promise.resolve(void (isPart = false)),
        isMade: async () => Promise.resolve(given.made === true),
        join: async () => ((joined = true), Promise.resolve('needs-you:2')),
        quietUntil: async () => Promise.resolve(given.quiet === true ? new Date(MINUTE_MS) : null),
      },
    },
    notified: {
      where: async () => Promise.resolve(given.where ?? 'thread'),
      called: async () => Promise.resolve({ kind: 'people', userIds: ['U1'] }),
    },
    text: en,
    now: () => 0,
  });
  const snapshot = sessionSnapshot('s1', { status_detail: 'waiting_for_user', title: 'Fix the login' });
  const session = sessionRow({ snapshot, phase: given.phase ?? 'needs-you' });
  const row = {
    sessionId: 's1',
    eventId: 'e1',
    source: given.source ?? 'devin',
    text: '',
    slackFileId: null,
  };
  const attemptedAt = given.attempted === true ? new Date(0) : null;
  const frame = await frameOf(session, { ...row, attemptedAt, saidAt: new Date(0) });
  return { text: frame({ text: 'Main or release?', blocks: [] }).text, joined };
}

const CALLED = '<@U1> Devin asks:\nMain or release?';
const WORDS = 'Main or release?';

test.each<[string, Given, string, boolean]>([
  ['are a question', {}, CALLED, true],
  ['are a question soon after another', { quiet: true }, WORDS, false],
  ['belong to a session that works', { phase: 'working' }, WORDS, false],
  ['are followed by others', { isLast: false }, WORDS, false],
  ['called someone before', { made: true }, WORDS, false],
  ['call someone in a direct message', { where: 'dm' }, WORDS, false],
  ['were attempted with their call', { attempted: true, part: true }, CALLED, false],
  ['are no longer a question', { attempted: true, part: true, phase: 'working' }, WORDS, false],
  ['were attempted without a call', { attempted: true }, WORDS, false],
  ["are a person's", { source: 'user', share: 'heard' }, WORDS, false],
])(
  "Devin's words call the requester once, and in the right message: they %s",
  async (_what, given, text, joined) => {
    expect(await framed(given)).toEqual({ text, joined });
  },
);

test("Devin's words name their session if another one is in the thread, with a call or without", async () => {
  const name = '<https://app.devin.ai/sessions/s1|Fix the login>';
  expect((await framed({ share: 'heard', phase: 'working' })).text).toBe(`${name}\n${WORDS}`);
  expect((await framed({ share: 'heard' })).text).toBe(`<@U1> Devin asks:\n${name}\n${WORDS}`);
});

test("a message that can't be rendered is shown as it is", async () => {
  const { outcome, texts } = await postedRow({ source: REPLY_BY, text: '{words' }, [
    { kind: 'posted', ts: '2.2' },
  ]);
  expect(outcome).toMatchObject({ kind: 'posted' });
  expect(texts).toEqual([expect.stringContaining('{words')]);
});

test('a message waits while Slack is too busy to name its mentions', async () => {
  const nameMentions = async (): Promise<never> => Promise.reject(new Error('Slack is busy'));
  const text = JSON.stringify({ userId: 'U1', via: REPLY_WAYS[0], text: 'words' });
  await expect(postedRow({ source: REPLY_BY, text, nameMentions }, [])).rejects.toThrow('Slack is busy');
});

test.each([
  ['is put off at first', 0, { kind: 'put-off', afterMs: 1000 }, []],
  [
    'is mentioned in the end',
    10 * MINUTE_MS,
    { kind: 'posted', ts: '2.2' },
    [expect.stringContaining('a.txt')],
  ],
])('a file that breaks off while it is read %s', async (_what, triedForMs, expected, shown) => {
  const text = JSON.stringify({ name: 'a.txt', url: 'https://devin.example/a.txt' });
  const body = () => new ReadableStream<Uint8Array>({ pull: (stream) => stream.error(new Error('cut')) });
  const download = async () => Promise.resolve({ body: body(), size: null });
  const row = { source: 'attachment', text, triedForMs, download };
  const { outcome, texts } = await postedRow(row, [{ kind: 'posted', ts: '2.2' }]);
  expect(outcome).toMatchObject(expected);
  expect(texts).toEqual(shown);
});
