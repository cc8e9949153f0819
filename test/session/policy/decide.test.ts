import { array, assert, boolean, constantFrom, integer, option, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decide,
  SESSION_LIMIT,
  placeDefaults,
  policySchema,
  standingInstructions,
} from '../../../src/session/policy/index.ts';
import type { Policy, PolicyFacts } from '../../../src/session/policy/index.ts';

const policyOf = (file: unknown): Policy => policySchema.parse(file);

type Given = {
  person?: Partial<PolicyFacts['person']>;
  place?: Partial<PolicyFacts['place']>;
  request?: Partial<PolicyFacts['request']>;
};

function facts({ person, place, request }: Given = {}): PolicyFacts {
  return {
    person: { userId: 'U1', email: 'ana@acme.example', groups: new Map(), ...person },
    place: {
      channelId: 'C1',
      name: 'general',
      is: { public: true, private: false, direct: false, shared: false },
      ...place,
    },
    request: { draft: {}, hasSessionSecrets: false, hasAttachments: false, approved: [], ...request },
  };
}

const draft = (values: PolicyFacts['request']['draft']): Given => ({ request: { draft: values } });
const ruled = (rule: object, given: Given = {}) =>
  decide(policyOf({ rules: [{ name: 'r', then: 'refuse', ...rule }] }), facts(given)).kind;

describe('a rule', () => {
  test.each<[string, object, Given, 'refused' | 'allowed']>([
    ['without parts matches everything', {}, {}, 'refused'],
    ['matches a person', { people: ['U1'] }, {}, 'refused'],
    ['spares another person', { people: ['U2'] }, {}, 'allowed'],
    ['matches an address', { people: ['*@ACME.example'] }, {}, 'refused'],
    ['spares another address', { people: ['*@acme.test'] }, {}, 'allowed'],
    [
      'matches a member of a group',
      { people: ['S1'] },
      { person: { groups: new Map([['S1', true]]) } },
      'refused',
    ],
    [
      'spares those who are in none',
      { people: ['S1'] },
      { person: { groups: new Map([['S1', false]]) } },
      'allowed',
    ],
    ['takes any entry of a list', { people: ['U2', 'U1'] }, {}, 'refused'],
    ['matches a channel by id', { channels: ['C1'] }, {}, 'refused'],
    ['matches a channel by name', { channels: ['#gen*'] }, {}, 'refused'],
    ['spares a channel of another name', { channels: ['#proj-*'] }, {}, 'allowed'],
    ['matches a kind of place', { channels: ['public'] }, {}, 'refused'],
    ['spares another kind of place', { channels: ['direct', 'shared'] }, {}, 'allowed'],
    ['wants all of its parts', { people: ['U1'], channels: ['C2'] }, {}, 'allowed'],
    [
      'matches a repository',
      { when: { repos: ['acme/infra-*'] } },
      draft({ repos: ['a/b', 'Acme/Infra-dns'] }),
      'refused',
    ],
    ['spares a task without repositories', { when: { repos: ['*'] } }, {}, 'allowed'],
    ['matches a mode', { when: { modes: ['ultra', 'f*'] } }, draft({ devin_mode: 'fast' }), 'refused'],
    ['matches a cap above its number', { when: { acu_over: 10 } }, draft({ max_acu_limit: 11 }), 'refused'],
    ['spares a cap of its number', { when: { acu_over: 10 } }, draft({ max_acu_limit: 10 }), 'allowed'],
    ['takes no cap for any number', { when: { acu_over: 10 } }, {}, 'refused'],
    ['matches a platform', { when: { platforms: ['*'] } }, draft({ platform: 'windows' }), 'refused'],
    ['matches a playbook', { when: { playbooks: ['p-*'] } }, draft({ child_playbook_id: 'p-1' }), 'refused'],
    ['matches a secret', { when: { secrets: ['prod'] } }, draft({ secret_ids: ['prod'] }), 'refused'],
    [
      'matches secrets for the session',
      { when: { session_secrets: true } },
      { request: { hasSessionSecrets: true } },
      'refused',
    ],
    ['spares a task without', { when: { session_secrets: true } }, {}, 'allowed'],
    ['matches a task without, if it says so', { when: { attachments: false } }, {}, 'refused'],
    ['matches files', { when: { attachments: true } }, { request: { hasAttachments: true } }, 'refused'],
    ['matches a bypass', { when: { bypass_approval: true } }, draft({ bypass_approval: true }), 'refused'],
    [
      'wants all that it lists',
      { when: { repos: ['*'], acu_over: 1 } },
      draft({ max_acu_limit: 5 }),
      'allowed',
    ],
    ['asks for nothing with an empty list', { when: { playbooks: [] } }, {}, 'refused'],
  ])('%s', (_what, rule, given, expected) => {
    expect(ruled(rule, given)).toBe(expected);
  });

  test('that comes first decides, with its name and what it says', () => {
    const policy = policyOf({
      rules: [
        { name: 'platform team', people: ['U1'], then: 'allow' },
        { name: 'nobody', then: 'refuse', say: 'Ask Bo.' },
      ],
    });
    expect(decide(policy, facts())).toEqual({ kind: 'allowed', rule: 'platform team', changes: {} });
    expect(decide(policy, facts({ person: { userId: 'U2' } }))).toEqual({
      kind: 'refused',
      rule: 'nobody',
      say: 'Ask Bo.',
    });
  });

  test('that asks for an approval is satisfied by its own, not by that of another rule', () => {
    const policy = policyOf({
      owners: ['U9'],
      limits: { acu_per_session: 5, over: 'approve' },
      rules: [{ name: 'a', then: 'approve' }],
    });
    const asked = (approved: string[]) =>
      decide(policy, facts({ request: { draft: { max_acu_limit: 9 }, approved } }));
    expect(asked(['b', SESSION_LIMIT])).toMatchObject({ kind: 'approval', rule: 'a' });
    expect(asked(['a'])).toMatchObject({ kind: 'approval', rule: SESSION_LIMIT });
    expect(asked(['a', SESSION_LIMIT])).toMatchObject({ kind: 'allowed', rule: 'a' });
  });

  test('that asks for an approval names who may give it, how many, and until when', () => {
    const file = { owners: ['U9'], rules: [{ name: 'a', then: 'approve' }] };
    expect(decide(policyOf(file), facts())).toMatchObject({
      kind: 'approval',
      rule: 'a',
      approvers: [{ kind: 'user', id: 'U9' }],
      need: 1,
      expiresMs: 24 * 3_600_000,
    });
    const own = { name: 'a', then: 'approve', approvers: ['S1'], need: 2, expires: '4h' };
    expect(decide(policyOf({ ...file, rules: [own] }), facts())).toMatchObject({
      approvers: [{ kind: 'group', id: 'S1' }],
      need: 2,
      expiresMs: 4 * 3_600_000,
    });
  });
});

describe('what is not known', () => {
  const unknown: Given[] = [
    { person: { groups: new Map() } },
    { person: { email: null, groups: new Map([['S1', false]]) } },
    { place: { name: null }, person: { groups: new Map([['S1', false]]) } },
    { place: { is: { public: null, private: null, direct: null, shared: null } } },
  ];
  const parts = [
    { people: ['S1'] },
    { people: ['*@x.example'] },
    { channels: ['#x'] },
    { channels: ['shared'] },
  ];

  test('makes a rule match that refuses or asks for an approval, and no rule that allows', () => {
    for (const [at, part] of parts.entries()) {
      const given = unknown[at];
      expect(ruled(part, given)).toBe('refused');
      expect(ruled({ ...part, then: 'approve', approvers: ['U9'] }, given)).toBe('approval');
      const allowed = {
        rules: [
          { name: 'a', ...part, then: 'allow' },
          { name: 'b', then: 'refuse' },
        ],
      };
      expect(decide(policyOf(allowed), facts(given)).kind).toBe('refused');
    }
  });

  test('never opens what is closed when it is known', () => {
    const rule = record({
      people: option(constantFrom(['S1'], ['S2', 'U1'], ['*@x.example']), { nil: undefined }),
      channels: option(constantFrom(['#general'], ['shared'], ['C2']), { nil: undefined }),
      then: constantFrom('allow', 'refuse'),
    });
    const groups = record({ S1: boolean(), S2: boolean() }).map((each) => new Map(Object.entries(each)));
    assert(
      property(array(rule, { maxLength: 5 }), groups, (rules, known) => {
        const policy = policyOf({ rules: rules.map((one, at) => ({ ...one, name: String(at) })) });
        const closed = decide(policy, facts({ person: { groups: known } })).kind === 'refused';
        const blind = decide(policy, facts({ person: { groups: new Map() } })).kind;
        expect({ closed, blind }).not.toEqual({ closed: true, blind: 'allowed' });
      }),
    );
  });
});

describe('a limit for one session', () => {
  const limits = { acu_per_session: 20 };

  test('is the cap of a request that has none', () => {
    expect(decide(policyOf({ limits }), facts())).toMatchObject({ changes: { max_acu_limit: 20 } });
    expect(decide(policyOf({ limits }), facts(draft({ max_acu_limit: 3 })))).toMatchObject({ changes: {} });
  });

  test('refuses what is above it, also what a rule allows', () => {
    const policy = policyOf({ limits, rules: [{ name: 'all', then: 'allow' }] });
    expect(decide(policy, facts(draft({ max_acu_limit: 21 })))).toEqual({
      kind: 'refused',
      rule: 'limits.acu_per_session',
      say: null,
    });
    expect(decide(policy, facts(draft({ max_acu_limit: 20 })))).toMatchObject({
      kind: 'allowed',
      rule: 'all',
    });
  });

  test('asks the owners, if the policy says so', () => {
    const policy = policyOf({ owners: ['S1'], limits: { ...limits, over: 'approve' } });
    expect(decide(policy, facts(draft({ max_acu_limit: 21 })))).toMatchObject({
      kind: 'approval',
      rule: 'limits.acu_per_session',
      approvers: [{ kind: 'group', id: 'S1' }],
    });
  });

  test('stands in the way again after its approval if the policy takes no approvals any more', () => {
    const approved = { request: { draft: { max_acu_limit: 21 }, approved: [SESSION_LIMIT] } };
    const open = policyOf({ owners: ['S1'], limits: { ...limits, over: 'approve' } });
    expect(decide(open, facts(approved)).kind).toBe('allowed');
    expect(decide(policyOf({ limits }), facts(approved)).kind).toBe('refused');
  });

  test('is what a rule reads as the cap', () => {
    const rules = [{ name: 'much', when: { acu_over: 10 }, then: 'refuse' }];
    expect(decide(policyOf({ limits: { acu_per_session: 10 }, rules }), facts()).kind).toBe('allowed');
  });
});

describe('a channel', () => {
  const policy = policyOf({
    instructions: 'For all.',
    channels: [
      {
        match: ['#gen*'],
        set: { modes: ['lite', 'fast'], acu: 5, repos: ['acme/web'], tags: ['proj'] },
        instructions: 'Here.',
      },
      { match: ['C1'], set: { acu: 1 } },
      { match: ['C2'], defaults: { acu: 3, modes: ['fast'] } },
    ],
  });

  test('sets values whatever was asked for, by the first entry that matches', () => {
    const asked = draft({ max_acu_limit: 50, repos: ['other/repo'], devin_mode: 'ultra' });
    expect(decide(policy, facts(asked))).toMatchObject({
      changes: { max_acu_limit: 5, repos: ['acme/web'], tags: ['proj'], devin_mode: 'lite' },
    });
  });

  test('leaves the mode that was asked for if it is one of several', () => {
    const { changes } = { changes: {}, ...decide(policy, facts(draft({ devin_mode: 'fast' }))) };
    expect(changes).not.toHaveProperty('devin_mode');
  });

  test('decides the same when what it set is asked for', () => {
    assert(
      property(integer({ min: 1, max: 99 }), constantFrom('ultra', 'fast', 'lite'), (acu, mode) => {
        const asked = { max_acu_limit: acu, devin_mode: mode } as const;
        const first = decide(policy, facts(draft(asked)));
        const changed = { ...asked, ...('changes' in first && first.changes) };
        const second = decide(policy, facts(draft(changed)));
        expect({ ...changed, ...('changes' in second && second.changes) }).toEqual(changed);
      }),
    );
  });

  test('has defaults, and instructions beside those for all', () => {
    const { place: here } = facts();
    expect(standingInstructions(policy, here)).toBe('For all.\n\nHere.');
    expect(placeDefaults(policy, here)).toEqual({});
    const there = facts({ place: { channelId: 'C2', name: 'other' } }).place;
    expect(standingInstructions(policy, there)).toBe('For all.');
    expect(placeDefaults(policy, there)).toEqual({ max_acu_limit: 3, devin_mode: 'fast' });
    expect(standingInstructions(policyOf({}), here)).toBeNull();
  });

  test('whose name is not known is none of those that are named', () => {
    const nameless = facts({ place: { channelId: 'C9', name: null } });
    expect(decide(policy, nameless)).toMatchObject({ changes: {} });
  });
});
