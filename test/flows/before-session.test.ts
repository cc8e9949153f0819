import { describe, expect, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import { cardOf, noticesTo, sessionOf, sessionsAs } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const CREATE = { method: 'POST', path: /\/sessions$/ } as const;

describe('the thread of a message whose session has not started yet', () => {
  const world = useWorld();

  /** Ana asks in a thread, if `above`, and Devin has no time for it. */
  const ask = async ({ isDirect = false, above = null }: { isDirect?: boolean; above?: string | null }) => {
    const { slack, devin } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    const members = [ana.userId, ben.userId];
    const channelId = isDirect
      ? slack.directMessages(ana.userId)
      : slack.addChannel({ name: `before-${ana.name}`, members });
    const bot = `<@${slack.workspace.botUserId}>`;
    const busy = devin.fail(CREATE, { status: 429, retryAfter: 1, times: Infinity });
    const first = above === null ? null : await slack.speak(ben.userId, channelId, above);
    const thread = first === null ? {} : { threadTs: first.ts };
    const asked = await slack.speak(ana.userId, channelId, `${bot} fix the login of ${ana.name}`, thread);
    const threadTs = first?.ts ?? asked.ts;
    await cardOf(slack, channelId, (text) => text.includes('busy'));
    return {
      ana,
      ben,
      channelId,
      asked,
      say: async ({ userId }: { userId: string }, words: string) =>
        slack.speak(userId, channelId, words.replace('%s', bot), { threadTs }),
      /** What Devin heard after the task. */
      heard: (one: { devinUserId: string }) =>
        sessionsAs(devin, one.devinUserId)[0]
          ?.messages.slice(1)
          .map(({ message }) => message),
      /** The tasks of this person's sessions, once this first one has started. */
      tasks: async (one: { devinUserId: string }) => {
        busy.clear();
        const { url } = await sessionOf(devin, one.devinUserId);
        await cardOf(slack, channelId, (text) => text.includes(url));
        return sessionsAs(devin, one.devinUserId).map(({ request }) => request.prompt.split('\n')[0]);
      },
    };
  };

  test.each([
    ['another task', false, '%s fix the logout test, too'],
    ['a message without a mention', false, 'fix the logout test, too'],
    ['another task in a direct message', true, 'fix the logout test, too'],
  ])('keeps %s, and sends it once there is a session', async (_what, isDirect, words) => {
    const { slack } = world();
    const { ana, channelId, say, tasks, heard } = await ask({ isDirect });
    const { ts, deliveries } = await say(ana, words);
    await slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.has('eyes'));
    for (const delivery of deliveries) await slack.redeliver(delivery);
    expect(await tasks(ana)).toEqual([`fix the login of ${ana.name}`]);
    await slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.has('white_check_mark'));
    expect(heard(ana)).toEqual(['fix the logout test, too']);
    expect(noticesTo(slack, channelId, ana.userId)).toEqual([]);
  });

  test('sends it as edited, and not at all once deleted', async () => {
    const { slack } = world();
    const { ana, ben, channelId, say, tasks, heard } = await ask({});
    const edited = await say(ana, 'use main');
    const deleted = await say(ben, '%s forget this');
    const last = await say(ben, '%s go');
    await slack.editMessage(ana.userId, { channelId, ts: edited.ts }, 'use release');
    await slack.deleteMessage(ben.userId, { channelId, ts: deleted.ts });
    await tasks(ana);
    await slack.waitForMessage(
      channelId,
      (one) => one.ts === last.ts && one.reactions.has('white_check_mark'),
    );
    expect(heard(ana)).toEqual(['use release', 'go']);
  });

  test('gives it back if the request ends without a session', async () => {
    const { slack, devin } = world();
    const { ana, ben, channelId, say } = await ask({});
    slack.joinChannel(ben.userId, channelId);
    const { ts } = await say(ben, '%s and the logout test');
    await slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.has('eyes'));
    await say(ana, 'stop');
    const told = await toldTo(world(), { channelId, userId: ben.userId }, "Its session wasn't started");
    expect(told.text).toContain('and the logout test');
    await slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.size === 0);
    devin.clearFaults();
    expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
  });

  test.each(['stop', 'Exit!', '%s stop'])(
    'cancels the request if its author says "%s", also after another message',
    async (words) => {
      const { slack, devin } = world();
      const { ana, channelId, say } = await ask({});
      await say(ana, 'and the build');
      await say(ana, words);
      await cardOf(slack, channelId, (text) => text.includes('Canceled'));
      devin.clearFaults();
      await toldTo(world(), { channelId, userId: ana.userId }, "Its session wasn't started");
      expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
    },
  );

  test('starts another session if that is what someone asks for', async () => {
    const { ben, say, tasks } = await ask({});
    await say(ben, '%s !new write the docs');
    expect(await tasks(ben)).toEqual(['write the docs']);
  });

  test('stays quiet about what others say there, and if Slack delivers the task again', async () => {
    const { slack } = world();
    const { ana, ben, channelId, asked, say, tasks, heard } = await ask({ above: 'the login test fails' });
    await say(ben, 'who takes this?');
    await say(ana, '(aside) I do');
    for (const delivery of asked.deliveries) await slack.redeliver(delivery);
    const { ts } = await say(ben, '%s and the logout test');
    expect(await tasks(ana)).toHaveLength(1);
    await slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.has('white_check_mark'));
    expect(heard(ana)).toEqual(['and the logout test']);
    expect(noticesTo(slack, channelId, ana.userId)).toEqual([]);
  });
});

describe('the thread of a message whose session is not confirmed', () => {
  const world = useWorld();

  /** Devin's answer is lost, and no session is found. */
  const ask = async ({ isDirect = false }: { isDirect?: boolean } = {}) => {
    const { slack, devin } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    const channelId = isDirect
      ? slack.directMessages(ana.userId)
      : slack.addChannel({ name: `unsure-${ana.name}`, members: [ana.userId, ben.userId] });
    const bot = `<@${slack.workspace.botUserId}>`;
    devin.fail(CREATE, { times: 1 });
    const { ts: threadTs } = await slack.speak(ana.userId, channelId, `${bot} fix the login of ${ana.name}`);
    await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
    const say = async ({ userId }: { userId: string }, words: string) =>
      slack.speak(userId, channelId, words.replace('%s', bot), { threadTs });
    return { ana, ben, channelId, say };
  };

  test.each([false, true])(
    'keeps what is said there until a session is found, and starts nothing (direct: %s)',
    async (isDirect) => {
      const { slack, devin } = world();
      const { ana, channelId, say } = await ask({ isDirect });
      const { ts } = await say(ana, '%s and the logout test');
      await slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.has('eyes'));
      expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
      const card = await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
      await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'start_anyway');
      await slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.has('white_check_mark'));
      expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(1);
    },
  );

  test.each(['stop', '%s stop'])('answers "%s" that it is too late to cancel', async (words) => {
    const { ana, channelId, say } = await ask();
    await say(ana, words);
    await toldTo(world(), { channelId, userId: ana.userId }, "It's too late to cancel");
  });
});
