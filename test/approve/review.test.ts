import { expect, test } from 'vitest';
import { createReviewer } from '../../src/approve/review.ts';
import { bareFacts, DevinError } from '../../src/devin/errors.ts';
import type { Approval, Voter } from '../../src/session/approval.ts';
import { requestRow } from '../support/request-row.ts';

const voter = (userId: string): Voter => ({ userId, name: userId });
const [ben, cem, dan] = [voter('U2'), voter('U3'), voter('U4')];
const INFRA = { rule: 'infra', say: null, need: 1, fingerprint: 'now', people: [ben], yes: [], end: null };

type Options = {
  before?: Partial<Approval>;
  asks?: 'same' | 'another' | 'none';
  need?: number;
  /** Whom the policy would ask now. */
  approvers?: Voter[];
  hasExpired?: boolean;
  /** Who asked for it left Slack. */
  hasLeft?: boolean;
  trouble?: Error;
  isStopping?: boolean;
  /** How many requests wait for it. */
  waiting?: number;
};

/** What becomes of the approval that a request waits for once it's looked at again, and how often others were looked up. */
async function reviewed({ before, asks = 'same', need = 1, approvers = [ben], ...options }: Options) {
  const request = requestRow({ state: 'awaiting-approval', approvals: [{ ...INFRA, ...before }] });
  const isNow = ({ userId }: Voter): boolean => approvers.some((one) => one.userId === userId);
  const after: (Approval | undefined)[] = [];
  let lookUps = 0;
  let judged = 0;
  const review = createReviewer({
    store: {
      requests: {
        awaitingApproval: async () =>
          Promise.resolve(Array.from({ length: options.waiting ?? 1 }, () => request.id)),
        find: async () => Promise.resolve(request),
        hasExpired: async () => Promise.resolve(options.hasExpired === true),
      },
    },
    decide: () => ({
      decidersOf: async (_request, { people }) => {
        judged += 1;
        if (options.trouble !== undefined) throw options.trouble;
        const able = new Set(people.filter(isNow).map(({ userId }) => userId));
        const terms = asks === 'none' ? null : { approvers: [], need };
        return Promise.resolve({ need, able, isSame: asks === 'same', terms });
      },
      approversOf: async () => {
        lookUps += 1;
        return Promise.resolve(approvers);
      },
    }),
    findLeaver: async () => Promise.resolve(options.hasLeft === true ? { name: null } : null),
    transitions: {
      moveLocked: async (_id, plan) => {
        const move = plan(request);
        if (move !== null) after.push(move.changes?.approvals?.[0]);
        return Promise.resolve(move !== null);
      },
    },
    policySha256: () => 'new',
    now: () => 0,
  });
  const signal = options.isStopping === true ? AbortSignal.abort() : new AbortController().signal;
  return { waitMs: await review({}, { signal }), after, lookUps, judged };
}

test.each<[what: string, options: Options]>([
  [
    'the same policy file asked people who all can still decide',
    { asks: 'another', before: { policy: 'new' } },
  ],
  ['the policy asks for no approval by now, which must not start all that waits', { asks: 'none' }],
  [
    'the policy asks too few people by now, which must not end all that waits',
    { asks: 'another', approvers: [] },
  ],
  ['too few people can give it by now, and people were told', { need: 2, before: { lacksApprovers: true } }],
  ['its time is over, which another job notices', { asks: 'another', hasExpired: true }],
])('a request waits on as it was if %s', async (_what, options) => {
  expect(await reviewed(options)).toMatchObject({ waitMs: null, after: [] });
});

test('a request waits on, people are told once, and nobody stays asked who left, if too few can give it by now', async () => {
  const before = { policy: 'new', people: [ben, cem], need: 2 };
  expect((await reviewed({ need: 2, before })).after).toMatchObject([
    { people: [ben], lacksApprovers: true, end: null },
  ]);
  const lacking = { ...before, people: [ben], lacksApprovers: true };
  expect((await reviewed({ need: 2, approvers: [], before: lacking })).after).toMatchObject([
    { people: [], lacksApprovers: true, end: null },
  ]);
});

test('a request ends once the person who asked for it left Slack, whatever the policy says', async () => {
  const { after, judged } = await reviewed({ hasLeft: true, asks: 'none', before: { policy: 'new' } });
  expect(after).toMatchObject([{ end: { kind: 'left', by: null } }]);
  expect(judged).toBe(0);
});

test('a request is asked of those who were asked once they can decide again', async () => {
  const before = { policy: 'new', lacksApprovers: true };
  expect((await reviewed({ before })).after).toMatchObject([{ people: [ben], lacksApprovers: false }]);
});

test('nobody is looked up while all who were asked by the same policy file can still decide', async () => {
  expect((await reviewed({ approvers: [ben, cem], before: { policy: 'new' } })).lookUps).toBe(0);
});

test('nothing is looked at once the app stops', async () => {
  await expect(reviewed({ isStopping: true })).rejects.toThrow('aborted');
});

test('an approval is asked anew if the policy asks for another one', async () => {
  expect((await reviewed({ asks: 'another' })).after).toMatchObject([{ end: { kind: 'changed' } }]);
});

test.each<[what: string, options: Options, now: Partial<Approval>]>([
  ['nobody else is asked if the policy names the same people', {}, { people: [ben] }],
  [
    'people are added whom the policy names by now',
    { approvers: [cem, ben], before: { people: [ben] } },
    { people: [ben, cem] },
  ],
  [
    'people are left out who can no longer decide, and their approvals count no longer',
    { approvers: [ben, dan], before: { people: [ben, cem], need: 2, yes: [cem] }, need: 1 },
    { people: [ben, dan], need: 1 },
  ],
  [
    'others are asked if people whom the same policy file asked can no longer decide',
    { approvers: [cem, dan], before: { people: [ben, cem], policy: 'new' } },
    { people: [cem, dan] },
  ],
  [
    'an approval counts again once the policy names its author again',
    { approvers: [ben, cem, dan], before: { people: [ben, dan], need: 3, yes: [cem, ben] }, need: 3 },
    { people: [ben, dan, cem], yes: [cem, ben] },
  ],
  [
    'what a person approved who can no longer decide is kept, should the policy name them again',
    { approvers: [ben, dan], before: { people: [ben, cem], need: 2, yes: [cem] }, need: 2 },
    { people: [ben, dan], yes: [cem] },
  ],
  [
    'what was approved stays approved while more have to',
    { approvers: [ben, cem, dan], before: { people: [ben, cem], need: 2, yes: [cem] }, need: 3 },
    { people: [ben, cem, dan], yes: [cem], need: 3 },
  ],
])('while a request waits, %s', async (_what, options, now) => {
  expect((await reviewed(options)).after).toMatchObject([{ ...now, policy: 'new', end: null }]);
});

test('a request goes on if the policy needs no more approvals than it has', async () => {
  const before = { people: [ben, cem], need: 2, yes: [cem] };
  const { after } = await reviewed({ before, approvers: [ben, cem] });
  expect(after).toMatchObject([{ end: { kind: 'approved', by: cem } }]);
});

test.each([
  ['as long as Devin says', 'rate-limited', 5000, 5000],
  ['half a minute', 'rate-limited', null, 30_000],
  ['ten minutes if Devin refuses', 'unauthorized', null, 600_000],
] as const)('a review waits %s if nobody can be asked now', async (_how, code, retryAfterMs, waitMs) => {
  const facts = bareFacts(code);
  const trouble = new DevinError({ operation: 'members.find', facts, retryAfterMs });
  expect((await reviewed({ trouble })).waitMs).toBe(waitMs);
});

test('Slack and Devin are asked once, however many requests wait for the same rule, while they do not say who can approve', async () => {
  const trouble = new DevinError({
    operation: 'members.find',
    facts: bareFacts('unavailable'),
    retryAfterMs: null,
  });
  expect(await reviewed({ trouble, waiting: 3 })).toMatchObject({ waitMs: 30_000, judged: 1 });
});
