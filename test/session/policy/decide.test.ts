import { array, assert, boolean, constantFrom, option, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EffectiveDraft } from '../../../src/session/defaults.ts';
import type { StoredDraft } from '../../../src/session/fields.ts';
import {
  decide,
  rulesAt,
  SESSION_LIMIT,
  termsOf,
  type PolicyFacts,
} from '../../../src/session/policy/decide.ts';
import {
  alertsOf,
  ceilingsIn,
  limitsFrom,
  renewsAt,
  type Ceiling,
  type CeilingKey,
} from '../../../src/session/policy/limits.ts';
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
    request: {
      draft: typed({}),
      hasSessionSecrets: false,
      hasAttachments: false,
      ...request,
    },
    ceilings: [],
    at: new Date('2026-11-26T12:00:00Z'),
  };
}

function typed(values: StoredDraft): EffectiveDraft {
  return { values, sources: Object.fromEntries(Object.keys(values).map((key) => [key, 'request'])) };
}

const draft = (values: StoredDraft): Given => ({ request: { draft: typed(values) } });

/** How it would be decided, and by which rule or limit. */
function outcome(policy: Policy, asked: PolicyFacts, approved: string[] = []) {
  const { hurdles, rule } = decide(policy, asked, approved);
  const [first] = hurdles;
  if (first === undefined) return { kind: 'allowed', rule };
  return { kind: first.verdict === 'refuse' ? 'refused' : 'approval', rule: first.rule };
}

const ruled = (rule: object, given: Given = {}) =>
  outcome(policyOf({ rules: [{ name: 'r', then: 'refuse', ...rule }] }), facts(given)).kind;

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

  test.each<[string, object, StoredDraft, string]>([
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
    expect(outcome(policyOf({ rules }), facts(draft(asked))).rule).toBe(rule);
  });

  test('that allows repositories decides if and only if it would for each of them alone', () => {
    const name = constantFrom('acme/web', 'acme/api', 'Acme/WEB', 'git.acme.io/acme/web', 'other/web');
    const globs = array(constantFrom('acme/*', 'acme/web', '*/api', 'git.acme.io/acme/*'), { minLength: 1 });
    const allows = (repos: readonly string[], of: readonly string[]): boolean =>
      outcome(
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
    expect(outcome(file('refuse'), asked)).toEqual({ kind: 'refused', rule: 'a' });
    expect(outcome(file('allow'), asked)).toEqual({ kind: 'refused', rule: 'b' });
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
    expect(outcome(policy, facts())).toEqual({ kind: 'allowed', rule: 'platform team' });
    expect(decide(policy, facts({ person: { userId: 'U2' } })).hurdles).toEqual([
      { kind: 'rule', verdict: 'refuse', rule: 'nobody', say: 'Ask Bo.', field: 'prompt' },
    ]);
  });

  test('that asks for approval is satisfied only by its own approval', () => {
    const policy = policyOf({
      owners: ['U9'],
      limits: { acu_per_session: 5, over: 'approve' },
      rules: [{ name: 'a', then: 'approve' }],
    });
    const asked = (approved: string[]) => outcome(policy, facts(draft({ max_acu_limit: 9 })), approved);
    expect(asked(['b', SESSION_LIMIT])).toEqual({ kind: 'approval', rule: 'a' });
    expect(asked(['a'])).toEqual({ kind: 'approval', rule: SESSION_LIMIT });
    expect(asked(['a', SESSION_LIMIT])).toEqual({ kind: 'allowed', rule: 'a' });
  });

  test('that asks for approval names who can give it, how many are needed, and until when', () => {
    const file = { owners: ['U9'], rules: [{ name: 'a', then: 'approve' }] };
    const owner = { approvers: [{ kind: 'user', id: 'U9' }], need: 1, expiresMs: 24 * 3_600_000 };
    expect(termsOf(policyOf(file), 'a')).toEqual(owner);
    const own = { name: 'a', then: 'approve', approvers: ['S1'], need: 2, expires: '4h' };
    expect(termsOf(policyOf({ ...file, rules: [own] }), 'a')).toEqual({
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
      expect(outcome(policyOf(allowed), facts(given)).kind).toBe('refused');
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
        const closed = outcome(policy, facts({ person: { groups: known } })).kind === 'refused';
        const blind = outcome(policy, facts({ person: { groups: new Map() } })).kind;
        expect({ closed, blind }).not.toEqual({ closed: true, blind: 'allowed' });
      }),
    );
  });
});

describe('a limit for one session', () => {
  const limits = { acu_per_session: 20 };
  const capOf = (file: object, values: StoredDraft, source: 'request' | 'person' = 'request') => {
    const asked = { values, sources: Object.fromEntries(Object.keys(values).map((key) => [key, source])) };
    return decide(policyOf(file), facts({ request: { draft: asked } })).draft;
  };

  test('becomes the cap of a request without one, and of a default above it, as the policy says', () => {
    expect(capOf({ limits }, {})).toMatchObject({
      values: { max_acu_limit: 20 },
      sources: { max_acu_limit: 'policy' },
    });
    expect(capOf({ limits }, { max_acu_limit: 50 }, 'person').values).toEqual({ max_acu_limit: 20 });
    expect(capOf({ limits }, { max_acu_limit: 3 }).values).toEqual({ max_acu_limit: 3 });
  });

  test.each<[string, object, string]>([
    [
      'refuses what exceeds it, even if a rule would ask first',
      { then: 'approve', approvers: ['S1'] },
      'refused',
    ],
    ['refuses what exceeds it, even if a rule allows it', { then: 'allow' }, 'refused'],
  ])('%s', (_what, rule, kind) => {
    const policy = policyOf({ limits, rules: [{ name: 'all', ...rule }] });
    expect(outcome(policy, facts(draft({ max_acu_limit: 21 })))).toEqual({ kind, rule: SESSION_LIMIT });
    expect(decide(policy, facts(draft({ max_acu_limit: 21 }))).hurdles[0]).toMatchObject({
      kind: 'cap',
      most: 20,
      asked: 21,
    });
    expect(outcome(policy, facts(draft({ max_acu_limit: 20 }))).rule).toBe('all');
  });

  test('for open sessions and starts replaces the setting, each for itself', () => {
    const otherwise = { openSessions: 20, startsPerHour: 30 };
    expect(limitsFrom(() => policyOf({}), otherwise)()).toEqual(otherwise);
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
    const asked = facts(draft({ max_acu_limit: 21 }));
    const open = policyOf({ owners: ['S1'], limits: { ...limits, over: 'approve' } });
    expect(outcome(open, asked, [SESSION_LIMIT]).kind).toBe('allowed');
    expect(outcome(policyOf({ limits }), asked, [SESSION_LIMIT]).kind).toBe('refused');
  });

  test('is the cap that rules see', () => {
    const rules = [{ name: 'much', when: { acu_over: 10 }, then: 'refuse' }];
    expect(outcome(policyOf({ limits: { acu_per_session: 10 }, rules }), facts()).kind).toBe('allowed');
  });
});

describe('budgets', () => {
  const limits = {
    acu_per_session: 20,
    acu_per_person_per_day: 60,
    acu_per_channel_per_day: 200,
    acu_per_month: 2000,
  };
  const spent = (used: number, reserved = 0) => ({ used, reserved, sessions: 1 });
  type Spent = Partial<Record<CeilingKey, ReturnType<typeof spent>>>;
  const ceilings = (spend: Spent): Ceiling[] =>
    ceilingsIn(policyOf({ limits }).limits).map((one) => ({ ...one, ...spend[one.key] }));
  const asked = (cap: number, spend: Spent) => ({
    ...facts(draft({ max_acu_limit: cap })),
    ceilings: ceilings(spend),
  });

  test.each<[string, number, Spent, string[]]>([
    ['let a session start that fits in all', 10, { acu_per_person_per_day: spent(40, 10) }, []],
    [
      'count what is reserved',
      11,
      { acu_per_person_per_day: spent(40, 10) },
      ['limits.acu_per_person_per_day'],
    ],
    [
      'are all named, the tightest first',
      20,
      { acu_per_person_per_day: spent(50), acu_per_channel_per_day: spent(200), acu_per_month: spent(1990) },
      ['limits.acu_per_channel_per_day', 'limits.acu_per_person_per_day', 'limits.acu_per_month'],
    ],
  ])('%s', (_what, cap, spend, rules) => {
    const { hurdles } = decide(policyOf({ limits }), asked(cap, spend));
    expect(hurdles.map(({ rule }) => rule)).toEqual(rules);
  });

  test('stand beside every other hurdle, those that refuse first', () => {
    const policy = policyOf({
      limits: { ...limits, over: 'approve' },
      owners: ['U9'],
      rules: [{ name: 'a look', then: 'approve' }],
      channels: [{ match: ['#general'], set: { acu: 5 } }],
    });
    const { hurdles } = decide(policy, asked(21, { acu_per_month: spent(1999) }));
    expect(hurdles.map(({ kind, verdict }) => [kind, verdict])).toEqual([
      ['set', 'refuse'],
      ['rule', 'approve'],
      ['cap', 'approve'],
      ['budget', 'approve'],
    ]);
  });

  test('that were approved no longer refuse, while others still do, as long as the policy takes approvals', () => {
    const spend = { acu_per_person_per_day: spent(50), acu_per_month: spent(2000) };
    const approved = ['limits.acu_per_month'];
    const policy = policyOf({ limits: { ...limits, over: 'approve' }, owners: ['U9'] });
    expect(outcome(policy, asked(10, spend), approved).kind).toBe('allowed');
    expect(outcome(policy, asked(11, spend), approved)).toEqual({
      kind: 'approval',
      rule: 'limits.acu_per_person_per_day',
    });
    expect(outcome(policyOf({ limits }), asked(10, spend), approved).kind).toBe('refused');
  });

  test.each([
    [44.9, 15, []],
    [45, 0, [75]],
    [60, 0, [95]],
  ])('with %d used and %d reserved of 60 tell their owners of %j', (used, reserved, told) => {
    const alerts = alertsOf(
      ceilings({ acu_per_person_per_day: spent(used, reserved) }),
      { teamId: 'T1', userId: 'U1', channelId: 'C1' },
      new Date('2026-11-26T23:00:00Z'),
    );
    expect(alerts.map(({ percent }) => percent)).toEqual(told);
    expect(alerts.every(({ subject, period }) => subject === 'U1' && period === '2026-11-26')).toBe(true);
  });

  test.each([
    ['2026-11-26T23:59:59Z', '2026-11-27', '2026-12-01'],
    ['2026-12-31T00:00:00Z', '2027-01-01', '2027-01-01'],
  ])('renew in UTC after %s', (now, day, month) => {
    expect(renewsAt('day', new Date(now))).toEqual(new Date(`${day}T00:00:00Z`));
    expect(renewsAt('month', new Date(now))).toEqual(new Date(`${month}T00:00:00Z`));
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
  const set = { devin_mode: 'lite', max_acu_limit: 5, repos: ['acme/web'], tags: ['proj'] };

  test('sets its values where nobody typed any, by the first entry that matches', () => {
    const defaults = { max_acu_limit: 50, repos: ['other/repo'], devin_mode: 'ultra' as const };
    const asked = facts({ request: { draft: { values: defaults, sources: { repos: 'person' } } } });
    expect(decide(policy, facts()).draft.values).toEqual(set);
    expect(decide(policy, asked)).toMatchObject({ draft: { values: set }, hurdles: [] });
  });

  test.each<[StoredDraft, string[]]>([
    [{ repos: ['other/repo'] }, ['repos']],
    [{ repos: ['acme/web', 'acme/api'] }, ['repos']],
    [{ tags: ['mine'], devin_mode: 'ultra' }, ['devin_mode', 'tags']],
    [{ max_acu_limit: 6 }, ['max_acu_limit']],
    [{ max_acu_limit: 3, devin_mode: 'fast', repos: ['acme/web'], tags: ['proj'] }, []],
  ])('refuses a typed value that differs, and keeps a lower cap: %j', (values, fields) => {
    const { hurdles, draft: filled } = decide(policy, facts(draft(values)));
    expect(hurdles.map(({ field }) => field)).toEqual(fields);
    expect(hurdles.every(({ kind, verdict }) => kind === 'set' && verdict === 'refuse')).toBe(true);
    expect(filled.values).toMatchObject(values);
  });

  test('has defaults, and instructions in addition to those for everyone', () => {
    const { place: here } = facts();
    expect(rulesAt(policy, here).instructions).toBe('For all.\n\nHere.');
    expect(rulesAt(policy, here).defaults).toEqual({});
    const there = facts({ place: { channelId: 'C2', name: 'other' } }).place;
    expect(rulesAt(policy, there).instructions).toBe('For all.');
    expect(rulesAt(policy, there).defaults).toEqual({ max_acu_limit: 3, devin_mode: 'fast' });
    expect(rulesAt(policyOf({}), here).instructions).toBeNull();
  });

  test('has preferences that nobody else can set', () => {
    const preferences = { listen: 'mentions', steer: 'requester', mentions: 'off' };
    const only = policyOf({ channels: [{ match: ['C1'], ...preferences }] });
    expect(rulesAt(only, facts().place).preferences).toEqual(preferences);
    expect(rulesAt(only, facts({ place: { channelId: 'C2' } }).place).preferences).toEqual({});
  });

  test('with an unknown name has the strictest of the entries that could match', () => {
    const channels = [
      { match: ['#a'], set: { acu: 9 }, mentions: 'ask' },
      { match: ['#b'], set: { acu: 5, repos: ['acme/web'] }, steer: 'requester' },
      { match: ['C9'], listen: 'mentions' },
      { match: ['#c'], set: { acu: 1, repos: ['x/y'], tags: ['t'] }, mentions: 'off' },
    ];
    const nameless = facts({ ...draft({ repos: ['other/repo'] }), place: { channelId: 'C9', name: null } });
    const { hurdles, draft: filled } = decide(policyOf({ channels }), nameless);
    expect(filled.values.max_acu_limit).toBe(5);
    expect(hurdles).toMatchObject([{ kind: 'set', value: { repos: ['acme/web'] } }]);
    expect(rulesAt(policyOf({ channels }), nameless.place).preferences).toEqual({
      mentions: 'ask',
      steer: 'requester',
      listen: 'mentions',
    });
  });
});
