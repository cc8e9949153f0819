import { array, assert, boolean, constantFrom, integer, option, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decide,
  placeDefaults,
  placeSet,
  preferencesIn,
  SESSION_LIMIT,
  standingInstructions,
} from '../../../src/session/policy/decide.ts';
import { limitsFrom } from '../../../src/session/policy/limits.ts';
import { groupsIn, needsOf, type PolicyFacts } from '../../../src/session/policy/match.ts';
import { policySchema, type Policy } from '../../../src/session/policy/schema.ts';

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
    spend: {},
  };
}

const draft = (values: PolicyFacts['request']['draft']): Given => ({ request: { draft: values } });
const ruled = (rule: object, given: Given = {}) =>
  decide(policyOf({ rules: [{ name: 'r', then: 'refuse', ...rule }] }), facts(given)).kind;

describe('a rule', () => {
  test.each<[string, object, Given, 'refused' | 'allowed']>([
    ['without parts matches everything', {}, {}, 'refused'],
    ['matches a person', { people: ['U1'] }, {}, 'refused'],
    ["doesn't match another person", { people: ['U2'] }, {}, 'allowed'],
    ['matches an address', { people: ['*@ACME.example'] }, {}, 'refused'],
    ["doesn't match another address", { people: ['*@acme.test'] }, {}, 'allowed'],
    [
      'matches a member of a group',
      { people: ['S1'] },
      { person: { groups: new Map([['S1', true]]) } },
      'refused',
    ],
    [
      "doesn't match people outside the group",
      { people: ['S1'] },
      { person: { groups: new Map([['S1', false]]) } },
      'allowed',
    ],
    ['matches any entry of a list', { people: ['U2', 'U1'] }, {}, 'refused'],
    ['matches a channel by id', { channels: ['C1'] }, {}, 'refused'],
    ['matches a channel by name', { channels: ['#gen*'] }, {}, 'refused'],
    ["doesn't match a channel with another name", { channels: ['#proj-*'] }, {}, 'allowed'],
    ["doesn't match a conversation without a name", { channels: ['#*'] }, { place: { name: '' } }, 'allowed'],
    ['matches a kind of place', { channels: ['public'] }, {}, 'refused'],
    ["doesn't match another kind of place", { channels: ['direct', 'shared'] }, {}, 'allowed'],
    ['matches only if all its parts do', { people: ['U1'], channels: ['C2'] }, {}, 'allowed'],
    [
      'matches a repository',
      { when: { repos: ['acme/infra-*'] } },
      draft({ repos: ['a/b', 'Acme/Infra-dns'] }),
      'refused',
    ],
    ["doesn't match a task without repositories", { when: { repos: ['*'] } }, {}, 'allowed'],
    ['matches a mode', { when: { modes: ['ultra', 'f*'] } }, draft({ devin_mode: 'fast' }), 'refused'],
    ['matches a cap above its number', { when: { acu_over: 10 } }, draft({ max_acu_limit: 11 }), 'refused'],
    [
      "doesn't match a cap equal to its number",
      { when: { acu_over: 10 } },
      draft({ max_acu_limit: 10 }),
      'allowed',
    ],
    ['matches a task without a cap', { when: { acu_over: 10 } }, {}, 'refused'],
    ['matches a platform', { when: { platforms: ['*'] } }, draft({ platform: 'windows' }), 'refused'],
    ['matches a playbook', { when: { playbooks: ['p-*'] } }, draft({ child_playbook_id: 'p-1' }), 'refused'],
    ['matches a secret', { when: { secrets: ['prod'] } }, draft({ secret_ids: ['prod'] }), 'refused'],
    [
      'matches secrets for the session',
      { when: { session_secrets: true } },
      { request: { hasSessionSecrets: true } },
      'refused',
    ],
    ["doesn't match a task without session secrets", { when: { session_secrets: true } }, {}, 'allowed'],
    [
      'matches a task that leaves approvals on if it says so',
      { when: { bypass_approval: false } },
      {},
      'refused',
    ],
    ['matches a task without files if it says so', { when: { attachments: false } }, {}, 'refused'],
    ['matches files', { when: { attachments: true } }, { request: { hasAttachments: true } }, 'refused'],
    ['matches a bypass', { when: { bypass_approval: true } }, draft({ bypass_approval: true }), 'refused'],
    [
      'matches only if all its conditions do',
      { when: { repos: ['*'], acu_over: 1 } },
      draft({ max_acu_limit: 5 }),
      'allowed',
    ],
    ['ignores an empty list', { when: { playbooks: [] } }, {}, 'refused'],
  ])('%s', (_what, rule, given, expected) => {
    expect(ruled(rule, given)).toBe(expected);
  });

  test.each<[string, object, PolicyFacts['request']['draft'], string]>([
    ['all its repositories', { repos: ['acme/web', 'acme/api'] }, { repos: ['acme/web', 'acme/api'] }, 'a'],
    ['one of its repositories', { repos: ['acme/web'] }, { repos: ['acme/web', 'acme/secret'] }, 'rest'],
    ['none, since it names none,', { repos: ['*'] }, {}, 'rest'],
    ['both playbooks', { playbooks: ['p-*'] }, { playbook_id: 'p-1', child_playbook_id: 'p-2' }, 'a'],
    ['one of two playbooks', { playbooks: ['p-1'] }, { playbook_id: 'p-1', child_playbook_id: 'x' }, 'rest'],
    ['one of its secrets', { secrets: ['dev'] }, { secret_ids: ['dev', 'prod'] }, 'rest'],
    ['its mode', { modes: ['fast', 'lite'] }, { devin_mode: 'lite' }, 'a'],
    ['its platform', { platforms: ['win*'] }, { platform: 'windows' }, 'a'],
  ])('that allows a task by %s decides only if all match', (_what, when, asked, rule) => {
    const rules = [
      { name: 'a', when, then: 'allow' },
      { name: 'rest', then: 'refuse' },
    ];
    expect(decide(policyOf({ rules }), facts(draft(asked)))).toMatchObject({ rule });
  });

  test('that allows repositories decides if and only if it would for each of them alone', () => {
    const name = constantFrom('acme/web', 'acme/api', 'Acme/WEB', 'git.acme.io/acme/web', 'other/web');
    const globs = array(constantFrom('acme/*', 'acme/web', '*/api', 'git.acme.io/acme/*'), { minLength: 1 });
    const allows = (repos: readonly string[], of: readonly string[]): boolean =>
      decide(
        policyOf({
          rules: [
            { name: 'a', when: { repos }, then: 'allow' },
            { name: 'rest', then: 'refuse' },
          ],
        }),
        facts(draft({ repos: [...of] })),
      ).kind === 'allowed';
    assert(
      property(globs, array(name, { minLength: 1, maxLength: 4 }), (patterns, names) => {
        expect(allows(patterns, names)).toBe(names.every((one) => allows(patterns, [one])));
      }),
    );
  });

  test.each([
    ['acme/infra-*', 'git.acme.io/acme/infra-dns'],
    ['acme/infra-dns', 'git.acme.io/acme/infra-dns'],
    ['git.acme.io/acme/infra-*', 'acme/infra-dns'],
    ['https://git.acme.io/acme/infra-*', 'acme/infra-dns'],
  ])('for %s refuses %s, and never allows it', (pattern, repo) => {
    const file = (verdict: string) =>
      policyOf({
        rules: [
          { name: 'a', when: { repos: [pattern] }, then: verdict },
          { name: 'b', when: { repos: ['*'] }, then: verdict === 'allow' ? 'refuse' : 'allow' },
        ],
      });
    const asked = facts(draft({ repos: [repo] }));
    expect(decide(file('refuse'), asked)).toMatchObject({ kind: 'refused', rule: 'a' });
    expect(decide(file('allow'), asked)).toMatchObject({ kind: 'refused', rule: 'b' });
  });

  test.each([
    ['acme/*', 'other/acme/web'],
    ['acme/web', 'acme/web/api'],
    ['git.acme.io/acme/web', 'acme/api'],
    ['acme.io/web', 'other/web'],
  ])("for %s doesn't refuse %s", (pattern, repo) => {
    expect(ruled({ when: { repos: [pattern] } }, draft({ repos: [repo] }))).toBe('allowed');
  });

  test('that comes first decides, with its name and message', () => {
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

  test('that asks for approval is satisfied only by its own approval', () => {
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

  test('that asks for approval names who can give it, how many are needed, and until when', () => {
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

describe('an unknown fact', () => {
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

  test('makes rules match that refuse or ask for approval, and none that allow', () => {
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

  test('never allows what is refused once it is known', () => {
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

  test('becomes the cap of a request without one', () => {
    expect(decide(policyOf({ limits }), facts())).toMatchObject({ changes: { max_acu_limit: 20 } });
    expect(decide(policyOf({ limits }), facts(draft({ max_acu_limit: 3 })))).toHaveProperty('changes', {});
  });

  test('refuses what exceeds it at once, even if a rule would ask for approval first', () => {
    const rules = [{ name: 'all', then: 'approve', approvers: ['S1'] }];
    const over = facts(draft({ max_acu_limit: 21 }));
    expect(decide(policyOf({ limits, rules }), over)).toMatchObject({ kind: 'refused', most: 20 });
  });

  test('refuses what exceeds it, even if a rule allows it', () => {
    const policy = policyOf({ limits, rules: [{ name: 'all', then: 'allow' }] });
    expect(decide(policy, facts(draft({ max_acu_limit: 21 })))).toEqual({
      kind: 'refused',
      rule: 'limits.acu_per_session',
      say: null,
      most: 20,
    });
    expect(decide(policy, facts(draft({ max_acu_limit: 20 })))).toMatchObject({
      kind: 'allowed',
      rule: 'all',
    });
  });

  test('asks the owners if the policy says so', () => {
    const policy = policyOf({ owners: ['S1'], limits: { ...limits, over: 'approve' } });
    expect(decide(policy, facts(draft({ max_acu_limit: 21 })))).toEqual({
      kind: 'approval',
      rule: 'limits.acu_per_session',
      most: 20,
      say: null,
      approvers: [{ kind: 'group', id: 'S1' }],
      need: 1,
      expiresMs: 24 * 3_600_000,
      changes: {},
    });
  });

  test('leaves what is left of a ceiling as the cap, also of what needs an approval', () => {
    const file = { owners: ['S1'], limits: { acu_per_month: 30, acu_per_person_per_day: 9 } };
    const rules = [{ name: 'a', then: 'approve', say: 'Why?' }];
    const left = { changes: { max_acu_limit: 5 }, capOf: 'acu_per_person_per_day' };
    const spent = { ...facts(), spend: { acu_per_person_per_day: 4, acu_per_month: 4 } };
    expect(decide(policyOf(file), spent)).toEqual({ kind: 'allowed', rule: null, ...left });
    expect(decide(policyOf({ ...file, rules }), spent)).toMatchObject({ say: 'Why?', ...left });
    const over = { ...facts(draft({ max_acu_limit: 6 })), spend: spent.spend };
    expect(decide(policyOf(file), over)).toMatchObject({
      kind: 'refused',
      rule: 'limits.acu_per_person_per_day',
      over: { key: 'acu_per_person_per_day', most: 9, left: 5, asked: 6 },
    });
    const open = { ...file, limits: { ...file.limits, over: 'approve' } };
    expect(decide(policyOf(open), over)).toMatchObject({
      kind: 'approval',
      over: { key: 'acu_per_person_per_day', most: 9, left: 5, asked: 6 },
    });
  });

  test('for open sessions and starts replaces the setting, each for itself', () => {
    const otherwise = { openSessions: 20, startsPerHour: 30 };
    expect(limitsFrom(() => null, otherwise)()).toEqual(otherwise);
    expect(limitsFrom(() => policyOf({ limits: { open_sessions_per_person: 0 } }), otherwise)()).toEqual({
      openSessions: 0,
      startsPerHour: 30,
    });
    expect(limitsFrom(() => policyOf({ limits: { starts_per_person_per_hour: 2 } }), otherwise)()).toEqual({
      openSessions: 20,
      startsPerHour: 2,
    });
  });

  test('refuses again after its approval if the policy no longer takes approvals', () => {
    const approved = { request: { draft: { max_acu_limit: 21 }, approved: [SESSION_LIMIT] } };
    const open = policyOf({ owners: ['S1'], limits: { ...limits, over: 'approve' } });
    expect(decide(open, facts(approved)).kind).toBe('allowed');
    expect(decide(policyOf({ limits }), facts(approved)).kind).toBe('refused');
  });

  test('is the cap that rules see', () => {
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

  test('overrides what was asked for, by the first entry that matches', () => {
    const asked = draft({ max_acu_limit: 50, repos: ['other/repo'], devin_mode: 'ultra' });
    expect(decide(policy, facts(asked))).toMatchObject({
      changes: { max_acu_limit: 5, repos: ['acme/web'], tags: ['proj'], devin_mode: 'lite' },
    });
  });

  test('keeps the requested mode if it is one of several', () => {
    const { changes } = { changes: {}, ...decide(policy, facts(draft({ devin_mode: 'fast' }))) };
    expect(changes).not.toHaveProperty('devin_mode');
  });

  test('decides the same if its own values are asked for', () => {
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

  test('has defaults, and instructions in addition to those for everyone', () => {
    const { place: here } = facts();
    expect(standingInstructions(policy, here)).toBe('For all.\n\nHere.');
    expect(placeDefaults(policy, here)).toEqual({});
    const there = facts({ place: { channelId: 'C2', name: 'other' } }).place;
    expect(standingInstructions(policy, there)).toBe('For all.');
    expect(placeDefaults(policy, there)).toEqual({ max_acu_limit: 3, devin_mode: 'fast' });
    expect(standingInstructions(policyOf({}), here)).toBeNull();
  });

  test('has preferences that nobody else can set, and shows what cannot be overridden', () => {
    const preferences = { listen: 'mentions', steer: 'requester', mentions: 'off' };
    const only = policyOf({ channels: [{ match: ['C1'], set: { modes: ['lite'] }, ...preferences }] });
    const { place: here } = facts();
    const { place: there } = facts({ place: { channelId: 'C2' } });
    expect(preferencesIn(only, here)).toEqual(preferences);
    expect(preferencesIn(only, there)).toEqual({});
    expect(placeSet(only, here)).toEqual({ devin_mode: 'lite' });
    expect(placeSet(only, there)).toEqual({});
    expect(placeSet(policy, here)).toEqual({
      devin_mode: ['lite', 'fast'],
      max_acu_limit: 5,
      repos: ['acme/web'],
      tags: ['proj'],
    });
  });

  test('with an unknown name matches no named channel', () => {
    const nameless = facts({ place: { channelId: 'C9', name: null } });
    expect(decide(policy, nameless)).toHaveProperty('changes', {});
  });
});

describe('what has to be looked up to decide', () => {
  const rule = { name: 'r', then: 'refuse' };

  test.each([
    [{}, { email: false, place: false }],
    [{ rules: [{ ...rule, people: ['U1', 'S1'], channels: ['C1'] }] }, { email: false, place: false }],
    [{ rules: [{ ...rule, people: ['U1', '*@a.io'] }] }, { email: true, place: false }],
    [{ rules: [{ ...rule, channels: ['C1', '#web'] }] }, { email: false, place: true }],
    [{ channels: [{ match: ['C1', 'private'] }] }, { email: false, place: true }],
    [{ channels: [{ match: ['C1'] }] }, { email: false, place: false }],
  ])('for %j', (file, needs) => {
    expect(needsOf(policyOf(file))).toEqual(needs);
  });

  test('are the groups that rules name, each once', () => {
    const rules = [['U1', 'S1'], ['S2', '*@a.io', 'S1'], undefined].map((people, at) => ({
      ...rule,
      name: `r${at}`,
      people,
    }));
    expect(groupsIn(policyOf({ rules }))).toEqual(['S1', 'S2']);
  });
});
