import { describe, expect, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import { foreignSession } from '../support/foreign.ts';
import { sameDay, useGovernedWorld } from '../support/governed.ts';
import { cardOf, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';

const CREATE = { method: 'POST', path: '/sessions' } as const;
const LIMITS = 'limits: { acu_per_session: 12, acu_per_person_per_day: 12, acu_per_channel_per_day: 100 }';
const OVER = 'free of 12 ACU';

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
  test('refuses what could exceed it, and says what counts, who holds it, when it renews, and what to do', async () => {
    const { ana, type, own, started, place } = someone();
    await type('--acu 8 the first');
    const first = await started('the first');
    await type('--acu 5 the second');
    const told = await toldTo(world(), place, OVER);
    const words = world().slack.renderText(told);
    expect(words).toContain('You today: 0 used · 8 reserved by 1 session · 4 free of 12 ACU.');
    expect(words).toContain('The cap of this session is 5 ACU. Lower the cap to 4 to start this here.');
    expect(told.text).toContain(`Reserved by <${first.url}|`);
    expect(told.text).toMatch(
      /More frees up when a running session ends, or <!date\^\d+\^\u200B\{date_short_pretty\}, \{time\}\|.+ 00:00 UTC>/,
    );
    expect(words).toContain('the second');
    expect(words).not.toContain('limits.');
    expect(own()).toHaveLength(1);
    const other = addColleague(world());
    await world().change(LIMITS.replace('day: 100', 'day: 9'));
    await world().slack.command(other.userId, place.channelId, '--acu 5 the third of them');
    const theirs = await toldTo(world(), { ...place, userId: other.userId }, 'This channel today');
    expect(theirs.text).toContain('Reserved by 1 session of other people.');
    expect(theirs.text).not.toContain(first.url);
    await world().change(LIMITS);
    await type(`--acu 4 the fourth of ${ana.name}`);
    await started(`the fourth of ${ana.name}`);
  });

  test('is shown in the form', async () => {
    const { slack } = world();
    const { ana, type, started, channelId } = someone();
    await type('--acu 5 the first');
    await started('the first');
    await slack.command(ana.userId, channelId, '');
    const form = await settledForm(slack, ana.userId);
    expect(slack.renderText(form.id)).toContain('You today: 7 free of 12 ACU');
    slack.typeIn(form.id, { 'field.prompt': 'the second', 'field.max_acu_limit': '8' });
    const answer = await slack.submit(form.id, ana.userId);
    expect(JSON.stringify(answer)).toMatch(/field\.max_acu_limit.*Lower the cap to 7 to start this here\./);
  });

  test("gets back what a session didn't use", async () => {
    const { channelId, type, started, place } = someone();
    await type('--acu 12 the first');
    const first = await started('the first');
    await type('--acu 10 the second');
    await toldTo(world(), place, OVER);
    world().devin.advance(first.id, { status: 'exit', acus: 1.5 });
    await cardOf(world().slack, channelId, (text) => text.includes(first.url) && text.includes('1.5 of 12'));
    await type('--acu 10 the third');
    await started('the third');
  });

  test('keeps what is reserved for an unconfirmed session', async () => {
    const { slack, devin } = world();
    const { channelId, type, own, place } = someone();
    devin.fail(CREATE, { times: 1 });
    await type('--acu 12 what got lost');
    await slack.waitForMessage(channelId, (message) => slack.renderText(message).includes('[Start anyway]'));
    await type('--acu 1 another');
    await toldTo(world(), place, OVER);
    expect(own()).toHaveLength(0);
  });
});

describe('a message to a session that rests', () => {
  /** A session that fell asleep after it used little of its cap. */
  async function asleep(who: ReturnType<typeof someone>, task: string) {
    const { slack, devin } = world();
    await who.type(`--acu 7 ${task}`);
    const session = await who.started(task);
    const card = await cardOf(slack, who.channelId, (text) => text.includes(session.url));
    devin.advance(session.id, { status: 'suspended', statusDetail: 'inactivity', acus: 1 });
    await cardOf(slack, who.channelId, (text) => text.includes(session.url) && text.includes('Asleep'));
    return { ...session, ts: card.ts };
  }

  test('reserves the rest of its cap first, or is refused with the budget and its owners', async () => {
    const { slack, devin } = world();
    const owner = addColleague(world());
    await world().change(`${LIMITS}\nowners: [${owner.userId}]`);
    const who = someone();
    const sessions = [await asleep(who, 'the first'), await asleep(who, 'the second')];
    const wake = async ({ ts }: { ts: string }) =>
      slack.speak(who.ana.userId, who.channelId, `<@${slack.workspace.botUserId}> go on`, { threadTs: ts });
    const messagesOf = ({ id }: { id: string }) =>
      devin.sessions
        .find((one) => one.id === id)
        ?.messages.filter(({ message }) => message.includes('go on')) ?? [];
    const [first, second] = sessions;
    if (first === undefined || second === undefined) throw new Error('no sessions');
    // 2 used, 12 at most: 6 for the first, which leaves 4.
    await wake(first);
    await expect.poll(() => messagesOf(first)).toHaveLength(1);
    await wake(second);
    const told = await toldTo(world(), who.place, 'would wake Devin, which may use 6 more ACU');
    expect(told.text).toContain('2 used · 6 reserved by 1 session · 4 free of 12 ACU');
    expect(told.text).toContain(`<@${owner.userId}>`);
    expect(messagesOf(second)).toEqual([]);
    devin.advance(first.id, { status: 'exit', acus: 1.5 });
    await cardOf(slack, who.channelId, (text) => text.includes(first.url) && text.includes('1.5 of 7'));
    await wake(second);
    await expect.poll(() => messagesOf(second)).toHaveLength(1);
    await world().change(LIMITS);
  });
});

describe('owners of the policy', () => {
  test('are told once of what is used, not of what is reserved, people and members of user groups', async () => {
    const { slack, devin } = world();
    const [owner, member] = [addColleague(world()), addColleague(world())];
    slack.setGroup('S0OWNERS', [owner.userId, member.userId]);
    await world().change(`${LIMITS}\nowners: [${owner.userId}, S0OWNERS]`);
    const { ana, channelId, type, started } = someone();
    await type('--acu 9 the first');
    const { id, url } = await started('the first');
    await type('--acu 3 the second');
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
    devin.advance(id, { acus: 8.9 });
    await cardOf(slack, channelId, (text) => text.includes(url) && text.includes('8.9 of 9'));
    expect(alertsTo(owner.userId)).toEqual([]);
    devin.advance(id, { acus: 9 });
    await hears(owner.userId, 1);
    await hears(member.userId, 1);
    expect(alertsTo(owner.userId)[0]).toContain(': 75% used');
    expect(alertsTo(owner.userId)[0]).toContain('9 used · 3 reserved by 1 session · 0 free of 12 ACU');
    // More than its cap.
    devin.advance(id, { acus: 12 });
    await hears(owner.userId, 2);
    await hears(member.userId, 2);
    expect(alertsTo(member.userId).at(-1)).toContain(': 100% used');
    expect(slack.problems).toEqual([]);
    await world().change(LIMITS);
  });
});

describe('a budget that can be exceeded with approval', () => {
  test('lets an approved session start, and still refuses the next', async () => {
    const { slack } = world();
    const owner = addColleague(world());
    const rule = '{ acu_per_session: 12, acu_per_person_per_day: 12, over: approve }';
    await world().change(`limits: ${rule}\nowners: [${owner.userId}]`);
    const { type, started, own } = someone();
    await type('--acu 8 the first');
    await started('the first');
    const direct = slack.directMessages(owner.userId);
    const asked = async (task: string) =>
      slack.waitForMessage(direct, (message) => {
        const words = slack.renderText(message);
        return words.includes('Budget when this was asked') && words.includes(task);
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

describe('usage', () => {
  const usageOf = async (who: Pick<ReturnType<typeof someone>, 'ana' | 'channelId'>, words = '') => {
    const { slack } = world();
    await slack.command(who.ana.userId, who.channelId, `usage ${words}`);
    return async (shown: string) =>
      toldTo(world(), { channelId: who.channelId, userId: who.ana.userId }, shown);
  };

  test('of a person shows what is left of budgets, and what was used by repository', async () => {
    const { ana, channelId, type, started } = someone();
    await type('--acu 5 --repo acme/web the first');
    const { id } = await started('the first');
    world().devin.advance(id, { status: 'exit', acus: 2.5 });
    await cardOf(world().slack, channelId, (text) => text.includes('2.5 of 5'));
    const told = await (await usageOf({ ana, channelId }))('Usage · you · last 30 days');
    const words = world().slack.renderText(told);
    expect(words).toContain('You today: 2.5 used · 9.5 free of 12 ACU');
    expect(words).toContain('1 session · 2.5 ACU');
    expect(words).toContain('By repository');
    expect(words).toContain('▇▇▇▇▇ acme/web · 2.5 ACU · 1 session');
  });

  test("of a person doesn't include what a session that they follow used", async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someone();
    const { id, url } = await foreignSession(world(), `Followed by ${ana.name}`);
    devin.advance(id, { status: 'running', acus: 3 });
    await slack.command(ana.userId, channelId, `follow ${id}`);
    await cardOf(slack, channelId, (text) => text.includes(url) && text.includes('3 ACU'));
    const told = await (await usageOf({ ana, channelId }))('Usage · you');
    expect(slack.renderText(told)).toContain('You today: 0 used · 12 free of 12 ACU');
  });

  test("by person is for workspace admins, or for the policy's owners if it names some", async () => {
    const [member, boss] = [someone(), someone()];
    await member.type('--acu 1 the first');
    await member.started('the first');
    await (
      await usageOf(member, 'workspace --by person')
    )('Only owners of the policy and workspace admins can see');
    await (
      await usageOf(member, 'workspace --since 7d')
    )('Usage · this workspace · last 7 days');
    await world().change(`${LIMITS}\nowners: [${boss.ana.userId}]`);
    await (
      await usageOf(member, 'workspace')
    )('admins can see this');
    const told = await (await usageOf(boss, 'workspace --by person'))('By person');
    expect(told.text).toContain(`<@${member.ana.userId}>`);
    await world().change(LIMITS);
  });
});
