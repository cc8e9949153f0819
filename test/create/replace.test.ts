import { expect, test } from 'vitest';
import { createWhyNotReplaced } from '../../src/create/replace.ts';
import { createDecidersOf } from '../../src/trust/approvers.ts';
import type { Verdict } from '../../src/trust/verdict.ts';
import { requestRow } from '../support/request-row.ts';

const approval = {
  rule: 'infra',
  say: null,
  need: 1,
  people: [{ userId: 'U2', name: 'Ben' }],
  fingerprint: 'now',
  yes: [],
  end: null,
};
const { draft } = requestRow();

/** The policy asks only Cem, by this rule. */
function asksCem(rule: string): Verdict {
  const approvers = [{ kind: 'user', id: 'U3' }] as const;
  const asks = { rule, say: null, approvers, need: 1, expiresMs: 1, budget: null };
  return { kind: 'approval', draft, asks, fingerprint: 'now' };
}

test.each<[what: string, verdict: Verdict, why: 'notAsked' | null]>([
  ['may change it if the policy asks others by another rule', asksCem('release'), null],
  ['may not if the same rule names others', asksCem('infra'), 'notAsked'],
  ['may change it if the policy asks nobody', { kind: 'allowed', draft, approved: [], rule: null }, null],
])('a person who was asked about a request, and whose decline counts, %s', async (_what, verdict, why) => {
  const whyNotReplaced = createWhyNotReplaced({
    store: {
      requests: {
        find: async () => Promise.resolve(requestRow({ state: 'awaiting-approval', approvals: [approval] })),
      },
    },
    decidersOf: createDecidersOf({
      judge: async () => Promise.resolve(verdict),
      mayApprove: async (patterns, { among }) =>
        Promise.resolve(
          new Set(among.filter((id) => patterns.some((one) => one.kind === 'user' && one.id === id))),
        ),
    }),
  });
  const found = await whyNotReplaced({ requestId: 'one', number: 0 }, 'U2');
  expect(found?.why ?? null).toBe(why);
});

test.each([
  ['asks the same person anew', 'changed', null],
  ['asks for a second approval after the first', 'approved', 'over'],
] as const)('a form that was open while the policy %s', async (_what, kind, why) => {
  const before = { ...approval, end: { kind, by: null, reason: null, atMs: 0 } };
  const original = requestRow({ state: 'awaiting-approval', approvals: [before, approval] });
  const whyNotReplaced = createWhyNotReplaced({
    store: { requests: { find: async () => Promise.resolve(original) } },
    decidersOf: async () => Promise.resolve({ able: new Set(['U2']), need: 1, isSame: true, terms: null }),
  });
  const found = await whyNotReplaced({ requestId: 'one', number: 0 }, 'U2');
  expect(found?.why ?? null).toBe(why);
});
