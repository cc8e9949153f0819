import { describe, expect, test } from 'vitest';
import { changeSettings } from '../support/asking.ts';
import { addColleague } from '../support/people.ts';
import { QUICK_THREADS, startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

const ASKS = { status: 'running', statusDetail: 'waiting_for_user', message: 'Main or release?' };

describe('a session whose requester left Slack', () => {
  const world = useWorld(QUICK_THREADS);

  /** `called`: in Devin's words or in a line below, depending on which comes first. */
  const startedThread = async () => {
    const thread = await startThread(world());
    const called = async (words: string) =>
      world().slack.waitForMessage(
        thread.channelId,
        (one) => one.threadTs === thread.threadTs && one.text.includes(words),
      );
    return { ...thread, called };
  };
  const leaves = async (userId: string) => world().slack.changeUser(userId, { deleted: true });

  test('pings nobody and names the requester in the thread, if only they may steer it', async () => {
    const { slack, devin } = world();
    const { ana, channelId, id, say, marked, called } = await startedThread();
    const ben = addColleague(world());
    await marked((await say(ben.userId, 'On main, please.')).ts, 'white_check_mark');
    const admin = addColleague(world(), { isAdmin: true });
    await changeSettings(world(), { userId: admin.userId, channelId }, { steer: 'requester' });
    await slack.command(ana.userId, channelId, 'settings me notify dm');
    await leaves(ana.userId);
    devin.advance(id, ASKS);
    const { text } = await called('Devin asks');
    expect(text).toContain(`For ${ana.name}, who left Slack: Devin asks`);
    devin.advance(id, { statusDetail: 'finished' });
    const end = await called('Finished');
    expect(end.text).toMatch(new RegExp(`^For ${ana.name}, who left Slack: \\*Finished\\*`));
    expect(slack.problems).toEqual([]);
  });
});
