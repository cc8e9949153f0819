import { beforeAll, describe, expect, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import { useGovernedWorld } from '../support/governed.ts';
import { cardOf, homeOf, sessionOf, settledForm, addOptions } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';

const CREATE = { method: 'POST', path: '/sessions' } as const;
const INFRA = '--repo acme/infra-dns';

const POLICY = `
owners: [S0OWNERS]
instructions: Follow CONTRIBUTING.md.
limits: { acu_per_session: 20, open_sessions_per_person: 3 }
rules:
  - name: the platform team may
    people: [S0PLATFORM]
    then: allow
  - name: nobody else touches infrastructure
    when: { repos: ["acme/infra-*"] }
    then: refuse
    say: "Ask in #platform."
  - name: no contractors in shared channels
    people: ["*@contractor.example"]
    channels: [shared]
    then: refuse
  - name: nobody of this group
    people: [S0CLOSED]
    then: refuse
channels:
  - match: ["#proj-*"]
    set: { modes: [lite], acu: 5, repos: [acme/web], tags: [proj] }
    instructions: Ask before adding a dependency.
  - match: ["#quiet-*"]
    mentions: "off"
    defaults: { acu: 7 }
`;

const world = useGovernedWorld(POLICY);
const change = async (policy: string): Promise<void> => world().change(policy);
const metric = async (): Promise<string> => (await fetch(`${world().address}/metrics`)).text();

/** A person's Home, once it is complete. */
async function homeWords(userId: string): Promise<string> {
  const { slack } = world();
  await slack.openHome(userId);
  return (await homeOf(slack, userId, /Runs as|can't start/)).text;
}

beforeAll(() => {
  world().slack.setGroup('S0PLATFORM', []);
  world().slack.setGroup('S0CLOSED', []);
});

const someone = (name = 'of', person = {}, channel = {}) => someoneIn(world(), { name, person, channel });

describe('a rule of the policy', () => {
  test('refuses in its words, and gives back what was typed', async () => {
    const { place, type, own } = someone();
    await type(`fix it now ${INFRA}`);
    const words = world().slack.renderText(await toldTo(world(), place, 'Ask in #platform.'));
    expect(words).toMatch(/What you typed:\s+```\s+fix it now\s+```\s+Repositories: acme\/infra-dns/);
    expect(own()).toHaveLength(0);
  });

  test("doesn't apply to people it doesn't name", async () => {
    const { ana, type, own } = someone();
    await type('fix it now --repo acme/web');
    const session = await sessionOf(world().devin, ana.devinUserId);
    expect(session.request).toMatchObject({ repos: ['acme/web'], max_acu_limit: 20 });
    expect(session.request.prompt).toContain('Follow CONTRIBUTING.md.');
    expect(own()).toHaveLength(1);
  });

  test('matches addresses and shared channels', async () => {
    const outside = { email: 'ana@contractor.example' };
    const inside = someone('inside', outside);
    await inside.type('fix it now');
    await sessionOf(world().devin, inside.ana.devinUserId);
    const other = someone('shared', { email: 'ben@contractor.example' }, { isExternal: true });
    await other.type('fix it now');
    await toldTo(world(), other.place, 'no contractors in shared channels');
    expect(other.own()).toHaveLength(0);
  });

  test('matches session secrets, also in a form from before the rule', async () => {
    const { ana, channelId, type, own, place } = someone('vault');
    const { slack } = world();
    await type('use it --acu many');
    const told = await toldTo(world(), place, 'use it');
    await slack.clickButton(ana.userId, { channelId, ts: told.ts }, 'open_form');
    const form = await settledForm(slack, ana.userId);
    await addOptions(slack, form);
    slack.typeIn(form.id, { 'field.session_secrets': 'TOKEN=abc' });
    const rule = '{ name: no own secrets, when: { session_secrets: true }, then: refuse }';
    await change(POLICY.replace('rules:', `rules:\n  - ${rule}`));
    const answer = await slack.submit(form.id, ana.userId);
    expect(JSON.stringify(answer)).toMatch(/field\.session_secrets.*no own secrets/);
    expect(own()).toHaveLength(0);
    await change(POLICY);
  });
});

describe('a channel of the policy', () => {
  test('sets its values, adds its instructions, and keeps a lower cap', async () => {
    const { ana, type } = someone('proj');
    await type('fix it now --acu 3');
    const { request } = await sessionOf(world().devin, ana.devinUserId);
    expect(request).toMatchObject({ devin_mode: 'lite', max_acu_limit: 3, repos: ['acme/web'] });
    expect(request.tags).toContain('proj');
    expect(request.prompt).toContain('Ask before adding a dependency.');
  });

  test('refuses other values, each with its own, and the form starts with those', async () => {
    const { slack, devin } = world();
    const { ana, channelId, type, place, own } = someone('proj');
    await type('fix it now --mode ultra --acu 9 --repo acme/other --tag mine');
    const told = await toldTo(world(), place, 'This channel sets');
    const words = slack.renderText(told);
    for (const value of ['Repositories: acme/web', 'Mode: lite', 'ACU cap: 5', 'Tags: proj'])
      expect(words).toContain(`This channel sets ${value}.`);
    expect(words).toMatch(/What you typed:\s+```\s+fix it now/);
    expect(own()).toHaveLength(0);
    await slack.clickButton(ana.userId, { channelId, ts: told.ts }, 'open_form');
    const form = await settledForm(slack, ana.userId);
    expect((await slack.submit(form.id, ana.userId)).kind).toBe('closed');
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request).toMatchObject({ devin_mode: 'lite', max_acu_limit: 5, repos: ['acme/web'] });
  });

  test('has defaults, and can turn mentions off', async () => {
    const { ana, channelId, type, place, own } = someone('quiet');
    const { slack } = world();
    await slack.speak(ana.userId, channelId, `<@${slack.workspace.botUserId}> fix it now`);
    await toldTo(world(), place, 'starts nothing here');
    expect(own()).toHaveLength(0);
    await type('fix it now');
    const { request } = await sessionOf(world().devin, ana.devinUserId);
    expect(request.max_acu_limit).toBe(7);
  });
});

describe('a policy that changes', () => {
  test("applies to requests that weren't sent yet", async () => {
    const { slack, devin } = world();
    const { ana, channelId, type, own } = someone();
    const busy = devin.fail(CREATE, { status: 429, retryAfter: 1, times: Infinity });
    await type(`fix it for ${ana.name}`);
    await cardOf(slack, channelId, (text) => text.includes('busy'));
    await change(`rules:\n  - {name: a freeze, people: [${ana.userId}], then: refuse}`);
    await slack.waitForMessage(channelId, (message) => slack.renderText(message).includes('a freeze'));
    busy.clear();
    expect(own()).toHaveLength(0);
    await change(POLICY);
  });

  test("sets its values in requests that weren't sent yet", async () => {
    const { slack, devin } = world();
    const { ana, channelId, type } = someone('later');
    const busy = devin.fail(CREATE, { status: 429, retryAfter: 1, times: Infinity });
    await type('fix it now');
    await cardOf(slack, channelId, (text) => text.includes('busy'));
    await change(`${POLICY}  - match: ["#later-*"]\n    set: { acu: 5 }\n`);
    busy.clear();
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request.max_acu_limit).toBe(5);
    await change(POLICY);
  });

  test('stays in force while its file has errors, and says so in metrics, log and the Home of admins', async () => {
    expect(await metric()).toContain('devin_slack_file_ok{file="policy"} 1');
    await change('rules: [');
    expect(await metric()).toContain('devin_slack_file_ok{file="policy"} 0');
    expect(world().logText()).toContain('the last valid one stays in force');
    const admin = addColleague(world(), { isAdmin: true });
    expect(await homeWords(admin.userId)).toContain('The policy has errors');
    const { ana, place, type } = someone();
    expect(await homeWords(ana.userId)).not.toContain('olicy');
    await type(`fix it now ${INFRA}`);
    await toldTo(world(), place, 'Ask in #platform.');
    await change(POLICY);
    expect(await metric()).toContain('devin_slack_file_ok{file="policy"} 1');
  });
});

test("a group that Slack can't look up still refuses, and allows nothing", async () => {
  const { slack } = world();
  slack.fail('usergroups.users.list', { error: 'missing_scope', times: Infinity });
  await change(
    'rules:\n  - {name: open, people: [S0UNKNOWN], then: allow}\n  - {name: closed, people: [S0OTHER], then: refuse}',
  );
  const { place, type, own } = someone();
  await type('fix it now');
  await toldTo(world(), place, 'closed');
  expect(own()).toHaveLength(0);
  await change(POLICY);
});

describe('a rule for a kind of place', () => {
  const kinds = ['shared', 'private', 'public', 'direct'] as const;
  const refuse = kinds.map((kind) => `{ name: in ${kind}, channels: [${kind}], then: refuse }`);
  const world = useGovernedWorld(`rules: [${refuse.join(', ')}]`);

  test.each(kinds)('applies to a task in a place that is %s, and no other does', async (kind) => {
    const { slack } = world();
    const channel = { isExternal: kind === 'shared', isPrivate: kind === 'private' };
    const { ana, ...who } = someoneIn(world(), { channel });
    const channelId = kind === 'direct' ? slack.directMessages(ana.userId) : who.channelId;
    await slack.command(ana.userId, channelId, 'fix the flaky test');
    await slack.waitForMessage(channelId, (message) =>
      slack.renderText(message).includes(`allow this. (Rule: in ${kind})`),
    );
  });
});
