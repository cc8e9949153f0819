import { expect, test } from 'vitest';
import type { LocalSlack } from '../../sandbox/slack/index.ts';
import { typeTask } from '../support/asking.ts';
import { cardOf } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { useWorld } from '../support/worlds.ts';

/** Slack's clock: stopped until it is released, so that no limit recovers; then thirty times as fast. */
function createClock() {
  let standsAt = Date.now();
  let goesSince: number | null = null;
  const now = (): number => standsAt + (goesSince === null ? 0 : (Date.now() - goesSince) * 30);
  return {
    now,
    stop(): void {
      standsAt = now();
      goesSince = null;
    },
    go(): void {
      goesSince = Date.now();
    },
  };
}
const clock = createClock();

/** More edits than Slack allows, so that only Slack's limits count. */
const editBudget = { burst: 50, perMinute: 600 };
const world = useWorld({
  overrides: { ...QUICK_THREADS.overrides, editBudget },
  slack: { rateLimits: 'slack', now: clock.now },
});

const limited = ({ calls }: LocalSlack, method: string) =>
  calls.filter((call) => call.method === method && call.error === 'ratelimited');

/** Another process of the app has used up Slack's limit for now. */
async function useUpEdits(slack: LocalSlack, channel: string): Promise<void> {
  const edit = {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.workspace.botToken}` },
    body: new URLSearchParams({ channel, ts: '1.000001', text: 'not there' }),
  };
  for (;;) if ((await fetch(`${slack.apiUrl}chat.update`, edit)).status === 429) return;
}

test('no card is lost, doubled or outdated when Slack limits messages and edits', async () => {
  const { slack, devin } = world();
  const ana = addColleague(world());
  const channelId = slack.addChannel({ name: 'busy', members: [ana.userId] });
  const tasks = Array.from({ length: 14 }, (_, at) => `task number ${at + 1}.`);
  const place = { userId: ana.userId, channelId };
  await Promise.all(tasks.map(async (task) => typeTask({ slack }, place, task)));
  await slack.waitFor(() => limited(slack, 'chat.postMessage').length > 0);
  clock.go();
  const sessions = await Promise.all(
    tasks.map(async (task) => devin.waitForSession(({ request }) => request.prompt.includes(task))),
  );
  for (const { url } of sessions) await cardOf(slack, channelId, (text) => text.includes(url));
  clock.stop();
  await useUpEdits(slack, channelId);
  const before = limited(slack, 'chat.update').length;
  for (const { id } of sessions) devin.advance(id, { status: 'running', acus: 3 });
  await slack.waitFor(() => limited(slack, 'chat.update').length > before);
  clock.go();
  for (const { url } of sessions)
    await cardOf(slack, channelId, (text) => text.includes(url) && text.includes('3 ACU'));
  expect(slack.messages(channelId)).toHaveLength(tasks.length);
  expect(slack.problems).toEqual([]);
  expect(devin.problems).toEqual([]);
});
