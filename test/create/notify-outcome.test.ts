import { expect, test } from 'vitest';
import { createOutcomeNotifier } from '../../src/create/notify-outcome.ts';
import { createLog } from '../../src/log.ts';
import { effectivePreferences, type Preferences } from '../../src/session/preferences.ts';
import type { CardPlace, Outbound, Posted } from '../../src/slack/outbound.ts';
import type { SessionRequest } from '../../src/store/request-row.ts';
import { en } from '../../src/text/en.ts';
import { heldLease } from '../support/lease.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';

const SENT_AT = new Date(5);
const UNKNOWN = { state: 'unknown', sessionId: null, sentAt: SENT_AT } as const;
const FAILED = { state: 'failed', sessionId: null, failure: { kind: 'gave-up', waiting: 'busy' } } as const;

type Setting = {
  person?: Preferences;
  answers?: Posted[];
  nowMs?: number;
  left?: { name: string };
  /** They are no longer in the conversation. */
  outside?: boolean;
  /** Keys of what was posted before. */
  posted?: string[];
  edited?: Awaited<ReturnType<Outbound['edit']>>;
};
type Told = { key: string; place: CardPlace; since: Date | undefined; text: string };

/** Notifies about this request once; `waits`: until the retry. */
async function tellOutcome(
  changes: Partial<SessionRequest>,
  {
    person = {},
    answers = [],
    nowMs = 0,
    left,
    outside = false,
    posted = [],
    edited = { kind: 'updated' },
  }: Setting = {},
) {
  const told: Told[] = [];
  const edits: { ts: string; text: string }[] = [];
  const kept = new Set(posted);
  const tell = createOutcomeNotifier({
    store: {
      requests: { find: async () => Promise.resolve(requestRow(changes)) },
      sessions: { ofRequest: async () => Promise.resolve(sessionRow()) },
      shown: {
        outcomesOf: async () => Promise.resolve([...kept].map((key) => ({ key, channelId: 'C1', ts: key }))),
        forget: async (key) => Promise.resolve(void kept.delete(key)),
      },
      settings: { preferencesFor: async () => Promise.resolve(effectivePreferences({ person })) },
    },
    findLeaver: async () => Promise.resolve(left ?? null),
    isOutside: async (channelId) => Promise.resolve(outside && channelId === 'C1'),
    outbound: {
      directChannel: async () => Promise.resolve('D1'),
      edit: async ({ ts }, _metadata, { text }) => {
        edits.push({ ts, text });
        return Promise.resolve(edited);
      },
      permalink: () => 'https://example.slack.com/archives/C1/p10',
    },
    withLease: async (_name, work) => ({ kind: 'done', result: await work(heldLease) }),
    postOnce: async ({ key, place, since, render }) => {
      told.push({ key, place, since, text: (await render()).text });
      const answer = answers[told.length - 1] ?? { kind: 'posted', ts: '2.0' };
      return answer.kind === 'posted' ? { ...answer, earlier: false } : answer;
    },
    text: en,
    textFor: async () => Promise.resolve(en),
    now: () => nowMs,
    log: createLog('silent'),
  });
  const waitMs = await tell({ requestId: 'request' });
  return { told, waits: waitMs === null ? [] : [waitMs], edits, kept: [...kept] };
}

const UNDER_CARD = { channelId: 'C1', threadTs: '1.0' };

test('an unconfirmed request mentions the requester once under its card, with what to do', async () => {
  const { told, waits } = await tellOutcome({
    ...UNKNOWN,
    draft: { values: { prompt: 'fix it' }, sources: {} },
  });
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ key: 'outcome:request:5', place: UNDER_CARD });
  expect(told[0]?.text).toMatch(
    /^<@U1> Devin didn't confirm that \*fix it\* started\.\n.*"Check again" on its card/s,
  );
  expect(waits).toEqual([]);
});

test("an unconfirmed request mentions the requester with Devin's reason", async () => {
  const failure = { kind: 'devin', code: 'unavailable', status: 503, detail: 'In <maintenance>.' } as const;
  const { told } = await tellOutcome({
    ...UNKNOWN,
    failure: { ...failure, permission: null, fieldErrors: [] },
  });
  expect(told[0]?.text).toContain('Devin answered (HTTP 503): In &lt;maintenance&gt;.');
  expect(told[0]?.text).not.toContain('Nothing was started');
});

test('a person who was notified before a backup was restored is not notified again', async () => {
  const createdAt = new Date(3);
  const { told } = await tellOutcome({ ...UNKNOWN, createdAt });
  expect(told.map(({ since }) => since)).toEqual([createdAt]);
});

test('a failed request mentions the requester with the reason', async () => {
  const { told } = await tellOutcome(FAILED);
  expect(told.map(({ place }) => place)).toEqual([UNDER_CARD]);
  expect(told[0]?.text).toContain(en.card.problems.gaveUp);
});

test.each([
  ['forbidden', 403],
  ['invalid-request', 422],
])("a failed request says once that it wasn't started: %s", async (code, status) => {
  const detail = 'Missing permission: ManageOrgSessions';
  const said = { kind: 'devin', code, status, detail, permission: 'ManageOrgSessions' } as const;
  const { told } = await tellOutcome({ ...FAILED, failure: { ...said, fieldErrors: [] } });
  expect(told[0]?.text).toContain("wasn't started");
  expect(told[0]?.text).toContain('ManageOrgSessions');
  expect(told[0]?.text).not.toContain('Nothing was started');
});

test.each([
  [
    'canceled it',
    { kind: 'cancelled', userId: 'U2' },
    (who: string, title: string) => en.milestones.canceledBy(who, title, '<@U2>'),
  ],
  [
    'declined it',
    { kind: 'approval', end: 'declined', rule: 'infra', by: null, reason: null },
    en.milestones.notApproved,
  ],
  [
    'let it expire',
    { kind: 'approval', end: 'expired', rule: 'infra', by: null, reason: null },
    en.milestones.notApproved,
  ],
] as const)('the requester hears that someone else %s', async (_what, failure, words) => {
  const draft = { values: { prompt: 'fix it' }, sources: {} };
  const { told } = await tellOutcome({ state: 'failed', sessionId: null, failure, draft });
  expect(told[0]?.text.split('\n')[0]).toBe(words('<@U1>', '*fix it*'));
});

test.each<[string, Partial<SessionRequest>, Setting?]>([
  ['was started meanwhile', { state: 'created' }],
  ['was refused, which is told privately', { ...FAILED, state: 'refused' }],
  ['was canceled', { ...FAILED, failure: { kind: 'cancelled', userId: 'U1' } }],
  ['should be shown only on its card', UNKNOWN, { person: { notify: 'card' } }],
])('mentions nobody for a request that %s', async (_what, changes, setting = {}) => {
  expect(await tellOutcome(changes, setting)).toMatchObject({ told: [], waits: [] });
});

test('waits at most a minute for the card whose buttons it names', async () => {
  const soon = await tellOutcome({ ...UNKNOWN, cardTs: null }, { nowMs: 59_000 });
  expect(soon).toMatchObject({ told: [], waits: [1000] });
  expect((await tellOutcome({ ...UNKNOWN, cardTs: null }, { nowMs: 61_000 })).told).toHaveLength(1);
});

test('a direct message links the card', async () => {
  const { told } = await tellOutcome(UNKNOWN, { person: { notify: 'dm' } });
  expect(told).toMatchObject([
    { key: 'outcome:request:5:direct', place: { channelId: 'D1', threadTs: null } },
  ]);
  expect(told[0]?.text).toContain('https://example.slack.com/archives/C1/p10');
});

test('is told directly to a person who is no longer in the conversation', async () => {
  const { told } = await tellOutcome(FAILED, { outside: true });
  expect(told.map(({ place }) => place.channelId)).toEqual(['D1']);
  expect(told[0]?.text).toContain(en.notices.elsewhereBecause.person_not_in_conversation);
  expect(told[0]?.text).not.toMatch(/buttons|archives/);
  expect((await tellOutcome(FAILED, { outside: true, person: { notify: 'card' } })).told).toEqual([]);
});

test('names a requester who left Slack under the card, and mentions nobody', async () => {
  const { told } = await tellOutcome(FAILED, {
    person: { notify: 'dm' },
    outside: true,
    left: { name: 'Ana' },
  });
  expect(told.map(({ place }) => place)).toEqual([UNDER_CARD]);
  expect(told[0]?.text).toMatch(/^For Ana, who left Slack: .+ wasn't started\./);
  expect(told[0]?.text).not.toContain('<@');
});

test('goes to the person if the thread refuses it', async () => {
  const { told } = await tellOutcome(UNKNOWN, { answers: [{ kind: 'refused', code: 'is_archived' }] });
  expect(told.map(({ place }) => place.channelId)).toEqual(['C1', 'D1']);
});

test('is retried after the pause that Slack asks for', async () => {
  const { waits } = await tellOutcome(UNKNOWN, { answers: [{ kind: 'rate-limited', retryAfterMs: 3000 }] });
  expect(waits).toEqual([3000]);
});

const EARLIER = 'outcome:request:3';
const LATEST = 'outcome:request:5';

test('what was said of an earlier attempt says that it has started since, once', async () => {
  const { edits, kept, told } = await tellOutcome(
    { state: 'created' },
    { posted: [EARLIER, `${LATEST}:direct`] },
  );
  expect(edits.map(({ ts }) => ts)).toEqual([EARLIER, `${LATEST}:direct`]);
  for (const { text } of edits) expect(text).toMatch(/has started since\.$/);
  expect([kept, told]).toEqual([[], []]);
});

test('what was said of an earlier attempt stays until it is known how the next one went', async () => {
  expect(await tellOutcome({ state: 'accepted' }, { posted: [EARLIER] })).toMatchObject({
    edits: [],
    kept: [EARLIER],
  });
});

test('a message about the latest attempt keeps its advice, and the earlier one loses it', async () => {
  const { edits, kept, told } = await tellOutcome(UNKNOWN, { posted: [EARLIER, LATEST] });
  expect(edits.map(({ ts }) => ts)).toEqual([EARLIER]);
  expect(kept).toEqual([LATEST]);
  expect(told.map(({ key }) => key)).toEqual([LATEST]);
});

test('an earlier message is edited after the pause that Slack asks for', async () => {
  const edited = { kind: 'rate-limited', retryAfterMs: 2000 } as const;
  const paused = await tellOutcome({ state: 'created' }, { posted: [EARLIER], edited });
  expect(paused).toMatchObject({ waits: [2000], kept: [EARLIER] });
});
