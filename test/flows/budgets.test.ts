import { describe, expect, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import { foreignSession } from '../support/foreign.ts';
import { sameDay, useGovernedWorld } from '../support/governed.ts';
import { cardOf, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const CREATE = { method: 'POST', path: '/sessions' } as const;
const LIMITS = 'limits: { acu_per_person_per_day: 12, acu_per_channel_per_day: 100 }';
const RULE = 'rule: limits.acu_per_person_per_day';

const world = useGovernedWorld(LIMITS, { overrides: { now: sameDay(), watchTimes: { fastestMs: 20 } } });

function someone() {
  const who = someoneIn(world(), { name: 'budgets' });
  const { name } = who.ana;
  return {
    ...who,
    type: async (text: string) => who.type(`${text} for ${name}`),
    started: async (task: string) =>
      world().devin.waitForSession(({ request }) => request.prompt.includes(`${task} for ${name}`)),
  };
}

describe('a daily budget of a person', () => {
  test('refuses what could exceed it, and says what is left, when it resets, and what to do', async () => {
    const { type, own, started, place } = someone();
    await type('--acu 8 the first');
    await started('the first');
    await type('--acu 5 the second');
    const told = await toldTo(world(), place, RULE);
    const words = world().slack.renderText(told);
    expect(words).toContain("You have 4 of 12 ACU left today. This session's cap is 5 ACU.");
    expect(told.text).toMatch(
      /More is available from <!date\^\d+\^\u200B\{date_short_pretty\}, \{time\}\|.+ 00:00 UTC>/,
    );
    expect(words).toContain('`--acu 4`');
    expect(words).toContain('the second');
    expect(own()).toHaveLength(1);
    await type('--acu 4 the third');
    await started('the third');
  });

  test('caps a session without a cap, and the card says so', async () => {
    const { channelId, type, started, own, place } = someone();
    await type('--acu 5 the first');
    await started('the first');
    await type('the second');
    const second = await started('the second');
    expect(second.request.max_acu_limit).toBe(7);
    await cardOf(
      world().slack,
      channelId,
      (text) => text.includes(second.url) && text.includes('Capped at 7 ACU: what is left today.'),
    );
    await type('the third');
    const told = await toldTo(world(), place, RULE);
    expect(world().slack.renderText(told)).toContain('You have 0 of 12 ACU left today.');
    expect(own()).toHaveLength(2);
  });

  test('is shown in the form', async () => {
    const { slack } = world();
    const { ana, type, started, channelId } = someone();
    await type('--acu 5 the first');
    await started('the first');
    await slack.command(ana.userId, channelId, '');
    const form = await settledForm(slack, ana.userId);
    expect(slack.renderText(form.id)).toContain('You have 7 of 12 ACU left today');
  });

  test("gets back what a session didn't use", async () => {
    const { channelId, type, started, place } = someone();
    await type('--acu 12 the first');
    const first = await started('the first');
    await type('--acu 10 the second');
    await toldTo(world(), place, RULE);
    world().devin.advance(first.id, { status: 'exit', acus: 1.5 });
    await cardOf(world().slack, channelId, (text) => text.includes(first.url) && text.includes('1.5 of 12'));
    await type('--acu 10 the third');
    await started('the third');
  });

  test('gets back everything reserved for a refused request', async () => {
    const { channelId, type, own, started } = someone();
    world().devin.fail(CREATE, { status: 400, times: 1 });
    await type('--acu 12 the first');
    await cardOf(world().slack, channelId, (text) => text.includes('Not started'));
    await type('--acu 12 the second');
    await started('the second');
    expect(own()).toHaveLength(1);
  });

  test('keeps what is reserved for an unconfirmed session', async () => {
    const { slack, devin } = world();
    const { channelId, type, own, place } = someone();
    devin.fail(CREATE, { times: 1 });
    await type('--acu 12 what got lost');
    await slack.waitForMessage(channelId, (message) => slack.renderText(message).includes('[Start anyway]'));
    await type('--acu 1 another');
    await toldTo(world(), place, RULE);
    expect(own()).toHaveLength(0);
  });
});

describe('owners of the policy', () => {
  test('are told once that a budget is nearly used up, people and members of user groups', async () => {
    const { slack } = world();
    const [owner, member] = [addColleague(world()), addColleague(world())];
    slack.setGroup('S0OWNERS', [owner.userId, member.userId]);
    await world().change(`${LIMITS}\nowners: [${owner.userId}, S0OWNERS]`);
    const { ana, type, started, own } = someone();
    await type('--acu 8 the first');
    await started('the first');
    await type('--acu 1 the second');
    await started('the second');
    const alertsTo = (userId: string) =>
      slack
        .messages(slack.directMessages(userId))
        .filter(({ text }) => text.includes(`Daily budget of <@${ana.userId}>`))
        .map(({ text }) => text);
    const hears = async (userId: string, count: number) =>
      slack.waitFor(() => (alertsTo(userId).length === count ? true : undefined), {
        what: `${count} alerts`,
      });
    await hears(owner.userId, 1);
    await hears(member.userId, 1);
    expect(alertsTo(owner.userId)[0]).toContain('75% used or reserved\n9 of 12 ACU for 20');
    await type('--acu 1 the third');
    await started('the third');
    await type('--acu 2 the fourth');
    await started('the fourth');
    await hears(owner.userId, 2);
    await hears(member.userId, 2);
    expect(alertsTo(member.userId).at(-1)).toContain('95% used or reserved\n12 of 12 ACU');
    expect(own()).toHaveLength(4);
    expect(slack.problems).toEqual([]);
    await world().change(LIMITS);
  });

  test('are told of a budget that was nearly used up before the policy named them', async () => {
    const { slack } = world();
    const owner = addColleague(world());
    const { ana, type, started } = someone();
    await type('--acu 9 the first');
    await started('the first');
    await world().change(`${LIMITS}\nowners: [${owner.userId}]`);
    await type('--acu 1 the second');
    const told = await slack.waitForMessage(slack.directMessages(owner.userId), ({ text }) =>
      text.includes(`Daily budget of <@${ana.userId}>`),
    );
    expect(told.text).toContain('10 of 12 ACU');
    await world().change(LIMITS);
  });
});

test('owners of the policy are told of a session that uses more than its cap', async () => {
  const { slack, devin } = world();
  const owner = addColleague(world());
  await world().change(`${LIMITS}\nowners: [${owner.userId}]`);
  const { ana, type, started } = someone();
  await type('--acu 8 the first');
  const session = await started('the first');
  devin.advance(session.id, { acus: 11.5 });
  const direct = slack.directMessages(owner.userId);
  const told = await slack.waitForMessage(direct, ({ text }) =>
    text.includes(`Daily budget of <@${ana.userId}>`),
  );
  expect(told.text).toContain('95% used or reserved\n11.5 of 12 ACU');
  await world().change(LIMITS);
});

describe('a budget that can be exceeded with approval', () => {
  test('lets an approved session start, and still refuses the next', async () => {
    const { slack } = world();
    const owner = addColleague(world());
    const rule = '{ acu_per_person_per_day: 12, over: approve }';
    await world().change(`limits: ${rule}\nowners: [${owner.userId}]`);
    const { type, started, own } = someone();
    await type('--acu 8 the first');
    await started('the first');
    const direct = slack.directMessages(owner.userId);
    const asked = async (task: string) =>
      slack.waitForMessage(direct, (message) => {
        const words = slack.renderText(message);
        return words.includes('limits.acu_per_person_per_day') && words.includes(task);
      });
    await type('--acu 10 the second');
    const { ts } = await asked('the second');
    expect(own()).toHaveLength(1);
    await slack.clickButton(owner.userId, { channelId: direct, ts }, 'approve_request');
    await started('the second');
    await type('--acu 1 the third');
    await asked('the third');
    expect(own()).toHaveLength(2);
    await world().change(LIMITS);
  });
});

describe('a monthly budget that can be exceeded with approval', () => {
  test('shows the approver what is left, lets the approved session start, and refuses the next', async () => {
    const { slack } = world();
    const owner = addColleague(world());
    await world().change(`limits: { acu_per_month: 1, over: approve }\nowners: [${owner.userId}]`);
    const { type, started, own } = someone();
    const direct = slack.directMessages(owner.userId);
    const asked = async (task: string) =>
      slack.waitForMessage(direct, (message) => slack.renderText(message).includes(task));
    await type('--acu 2 the first');
    const message = await asked('the first');
    expect(slack.renderText(message)).toContain('Up to 2 ACU.');
    expect(slack.renderText(message)).toMatch(/When this was asked, [01] of 1 ACU were left\./);
    expect(own()).toHaveLength(0);
    await slack.clickButton(owner.userId, { channelId: direct, ts: message.ts }, 'approve_request');
    await started('the first');
    await type('--acu 2 the second');
    const second = await asked('the second');
    expect(slack.renderText(second)).toContain('0 of 1 ACU were left.');
    expect(own()).toHaveLength(1);
    await world().change(LIMITS);
  });
});

describe('usage', () => {
  const usageOf = async (who: Pick<ReturnType<typeof someone>, 'ana' | 'channelId'>, words = '') => {
    const { slack } = world();
    await slack.command(who.ana.userId, who.channelId, `usage ${words}`);
    return async (shown: string) =>
      toldTo(world(), { channelId: who.channelId, userId: who.ana.userId }, shown);
  };

  test('of a person shows what is left of budgets, and what was used by repository and by day', async () => {
    const { ana, channelId, type, started } = someone();
    await type('--acu 5 --repo acme/web the first');
    const { id } = await started('the first');
    world().devin.advance(id, { status: 'exit', acus: 2.5 });
    await cardOf(world().slack, channelId, (text) => text.includes('2.5 of 5'));
    const told = await (await usageOf({ ana, channelId }))('Your usage, last 30 days');
    const words = world().slack.renderText(told);
    expect(words).toContain('You have 9.5 of 12 ACU left today');
    expect(words).toContain('1 session · 2.5 ACU');
    expect(words).toContain('By repository');
    expect(words).toContain('• acme/web: 2.5 ACU · 1 session');
    expect(words).toMatch(/ACU per day\S*\n.*: 2\.5/);
  });

  test("of a person doesn't include what a session that they follow used", async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someone();
    const { id, url } = await foreignSession(world(), `Followed by ${ana.name}`);
    devin.advance(id, { status: 'running', acus: 3 });
    await slack.command(ana.userId, channelId, `follow ${id}`);
    await cardOf(slack, channelId, (text) => text.includes(url) && text.includes('3 ACU'));
    const told = await (await usageOf({ ana, channelId }))('Your usage');
    expect(slack.renderText(told)).toContain('You have 12 of 12 ACU left today');
  });

  test("by person is for workspace admins, or for the policy's owners if it names some", async () => {
    const [member, boss] = [someone(), someone()];
    await member.type('--acu 1 the first');
    await member.started('the first');
    await (
      await usageOf(member, 'workspace --by person')
    )('Only owners of the policy and workspace admins see');
    await (
      await usageOf(member, 'workspace --since 7d')
    )('Usage in this workspace, last 7 days');
    await world().change(`${LIMITS}\nowners: [${boss.ana.userId}]`);
    await (
      await usageOf(member, 'workspace')
    )('see usage of the whole workspace');
    const told = await (await usageOf(boss, 'workspace --by person'))('By person');
    expect(told.text).toContain(`<@${member.ana.userId}>`);
    await world().change(LIMITS);
  });

  test('of the workspace shows an admin what Devin counts, and works without that if Devin refuses', async () => {
    const { devin } = world();
    const boss = someoneIn(world(), { name: 'budgets', person: { isAdmin: true } });
    const member = someone();
    await member.type('--acu 1 the first');
    await member.started('the first');
    const told = await (await usageOf(boss, 'workspace'))('Usage in this workspace');
    expect(told.text).toMatch(/Devin counts, .* ACU/);
    expect(told.text).toMatch(/Devin counts, .*: \d+ sessions? · .* · \d+ pull requests? /);
    const own = await (await usageOf(member, 'workspace'))('Usage in this workspace');
    expect(own.text).not.toContain('Devin counts');
    const asked = () => devin.requests.filter(({ path }) => path.endsWith('/consumption/daily')).length;
    const before = asked();
    devin.fail({ method: 'GET', path: /consumption/ }, { status: 500, times: 1 });
    const without = await (await usageOf(boss, 'workspace --since 3d'))('last 3 days');
    expect(without.text).not.toMatch(/Devin counts, .* ACU/);
    expect(without.text).toMatch(/Devin counts, .*: \d+ sessions?/);
    devin.permissions.delete('ViewOrgConsumption');
    devin.permissions.delete('ViewOrgMetrics');
    await (
      await usageOf(boss, 'workspace --since 4d')
    )('last 4 days');
    const refused = await (await usageOf(boss, 'workspace --since 5d'))('last 5 days');
    expect(refused.text).not.toContain('Devin counts');
    expect(asked() - before).toBe(2);
    devin.permissions.add('ViewOrgConsumption');
    devin.permissions.add('ViewOrgMetrics');
  });
});

describe('usage without a policy', () => {
  const plain = useWorld();

  test('comes later if Slack is too busy', async () => {
    const { slack } = plain();
    const { ana, channelId, place } = someoneIn(plain());
    slack.fail('response_url', { status: 503 });
    slack.fail('chat.postEphemeral', { retryAfter: 1, args: { channel: channelId } });
    slack.fail('conversations.open', { retryAfter: 1, args: { users: ana.userId } });
    await slack.command(ana.userId, channelId, 'usage');
    await toldTo(plain(), place, 'Your usage');
  });
});
