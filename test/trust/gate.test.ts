import { describe, expect, test } from 'vitest';
import type { PlaceKind } from '../../src/session/context.ts';
import type { EffectiveDraft } from '../../src/session/defaults.ts';
import { en } from '../../src/text/en.ts';
import { createGate } from '../../src/trust/gate.ts';
import { POLICY_FILE } from '../../src/trust/index.ts';
import { parseYaml } from '../../src/trust/yaml-file/parse.ts';
import { requestRow } from '../support/request-row.ts';

/** A gate in a channel that the app can't look at, after this much was spent. */
function gateUnder(yaml: string, spent = 0) {
  const parsed = parseYaml(`version: 1\n${yaml}`, {
    name: 'policy.yml',
    format: POLICY_FILE,
    text: en,
  });
  if (!parsed.ok) throw new Error('the policy has errors');
  return createGate({
    policy: () => parsed.value,
    findPerson: async () => Promise.resolve(null),
    isInGroup: async () => Promise.resolve(false),
    mayApprove: async (patterns, { among }) => {
      const isNamed = (id: string): boolean => patterns.some((one) => one.kind === 'user' && one.id === id);
      return Promise.resolve(new Set(among.filter(isNamed)));
    },
    describePlace: async () => Promise.resolve(null),
    budget: {
      spend: async () => Promise.resolve({ at: new Date(0), spend: { acu_per_person_per_day: spent } }),
    },
  });
}

/** Whether a rule for such places applies, if it refuses, and if it allows. */
async function applies(placeKind: PlaceKind | null, word: string) {
  const asked = { ...requestRow({ state: 'accepted' }), placeKind };
  const rules = (then: string): string => `rules: [{ name: there, channels: [${word}], then: ${then} }`;
  const refused = await gateUnder(`${rules('refuse')}]`).judge(asked);
  const allowed = await gateUnder(`${rules('allow')}, { name: elsewhere, then: refuse }]`).judge(asked);
  return { refusing: refused.kind === 'refused', allowing: allowed.kind === 'allowed' };
}

describe("a rule for a kind of place, if only Slack's word for the place is known", () => {
  const yes = { refusing: true, allowing: true };
  const no = { refusing: false, allowing: false };
  const unknown = { refusing: true, allowing: false };

  test.each<[PlaceKind | null, Record<string, object>]>([
    ['public', { public: yes, private: no, direct: no, shared: unknown }],
    ['private', { public: no, private: yes, direct: no, shared: unknown }],
    ['direct', { public: no, private: no, direct: yes, shared: no }],
    [null, { public: unknown, private: unknown, direct: unknown, shared: unknown }],
  ])('applies to the kind that is known, and opens nothing otherwise: %s', async (kind, expected) => {
    const found: Record<string, object> = {};
    for (const word of ['public', 'private', 'direct', 'shared']) found[word] = await applies(kind, word);
    expect(found).toEqual(expected);
  });
});

test('a request that is capped at what was left of a budget gets what is left now', async () => {
  const draft: EffectiveDraft = {
    values: { prompt: 'x', max_acu_limit: 7 },
    sources: { prompt: 'request', max_acu_limit: 'left-today' },
  };
  const gate = gateUnder('limits: { acu_per_person_per_day: 10 }', 6);
  expect(await gate.judge({ ...requestRow({ state: 'accepted' }), draft })).toMatchObject({
    kind: 'allowed',
    draft: { values: { max_acu_limit: 4 } },
  });
});

describe('an approval that was given', () => {
  const rule = (terms: string): string => `rules: [{ name: a look, then: approve, ${terms} }]`;
  const ben = { userId: 'U2', name: 'Ben' };
  const asked = { ...requestRow({ state: 'identified' }), material: null };

  /** What the gate says under these terms to what Ben approved alone when the policy named only him. */
  async function judged(terms: string) {
    const before = await gateUnder(rule('approvers: [U2]')).judge(asked);
    if (before.kind !== 'approval') throw new Error('no approval was asked for');
    const { fingerprint } = before;
    const end = { kind: 'approved', by: ben, reason: null, atMs: 0 } as const;
    const given = { rule: 'a look', say: null, need: 1, people: [ben], fingerprint, yes: [ben], end };
    const approved = { approvals: [given], approved: ['a look'], approvedAs: fingerprint };
    return (await gateUnder(rule(terms)).judge({ ...asked, ...approved })).kind;
  }

  test.each([
    ['counts while the policy asks for no more', 'approvers: [U2]', 'allowed'],
    ['counts if others can approve, too', 'approvers: [U3, U2]', 'allowed'],
    ['is not enough if more people have to approve by now', 'approvers: [U2, U3], need: 2', 'approval'],
    ['no longer counts if others have to approve by now', 'approvers: [U3]', 'approval'],
  ])('%s', async (_what, terms, kind) => {
    expect(await judged(terms)).toBe(kind);
  });
});
