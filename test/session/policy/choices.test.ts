import { describe, expect, test } from 'vitest';
import { choicesOf, isOffered, refusalsOf } from '../../../src/session/policy/choices.ts';
import type { PolicyFacts } from '../../../src/session/policy/match.ts';
import { policySchema } from '../../../src/session/policy/schema.ts';

const FACTS: PolicyFacts = {
  person: { userId: 'U1', email: 'ana@acme.example', groups: new Map() },
  place: {
    channelId: 'C1',
    name: 'proj-x',
    is: { public: true, private: false, direct: false, shared: false },
  },
  request: { draft: {}, hasSessionSecrets: false, hasAttachments: false, approved: [] },
  spend: {},
};

const EVERY_MODE = ['normal', 'fast', 'lite', 'ultra', 'fusion'];

function choices(file: object, draft: PolicyFacts['request']['draft'] = {}) {
  const request = { ...FACTS.request, draft };
  return choicesOf(policySchema.parse(file), { ...FACTS, request });
}

const refusing = (when: object) => ({ rules: [{ name: 'r', when, then: 'refuse' }] });

describe('the choices in a form', () => {
  test('are everything if no rule is about them', () => {
    expect(choices({})).toEqual({
      closed: null,
      set: {},
      modes: EVERY_MODE,
      instructions: null,
      most: null,
      budgets: [],
      approvals: [],
      needsCap: false,
      refused: [],
      faulty: [],
    });
  });

  test('exclude modes that a rule refuses', () => {
    const { modes, refused } = choices(refusing({ modes: ['ultra', 'f*'] }));
    expect(modes).toEqual(['normal', 'lite']);
    expect(refused).toEqual([]);
  });

  test('exclude fields of which a rule refuses every value', () => {
    const rules = [
      { session_secrets: true },
      { attachments: true },
      { bypass_approval: true },
      { platforms: ['*'] },
      { playbooks: ['*'] },
      { repos: ['*'] },
      { secrets: ['*'] },
    ].map((when, at) => ({ name: `r${at}`, when, then: 'refuse' }));
    expect(choices({ rules }).refused.toSorted()).toEqual(
      [
        'attachment_urls',
        'bypass_approval',
        'child_playbook_id',
        'platform',
        'playbook_id',
        'repos',
        'secret_ids',
        'session_secrets',
      ].toSorted(),
    );
  });

  test('include fields of which a rule refuses some values', () => {
    expect(choices(refusing({ platforms: ['windows*'] })).refused).toEqual([]);
  });

  test.each([
    [{ limits: { acu_per_session: 20 } }, 20, false],
    [{ limits: { acu_per_session: 1 } }, 1, false],
    [{ limits: { acu_per_session: 20, over: 'approve' }, owners: ['U2'] }, null, false],
    [refusing({ acu_over: 10 }), 10, true],
    [{ ...refusing({ acu_over: 30 }), limits: { acu_per_session: 20 } }, 20, false],
    [{ ...refusing({ acu_over: 10 }), limits: { acu_per_session: 20 } }, 10, true],
    [
      {
        rules: [
          { name: 'ultra', when: { acu_over: 5, modes: ['ultra'] }, then: 'refuse' },
          { name: 'all', when: { acu_over: 10 }, then: 'refuse' },
        ],
      },
      10,
      true,
    ],
    [{ limits: { acu_per_month: 7 } }, 7, false],
  ])('name the highest cap: %j', (file, most, needsCap) => {
    expect(choices(file)).toMatchObject({ most, needsCap, faulty: [] });
  });

  test('include what the channel sets, and the modes it allows', () => {
    const set = { acu: 5, repos: ['acme/web'], tags: ['proj'] };
    const one = choices({ channels: [{ match: ['#proj-*'], set: { ...set, modes: ['lite'] } }] });
    expect(one.set).toEqual({
      max_acu_limit: 5,
      repos: ['acme/web'],
      tags: ['proj'],
      devin_mode: 'lite',
    });
    const two = choices({ channels: [{ match: ['#proj-*'], set: { modes: ['lite', 'fast'] } }] });
    expect(two.set).toEqual({});
    expect(two.modes).toEqual(['lite', 'fast']);
  });

  test('are nothing for a person a rule always refuses', () => {
    const rules = [
      { name: 'no fast', when: { modes: ['fast'] }, then: 'refuse' },
      { name: 'nobody', people: ['*@acme.example'], then: 'refuse', say: 'Ask Ben.' },
    ];
    expect(choices({ rules }, { repos: ['acme/web'] })).toMatchObject({
      closed: { rule: 'nobody', say: 'Ask Ben.' },
      needsCap: false,
      refused: [],
      faulty: [],
    });
  });

  test.each([
    [
      [
        { name: 'docs', when: { repos: ['acme/docs'] }, then: 'allow' },
        { name: 'rest', then: 'refuse' },
      ],
    ],
    [
      [
        { name: 'all', then: 'allow' },
        { name: 'rest', then: 'refuse' },
      ],
    ],
    [[{ name: 'others', people: ['U2'], then: 'refuse' }]],
    [[{ name: 'infra', when: { repos: ['acme/infra'] }, then: 'refuse' }]],
  ])('are something if a rule allows anything: %j', (rules) => {
    expect(choices({ rules }).closed).toBeNull();
  });

  test('name values that are refused by themselves', () => {
    const file = refusing({ repos: ['acme/infra-*'] });
    const { faulty, modes } = choices(file, { repos: ['acme/web', 'acme/infra-dns'], devin_mode: 'fast' });
    expect(faulty).toEqual([{ key: 'repos', rule: 'r', say: null }]);
    expect(modes).toEqual(EVERY_MODE);
  });

  test('depend on what was already chosen', () => {
    const file = refusing({ repos: ['acme/infra-*'], modes: ['ultra'] });
    expect(choices(file).modes).toEqual(EVERY_MODE);
    expect(choices(file, { repos: ['acme/infra-dns'] }).modes).not.toContain('ultra');
  });

  test('exclude what a rule refuses also while another rule refuses the request', () => {
    const rules = [{ repos: ['acme/infra-*'] }, { modes: ['ultra'] }, { attachments: true }].map(
      (when, at) => ({ name: `r${at}`, when, then: 'refuse' }),
    );
    expect(choices({ rules }, { repos: ['acme/infra-dns'] }).modes).not.toContain('ultra');
  });

  test('name the cap of a session above which it needs approval', () => {
    const limits = { acu_per_session: 20, over: 'approve' };
    const { approvals } = choices({ owners: ['U2'], limits });
    expect(approvals).toMatchObject([{ rule: 'limits.acu_per_session', when: { acu_over: 20 } }]);
    expect(choices({ limits: { ...limits, over: 'refuse' } }).approvals).toEqual([]);
  });
});

describe('a value of a list', () => {
  const offered = (file: object, lookup: 'repositories' | 'playbooks' | 'knowledge', value: string) =>
    isOffered(refusalsOf(policySchema.parse(file), FACTS), lookup, value);

  test.each([
    ['repositories', 'acme/web', true],
    ['repositories', 'acme/infra-dns', false],
    ['repositories', 'https://github.com/acme/infra-dns/tree/main', false],
    ['playbooks', 'playbook-secret', false],
    ['playbooks', 'playbook-other', true],
    ['knowledge', 'acme/infra-dns', true],
  ] as const)('of %s is offered if no rule refuses it: %s', (lookup, value, isIt) => {
    const rules = [
      { name: 'repos', when: { repos: ['acme/infra-*'] }, then: 'refuse' },
      { name: 'playbooks', when: { playbooks: ['playbook-secret'] }, then: 'refuse' },
    ];
    expect(offered({ rules }, lookup, value)).toBe(isIt);
  });

  test('name what needs approval: rules for this person and place, and the lowest limit', () => {
    const file = {
      owners: ['U2'],
      limits: { acu_per_session: 20, acu_per_month: 100, over: 'approve' },
      rules: [
        { name: 'others', people: ['U9'], then: 'approve' },
        { name: 'infra', when: { repos: ['acme/infra-*'] }, then: 'approve', say: 'Link the ticket.' },
        { name: 'no ultra', when: { modes: ['ultra'] }, then: 'refuse' },
        { name: 'every one', channels: ['C1'], then: 'approve' },
        { name: 'never reached', then: 'approve' },
      ],
    };
    const { approvals } = choicesOf(policySchema.parse(file), { ...FACTS, spend: { acu_per_month: 93.5 } });
    expect(approvals.map(({ rule, say, when }) => [rule, say, when?.repos, when?.acu_over])).toEqual([
      ['infra', 'Link the ticket.', ['acme/infra-*'], undefined],
      ['every one', null, undefined, undefined],
      ['limits.acu_per_month', null, [], 6],
    ]);
  });
});
