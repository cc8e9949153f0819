import { WebAPIRequestError } from '@slack/web-api';
import { expect, test } from 'vitest';
import { createSettler } from '../../src/approve/settle.ts';
import { bareFacts, DevinError } from '../../src/devin/errors.ts';
import type { Jobs } from '../../src/queue/index.ts';
import type { Identity } from '../../src/session/identity.ts';
import { createEnvelopes, createSeal } from '../../src/store/envelope.ts';
import type { RequestChanges, SessionRequest } from '../../src/store/request-row.ts';
import { en } from '../../src/text/en.ts';
import { createDecidersOf } from '../../src/trust/approvers.ts';
import { requestRow } from '../support/request-row.ts';

const envelopes = createEnvelopes(createSeal(Buffer.alloc(32)));
const NOBODY: Identity = { kind: 'service-user', because: 'off', checkedAtMs: 0 };
const ben = { userId: 'U2', name: 'Ben' };
const cem = { userId: 'U3', name: 'Cem' };
const dan = { userId: 'U4', name: 'Dan' };

const INFRA = { rule: 'infra', say: null, need: 1, fingerprint: 'now', people: [], yes: [], end: null };

type Options = {
  row?: Partial<SessionRequest>;
  trouble?: Error;
  need?: number;
  identity?: Identity;
  gone?: string[];
  hasExpired?: boolean;
  /** The policy no longer asks for an approval. */
  isAllowed?: boolean;
  /** The rule that the policy asks an approval for by now, of Cem. */
  rule?: string;
};

/**
 * What changes in Ana's request, which waits for the rule `infra`, and what Ben is told, once he has decided. `expire`: once
 * a job looks whether its time is over, which it isn't.
 */
async function decided(
  act: Jobs['settle-approval']['act'] | 'expire',
  {
    row,
    trouble,
    need = 1,
    identity = NOBODY,
    gone = [],
    hasExpired = false,
    isAllowed = false,
    rule = 'infra',
  }: Options,
) {
  const about = { say: null, need, fingerprint: 'now' };
  const request = requestRow({
    state: 'awaiting-approval',
    approvals: [{ ...INFRA, need, people: [ben] }],
    ...row,
  });
  const { draft } = request;
  const approvers = (rule === 'infra' ? [ben, cem, dan] : [cem]).map(
    ({ userId: id }) => ({ kind: 'user', id }) as const,
  );
  const asks = { ...about, rule, approvers, expiresMs: 1, budget: null };
  const changes: (RequestChanges | undefined)[] = [];
  const told: string[] = [];
  const settler = createSettler({
    store: {
      requests: {
        find: async () => Promise.resolve(request),
        hasExpired: async () => Promise.resolve(hasExpired),
      },
      envelopes,
      audit: { record: async () => Promise.resolve() },
    },
    people: { find: async () => Promise.resolve(null) },
    findLeaver: async () => Promise.resolve(null),
    decidersOf: createDecidersOf({
      judge: async () => {
        if (trouble !== undefined) throw trouble;
        if (isAllowed) return Promise.resolve({ kind: 'allowed', draft, approved: [], rule: null });
        return Promise.resolve({ kind: 'approval', draft, asks, fingerprint: 'now' });
      },
      mayApprove: async (patterns, { among }) => {
        const isNamed = (id: string): boolean => patterns.some((one) => one.kind === 'user' && one.id === id);
        return Promise.resolve(new Set(among.filter((id) => isNamed(id) && !gone.includes(id))));
      },
    }),
    approversOf: async () => Promise.resolve([ben, cem, dan].filter(({ userId }) => !gone.includes(userId))),
    resolve: async () => Promise.resolve(identity),
    transitions: {
      moveLocked: async (_id, plan) => {
        const { approvals = request.approvals } = changes.at(-1) ?? {};
        changes.push(plan({ ...request, approvals })?.changes ?? changes.at(-1));
        return Promise.resolve(true);
      },
    },

    notifier: {
      notifyMarkup: async (_userId, _answerTo, ...said) => void (await Promise.resolve(told.push(...said))),
    },
    now: () => 0,
    textFor: async () => Promise.resolve(en),
  });
  const sealed = envelopes.close('a', { responseUrl: null, reason: 'Too <much>.' });
  const answerTo = { id: 'a', channelId: null, threadTs: null, sealed, always: false };
  if (act === 'expire') await settler.expire({ requestId: request.id });
  else await settler.settle({ requestId: request.id, number: 0, userId: ben.userId, act, answerTo });
  return { changes: changes.at(-1), told };
}

test.each([
  ['is kept while the request stays the same', 'now', ['limit', 'infra']],
  ['no longer counts if the request has changed since', 'before', ['infra']],
])('an approval that was given earlier %s', async (_what, approvedAs, approved) => {
  const { changes } = await decided('approve', { row: { approved: ['limit'], approvedAs } });
  expect(changes).toMatchObject({ approved });
});

const AS_BEN: Identity = {
  kind: 'matched',
  devinUserId: 'user-1',
  name: 'Ben',
  how: 'email',
  checkedAtMs: 0,
};

test.each<[what: string, options: Options, told: string]>([
  ['their own request', { row: { userId: 'U2' } }, en.approval.refused.own],
  [
    'one that would run as themselves',
    { row: { identity: AS_BEN }, identity: AS_BEN },
    en.approval.refused.sameAccount,
  ],
])('nobody approves %s', async (_what, options, told) => {
  expect(await decided('approve', options)).toEqual({ changes: undefined, told: [told] });
});

test('an approval that comes too late starts nothing, although no job has looked', async () => {
  const { changes, told } = await decided('approve', { hasExpired: true });
  expect(changes?.approvals?.[0]?.end?.kind).toBe('expired');
  expect(told).toEqual([en.approval.refused.expired]);
});

test('what a person approved who no longer may counts no more', async () => {
  const approvals = [{ ...INFRA, need: 2, people: [ben, cem, dan], yes: [cem] }];
  const { changes } = await decided('approve', { row: { approvals }, need: 2, gone: ['U3'] });
  expect(changes?.approvals).toMatchObject([{ yes: [{ userId: 'U2' }], end: null }]);
});

test('a request that is approved has as long to start as a new one', async () => {
  const { changes } = await decided('approve', {});
  expect(changes?.resumedAt).toEqual(new Date(0));
});

test('a request still waits if an earlier approval would have expired by now', async () => {
  expect(await decided('expire', {})).toEqual({ changes: undefined, told: [] });
});

test.each([
  ['once for two people who are the same member in Devin', 'user-1', undefined],
  ['twice for two who are not', 'user-2', 'approved'],
])('an approval counts %s', async (_what, devinUserId, kind) => {
  const other = { ...cem, devinUserId };
  const { changes } = await decided('approve', {
    row: { approvals: [{ ...INFRA, need: 2, people: [ben, other], yes: [other] }] },
    need: 2,
    identity: AS_BEN,
  });
  expect(changes?.approvals?.[0]?.end?.kind).toBe(kind);
});

test.each([
  [
    'it waits for others if nobody may',
    1,
    ['U2', 'U3', 'U4'],
    [ben],
    { lacksApprovers: true, yes: [], end: null },
  ],
  [
    'it counts and waits for others if more have to approve than can be asked',
    4,
    [],
    [ben, cem],
    { lacksApprovers: true, yes: [{ userId: 'U2' }], end: null },
  ],
  [
    'it counts if enough of those who were asked may still approve',
    1,
    ['U3'],
    [ben, cem],
    { end: { kind: 'approved' } },
  ],
])('when one person approves, %s', async (_why, need, gone, people, now) => {
  const { changes } = await decided('approve', { row: { approvals: [{ ...INFRA, people }] }, need, gone });
  expect(changes?.approvals).toMatchObject([now]);
});

test.each([
  ['by a person who no longer may', 1, ['U2'], { people: [ben] }, { people: [cem, dan], yes: [] }],
  [
    'by a person who no longer may, which keeps what another approved',
    2,
    ['U2'],
    { people: [ben, cem], yes: [cem] },
    { people: [cem, dan], yes: [cem] },
  ],
  [
    'and counts if more have to approve',
    2,
    [],
    { people: [ben] },
    { people: [ben, cem, dan], yes: [{ userId: 'U2' }] },
  ],
])('an approval asks others %s', async (_what, need, gone, before, now) => {
  const { changes } = await decided('approve', { row: { approvals: [{ ...INFRA, ...before }] }, need, gone });
  expect(changes?.approvals).toMatchObject([{ ...now, need, end: null }]);
});

test('an approval asks a person again who had approved, which is enough', async () => {
  const approvals = [{ ...INFRA, people: [ben], yes: [cem] }];
  const { changes } = await decided('approve', { row: { approvals }, gone: ['U2'] });
  expect(changes?.approvals).toMatchObject([{ yes: [cem], end: { kind: 'approved', by: cem } }]);
});

test.each([
  ['does not count for others, and is kept', 2, { yes: [dan, { userId: 'U2' }], end: null }],
  ['is left out once the others suffice', 1, { yes: [{ userId: 'U2' }], end: { kind: 'approved' } }],
])('an approval of a person whom the policy has left out %s', async (_what, need, now) => {
  const approvals = [{ ...INFRA, need, people: [ben, cem], yes: [dan] }];
  const { changes } = await decided('approve', { row: { approvals }, need });
  expect(changes?.approvals).toMatchObject([now]);
});

test('a person who may still approve declines it, also if others would have to be asked', async () => {
  const approvals = [{ ...INFRA, people: [ben] }];
  const { changes } = await decided('decline', { row: { approvals }, need: 2 });
  expect(changes?.approvals?.[0]?.end?.kind).toBe('declined');
});

test.each([
  ['goes on if a person approves', 'approve', [], 'changed'],
  ['ends if a person declines', 'decline', [], 'declined'],
  ['stays as it is if a person declines who may no longer', 'decline', ['U2'], undefined],
] as const)(
  'a request for which the policy no longer asks for an approval %s',
  async (_how, act, gone, kind) => {
    const { changes } = await decided(act, { isAllowed: true, gone: [...gone] });
    expect(changes?.approvals?.[0]?.end?.kind).toBe(kind);
  },
);

test.each([
  ['ends if a person declines who was asked', 'decline', [], 'declined'],
  ['stays as it is if a person declines who may no longer', 'decline', ['U2'], undefined],
  ['asks the others if a person approves who was asked', 'approve', [], 'changed'],
] as const)(
  'a request for which the policy asks others under another rule %s',
  async (_how, act, gone, kind) => {
    const { changes } = await decided(act, { rule: 'release', gone: [...gone] });
    expect(changes?.approvals?.[0]?.end?.kind).toBe(kind);
  },
);

const REASON = [en.notices.typed, '```\nToo &lt;much&gt;.\n```'];

test.each([
  ['approve', "Devin doesn't say who they are", 'devin', [en.steering.notLookedUp]],
  ['decline', "Devin doesn't say who they are", 'devin', [en.steering.notLookedUp, ...REASON]],
  ['approve', "Slack doesn't say who can", 'slack', [en.approval.refused.busy]],
  ['decline', "Slack doesn't say who can", 'slack', [en.approval.refused.busy, ...REASON]],
] as const)(
  'a person who presses %s hears that %s, and a reason comes back',
  async (act, _what, who, told) => {
    const busy = { operation: 'members.find', facts: bareFacts('rate-limited') };
    const trouble = who === 'devin' ? new DevinError(busy) : new WebAPIRequestError(new Error('no answer'));
    expect(await decided(act, { trouble })).toEqual({ changes: undefined, told });
  },
);

const CHANGED = {
  ...INFRA,
  people: [ben],
  end: { kind: 'changed' as const, by: null, reason: null, atMs: 0 },
};
const APPROVED = { ...CHANGED, end: { ...CHANGED.end, kind: 'approved' as const } };

test.each([
  ['ends the request by what the policy asks now', 'decline', CHANGED, [ben], 'declined'],
  ['changes nothing if others decide by now', 'decline', CHANGED, [cem], undefined],
  ['changes nothing if that was approved', 'decline', APPROVED, [ben], undefined],
  ['starts nothing if it is an approval', 'approve', CHANGED, [ben], undefined],
] as const)(
  'what a person decides about the approval before the one that is asked for %s',
  async (_what, act, before, people, kind) => {
    const approvals = [before, { ...INFRA, people: [...people] }];
    const { changes } = await decided(act, { row: { approvals } });
    expect(changes?.approvals?.[1]?.end?.kind).toBe(kind);
  },
);

test.each([
  ['waits for a new approval', { state: 'identified', approvals: [CHANGED] }, "couldn't check"],
  ['was approved meanwhile', { state: 'created', approvals: [APPROVED] }, 'already decided'],
] as const)(
  'a person who declines a request that %s hears that nothing was changed',
  async (_what, row, words) => {
    const { changes, told } = await decided('decline', { row: { ...row, approvals: [...row.approvals] } });
    expect(changes).toBeUndefined();
    expect(told.join()).toContain(words);
  },
);

test.each([
  ['approves again is told nothing', 'approve', undefined],
  [
    'declines after their own approval hears that it goes on',
    'decline',
    expect.stringContaining('already decided'),
  ],
] as const)('a person who %s', async (_what, act, sentence) => {
  const approvals = [{ ...APPROVED, end: { ...APPROVED.end, by: ben } }];
  const { told } = await decided(act, { row: { state: 'created', approvals } });
  expect(told[0]).toEqual(sentence);
});
