import { expect, test } from 'vitest';
import { createReplySender } from '../../src/converse/send-reply.ts';
import { bareFacts, DevinError, type DevinErrorCode } from '../../src/devin/errors.ts';
import type { SessionMessageRequest } from '../../src/devin/sessions.ts';
import type { Lease } from '../../src/queue/index.ts';
import type { SlackFile } from '../../src/session/context.ts';
import type { Identity } from '../../src/session/identity.ts';
import type { SessionSnapshot } from '../../src/session/snapshot.ts';
import { createReplies } from '../../src/store/replies.ts';
import { useEmbedded } from '../support/databases.ts';
import { heldLease } from '../support/lease.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';
import { unneeded } from '../support/unneeded.ts';

const open = useEmbedded();

type Deps = Parameters<typeof createReplySender>[0];

type Given = {
  lease?: Lease;
  /** By its author, while it is prepared. */
  editedTo?: string;
  /** By another process, while Devin answers. */
  isGivenUp?: boolean;
  /** Its author edited it after that. */
  thenEditedTo?: string;
  text?: string;
  attached?: SlackFile[];
  /** What is recorded of the session. */
  known?: SessionSnapshot;
  identity?: Identity;
};

const ANA: Identity = { kind: 'matched', devinUserId: 'user-1', name: 'Ana', how: 'email', checkedAtMs: 0 };

/** Ana's reply, sent with these; her account in Devin is user-1. */
async function sentReply(
  deps: Pick<Deps, 'sendMessage'> & Partial<Deps>,
  {
    lease = heldLease,
    editedTo,
    isGivenUp = false,
    thenEditedTo,
    text = 'use main',
    attached = [],
    known,
    identity = ANA,
  }: Given = {},
) {
  const { db } = await open();
  const replies = createReplies(db);
  const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: null };
  await replies.insert({ id: 'y', dedupeKey: 'y', ...place, kind: 'reply', text, files: attached });
  const reply = await replies.find('y');
  if (reply === null) throw new Error('the reply is gone');
  const { send } = createReplySender({
    files: { find: unneeded, open: unneeded },
    upload: unneeded,
    nameMentions: async (said) => {
      if (editedTo !== undefined)
        await replies.move({ id: 'y', from: ['accepted'], to: 'accepted', changes: { text: editedTo } });
      return said;
    },
    nameOf: async () => Promise.resolve('Ana'),
    getSession: unneeded,
    recordAnswer: async () => Promise.resolve(),
    settle: unneeded,
    move: async (step) => replies.move(step),
    budget: { wake: async () => Promise.resolve(null), letGo: async () => Promise.resolve() },
    forgetIdentity: async () => Promise.resolve(),
    mayFallBack: false,
    now: Date.now,
    ...deps,
    sendMessage: async (...message) => {
      if (isGivenUp) await replies.move({ id: 'y', from: ['sending'], to: 'unknown' });
      if (thenEditedTo !== undefined)
        await replies.move({ id: 'y', from: ['unknown'], to: 'unknown', changes: { text: thenEditedTo } });
      return deps.sendMessage(...message);
    },
  });
  await send({
    session: sessionRow({
      sessionId: 's',
      requestId: 'r',
      threadTs: '1.0',
      ...(known && { snapshot: known }),
    }),
    request: requestRow({ id: 'r' }),
    reply,
    identity,
    signal: new AbortController().signal,
    lease,
  });
  return replies.find('y');
}

const sendReply = async (...given: Parameters<typeof sentReply>) => (await sentReply(...given))?.state;

test.each([
  [true, ['use main'], 'delivered'],
  [false, [], 'accepted'],
])(
  'a reply is sent if its lease is fresh after saving that it is on its way: %s',
  async (isFresh, heard, state) => {
    const sent: SessionMessageRequest[] = [];
    const sendMessage: Deps['sendMessage'] = async (id, request) => {
      sent.push(request);
      return Promise.resolve(sessionSnapshot(id));
    };
    expect(await sendReply({ sendMessage }, { lease: { ...heldLease, isFresh: () => isFresh } })).toBe(state);
    expect(sent.map(({ message }) => message)).toEqual(heard);
  },
);

test.each([
  [
    'sent again as the service user if Devin refuses its author',
    true,
    'forbidden',
    ['user-1', null],
    'delivered',
  ],
  ['sent as nobody else unless that is allowed', false, 'forbidden', ['user-1'], 'failed'],
  ['sent once if its answer is lost', true, 'no-answer', ['user-1'], 'sending'],
] as const)('a reply is %s', async (_what, mayFallBack, code, authors, state) => {
  const sentAs: (string | null)[] = [];
  const sendMessage: Deps['sendMessage'] = async (id, { messageAsUserId = null }) => {
    sentAs.push(messageAsUserId);
    if (messageAsUserId !== null)
      throw new DevinError({ operation: 'messages.send', facts: bareFacts(code) });
    return Promise.resolve(sessionSnapshot(id));
  };
  const settle: Deps['settle'] = async () => Promise.resolve(null);
  expect(await sendReply({ sendMessage, settle, mayFallBack })).toBe(state);
  expect(sentAs).toEqual(authors);
});

test('a reply as the service user is sent once, even if Devin refuses it', async () => {
  let sent = 0;
  const sendMessage: Deps['sendMessage'] = async () => {
    sent += 1;
    return Promise.reject(new DevinError({ operation: 'messages.send', facts: bareFacts('forbidden') }));
  };
  const identity: Identity = { kind: 'service-user', because: 'off', checkedAtMs: 0 };
  expect(await sendReply({ sendMessage, mayFallBack: true }, { identity })).toBe('failed');
  expect(sent).toBe(1);
});

test("a reply is delivered if Devin's answer comes after another process has called it unconfirmed", async () => {
  const sendMessage: Deps['sendMessage'] = async (id) => Promise.resolve(sessionSnapshot(id));
  expect(await sendReply({ sendMessage }, { isGivenUp: true })).toBe('delivered');
});

test("a reply that was edited after that still waits for its author's decision", async () => {
  const sendMessage: Deps['sendMessage'] = async (id) => Promise.resolve(sessionSnapshot(id));
  expect(await sendReply({ sendMessage }, { isGivenUp: true, thenEditedTo: 'use dev' })).toBe('unknown');
});

test('a reply that is edited while it is prepared is left for the next run, which sends the new text', async () => {
  expect(await sendReply({ sendMessage: unneeded }, { editedTo: 'use dev' })).toBe('accepted');
});

test('a reply comes back if Devin was busy for a day', async () => {
  const busy = new DevinError({ operation: 'messages.send', facts: bareFacts('rate-limited') });
  const sendMessage: Deps['sendMessage'] = async () => Promise.reject(busy);
  const now = (): number => Date.now() + 24 * 60 * 60_000;
  expect(await sendReply({ sendMessage, now })).toBe('failed');
});

test.each<[how: string, status: string, asked: SessionSnapshot | DevinErrorCode, failure: string]>([
  ['has ended meanwhile', 'running', sessionSnapshot('s', { status: 'exit' }), 'ended'],
  ['goes on, whatever was known', 'error', sessionSnapshot('s'), 'devin'],
  ['is known to have ended, while Devin is down', 'exit', 'unavailable', 'ended'],
  ['is not known to have ended, while Devin is down', 'running', 'unavailable', 'devin'],
])('a reply that Devin refuses says why if its session %s', async (_how, status, asked, failure) => {
  const failing = async (code: DevinErrorCode): Promise<never> =>
    Promise.reject(new DevinError({ operation: 'sessions.get', facts: bareFacts(code) }));
  const getSession: Deps['getSession'] = async () =>
    typeof asked === 'string' ? failing(asked) : Promise.resolve(asked);
  const sendMessage: Deps['sendMessage'] = async () => failing('conflict');
  const known = sessionSnapshot('s', { status });
  expect((await sentReply({ sendMessage, getSession }, { known }))?.failure?.kind).toBe(failure);
});

test.each<[asked: DevinErrorCode | null, code: string]>([
  [null, 'unexpected'],
  ['not-found', 'not-found'],
  ['forbidden', 'forbidden'],
  ['unauthorized', 'unauthorized'],
])('a reply to what Devin cannot find says what is known of its session: %s', async (asked, code) => {
  const failing = async (facts: DevinErrorCode): Promise<never> =>
    Promise.reject(new DevinError({ operation: 'sessions.get', facts: bareFacts(facts) }));
  const getSession: Deps['getSession'] = async (id) =>
    asked === null ? Promise.resolve(sessionSnapshot(id)) : failing(asked);
  const reply = await sentReply({ sendMessage: async () => failing('not-found'), getSession });
  expect(reply?.failure).toMatchObject({ kind: 'devin', code });
});

test('a reply shows how it changed the session, before the next poll', async () => {
  const recorded: string[] = [];
  const sendMessage: Deps['sendMessage'] = async (id) => Promise.resolve(sessionSnapshot(id));
  const recordAnswer: Deps['recordAnswer'] = async ({ sessionId }) =>
    Promise.resolve(recorded.push(sessionId));
  await sendReply({ sendMessage, recordAnswer });
  expect(recorded).toEqual(['s']);
});

test.each([
  ['with words', 'use main', 'delivered'],
  ['without words', '', 'skipped'],
])('a reply %s keeps which of its files Devin did not get', async (_how, text, state) => {
  const file = { id: 'F1', name: 'core.bin', mimetype: 'application/zip', size: 1, url: 'https://f/1' };
  const files: Deps['files'] = {
    find: unneeded,
    open: async () => Promise.resolve({ kind: 'left-out', reason: 'unreadable' }),
  };
  const sendMessage: Deps['sendMessage'] = async (id) => Promise.resolve(sessionSnapshot(id));
  const reply = await sentReply({ sendMessage, files }, { text, attached: [file] });
  expect(reply).toMatchObject({ state, files: [{ id: 'F1', leftOut: 'unreadable' }] });
});
