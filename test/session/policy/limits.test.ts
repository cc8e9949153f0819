import { describe, expect, test } from 'vitest';
import type { StoredDraft } from '../../../src/session/fields.ts';
import { decide } from '../../../src/session/policy/decide.ts';
import { renewsAt, type Spend } from '../../../src/session/policy/limits.ts';
import type { PolicyFacts } from '../../../src/session/policy/match.ts';
import { policySchema } from '../../../src/session/policy/schema.ts';

const LIMITS = { acu_per_person_per_day: 60, acu_per_channel_per_day: 200, acu_per_month: 2000 };

const policyOf = (limits: object, rest: object = {}) => policySchema.parse({ limits, ...rest });

function facts(draft: StoredDraft, spend: Spend = {}, approved: string[] = []): PolicyFacts {
  return {
    person: { userId: 'U1', email: null, groups: new Map() },
    place: {
      channelId: 'C1',
      name: null,
      is: { public: true, private: false, direct: false, shared: false },
    },
    request: { draft, hasSessionSecrets: false, hasAttachments: false, approved },
    spend,
  };
}

const decided = (limits: object, draft: StoredDraft, spend?: Spend) =>
  decide(policyOf(limits), facts(draft, spend));

describe('a request with a cap', () => {
  test('is allowed up to what is left', () => {
    const spend = { acu_per_person_per_day: 50 };
    expect(decided(LIMITS, { max_acu_limit: 10 }, spend).kind).toBe('allowed');
    expect(decided(LIMITS, { max_acu_limit: 11 }, spend)).toMatchObject({
      kind: 'refused',
      rule: 'limits.acu_per_person_per_day',
      over: { key: 'acu_per_person_per_day', most: 60, left: 10, asked: 11 },
    });
  });

  test('is refused by the lowest of the ceilings it exceeds', () => {
    const spend = { acu_per_person_per_day: 55, acu_per_channel_per_day: 198, acu_per_month: 10 };
    expect(decided(LIMITS, { max_acu_limit: 10 }, spend)).toMatchObject({
      rule: 'limits.acu_per_channel_per_day',
    });
  });

  test('needs an approval instead if the policy says so', () => {
    const policy = policyOf({ acu_per_month: 20, over: 'approve' }, { owners: ['U9'] });
    expect(decide(policy, facts({ max_acu_limit: 10 }, { acu_per_month: 15 }))).toMatchObject({
      kind: 'approval',
      rule: 'limits.acu_per_month',
      approvers: [{ kind: 'user', id: 'U9' }],
      over: { left: 5, asked: 10 },
    });
  });

  test('is refused by a rule before a ceiling', () => {
    const policy = policyOf({ acu_per_month: 1 }, { rules: [{ name: 'no', then: 'refuse' }] });
    expect(decide(policy, facts({ max_acu_limit: 10 }))).toMatchObject({ kind: 'refused', rule: 'no' });
  });
});

describe('a request without a cap', () => {
  test('gets what is left of the lowest ceiling, in whole ACU', () => {
    const spend = { acu_per_person_per_day: 10.5, acu_per_month: 1987.1 };
    expect(decided(LIMITS, {}, spend)).toEqual({
      kind: 'allowed',
      rule: null,
      changes: { max_acu_limit: 12 },
      capOf: 'acu_per_month',
    });
  });

  test('gets the session cap first, and is refused if that exceeds what is left', () => {
    const limits = { ...LIMITS, acu_per_session: 20 };
    expect(decided(limits, {})).toMatchObject({ changes: { max_acu_limit: 20 }, capOf: undefined });
    expect(decided(limits, {}, { acu_per_person_per_day: 45 })).toMatchObject({
      kind: 'refused',
      over: { left: 15, asked: 20 },
    });
  });

  test('is refused if less than one ACU is left', () => {
    expect(decided(LIMITS, {}, { acu_per_month: 1999 })).toMatchObject({ changes: { max_acu_limit: 1 } });
    expect(decided(LIMITS, {}, { acu_per_month: 1999.5 })).toMatchObject({
      kind: 'refused',
      rule: 'limits.acu_per_month',
      over: { left: 0.5, asked: null },
    });
  });

  test('stays without a cap if there is no ceiling', () => {
    expect(decided({}, {})).toEqual({ kind: 'allowed', rule: null, changes: {}, capOf: undefined });
  });
});

describe('an approved ceiling', () => {
  const approved = ['limits.acu_per_month'];
  const spend = { acu_per_person_per_day: 50, acu_per_month: 2000 };
  const policy = policyOf({ ...LIMITS, over: 'approve' }, { owners: ['U9'] });

  test('no longer refuses, while others still do', () => {
    expect(decide(policy, facts({ max_acu_limit: 10 }, spend, approved)).kind).toBe('allowed');
    expect(decide(policy, facts({ max_acu_limit: 11 }, spend, approved))).toMatchObject({
      kind: 'approval',
      rule: 'limits.acu_per_person_per_day',
    });
    expect(decide(policy, facts({}, spend, approved))).toMatchObject({ changes: { max_acu_limit: 10 } });
  });

  test('refuses again if the policy no longer takes approvals', () => {
    expect(decide(policyOf(LIMITS), facts({ max_acu_limit: 10 }, spend, approved)).kind).toBe('refused');
  });
});

test.each([
  ['2026-11-26T23:59:59Z', '2026-11-27', '2026-12-01'],
  ['2026-12-31T00:00:00Z', '2027-01-01', '2027-01-01'],
])('a new day and month begin in UTC after %s', (now, day, month) => {
  expect(renewsAt('day', new Date(now))).toEqual(new Date(`${day}T00:00:00Z`));
  expect(renewsAt('month', new Date(now))).toEqual(new Date(`${month}T00:00:00Z`));
});
