import { assert, asyncProperty, shuffledSubarray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../sandbox/slack/index.ts';
import { usePostgres } from '../support/databases.ts';
import { cardOf } from '../support/look.ts';
import { startThread } from '../support/threads.ts';
import { useMortalWorld } from './processes.ts';

const SEND = { method: 'POST', path: /\/messages$/ } as const;
const LIST = { method: 'GET', path: /\/sessions$/ } as const;
const PULL_REQUEST = { url: 'https://github.com/acme/web/pull/7', state: 'open' };

function milestonesIn(messages: Message[]): string[] {
  return messages.flatMap(({ metadata }) => {
    const found = /"milestone:[^:"]+:(?<key>[^"]+)"/.exec(JSON.stringify(metadata ?? null))?.groups?.['key'];
    return found === undefined ? [] : [found];
  });
}

describe('a process that is killed while it follows a thread', () => {
  const world = useMortalWorld(async () => Promise.resolve({}));

  test('after Devin got a reply but before its answer finds the reply at Devin, and continues in order', async () => {
    const { devin, running } = world();
    const dying = await running();
    const thread = await startThread(world());
    devin.fail(SEND, { hang: true, afterEffect: true, times: 1 });
    const said = [
      await thread.say(thread.ana.userId, 'first'),
      await thread.say(thread.ana.userId, 'second'),
    ];
    await devin.waitForSession(({ id, messages }) => {
      return id === thread.id && messages.some(({ message }) => message === 'first');
    });
    await dying.kill();
    await running();
    said.push(await thread.say(thread.ana.userId, 'third'));
    for (const { ts } of said) await thread.marked(ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['first', 'second', 'third']);
  });

  test('just before it sent a reply tells its author, who sends it again; Devin gets it once', async () => {
    const { slack, running } = world();
    const { died } = await (await running()).dieAt('^POST .*/messages$');
    const thread = await startThread(world());
    const lost = await thread.say(thread.ana.userId, 'lost words');
    await died;
    await running();
    const notice = await thread.noticeTo(thread.ana.userId, "didn't confirm that");
    expect(notice.text).toContain('lost words');
    await thread.marked((await thread.say(thread.ana.userId, 'next')).ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['next']);
    await slack.clickButton(thread.ana.userId, { channelId: thread.channelId, ts: notice.ts }, 'send_again');
    await thread.marked(lost.ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['next', 'lost words']);
  });

  test('between posting and recording a message leaves it in the thread once, before the next one', async () => {
    const { slack, devin, running } = world();
    const dying = await running();
    const thread = await startThread(world());
    slack.fail('chat.postMessage', { times: 1, hang: true, afterEffect: true });
    devin.advance(thread.id, { status: 'running', message: 'once only' });
    devin.advance(thread.id, { message: 'and then this' });
    await thread.relayedText('once only');
    await dying.kill();
    await running();
    await thread.relayedText('and then this');
    expect(thread.relayed().map(({ text }) => text)).toEqual(['once only', 'and then this']);
  });

  test('several times announces each milestone once', { timeout: 180_000 }, async () => {
    const steps = [
      { key: 'needs-you:1', change: { status: 'running', statusDetail: 'waiting_for_user' } },
      { key: `pr:${PULL_REQUEST.url}`, change: { statusDetail: 'working', pullRequest: PULL_REQUEST } },
      { key: 'finished:1', change: { statusDetail: 'finished' } },
    ];
    const moments = ['while it looks', 'before the post', 'after the post'] as const;
    const orders = shuffledSubarray([...moments], { minLength: moments.length });
    const property = asyncProperty(orders, async (order) => {
      const { slack, running } = world();
      await running();
      const thread = await startThread(world());
      const told = () => milestonesIn(slack.messages(thread.channelId));
      for (const [index, { key, change }] of steps.entries()) {
        await dieWhile(order[index] ?? 'while it looks', () => world().devin.advance(thread.id, change));
        await running();
        await slack.waitFor(() => told().includes(key), { what: key, timeoutMs: 60_000 });
      }
      await cardOf(slack, thread.channelId, (text) => text.includes('Finished'));
      expect(told()).toEqual(steps.map(({ key }) => key));
    });
    await assert(property, { numRuns: 1, endOnFailure: true });
  });

  async function dieWhile(moment: string, change: () => void): Promise<void> {
    const { slack, devin, running } = world();
    const dying = await running();
    if (moment === 'while it looks') {
      const look = devin.fail(LIST, { hang: true, times: 1 });
      const before = devin.requests.length;
      change();
      await devin.waitForRequest(() => devin.requests.slice(before).some(({ path }) => LIST.path.test(path)));
      await dying.kill();
      look.clear();
      return;
    }
    const isPost = ({ method, error }: { method: string; error: string | null }): boolean =>
      method === 'chat.postMessage' && error === 'hung';
    const hung = slack.calls.filter(isPost).length;
    slack.fail('chat.postMessage', { times: 1, hang: true, afterEffect: moment === 'after the post' });
    change();
    await slack.waitFor(() => slack.calls.filter(isPost).length > hung, { what: moment });
    await dying.kill();
  }
});

describe('a replica that is killed', () => {
  const { createDatabase, url } = usePostgres();
  const world = useMortalWorld(async () => {
    await createDatabase('replicas');
    return { DATABASE_URL: url('replicas') };
  });

  test('while it polls sessions is replaced by the other, which announces nothing twice', async () => {
    const { slack, devin, running, another } = world();
    // It is alone at first, so it is the watcher.
    const watching = await running();
    const thread = await startThread(world());
    const told = () => milestonesIn(slack.messages(thread.channelId));
    devin.advance(thread.id, { status: 'running', statusDetail: 'waiting_for_user' });
    await slack.waitFor(() => told().includes('needs-you:1'));
    await cardOf(slack, thread.channelId, (text) => text.includes('Needs you'));
    await another();
    devin.fail(LIST, { hang: true, afterEffect: true, times: 1 });
    const before = devin.requests.length;
    await devin.waitForRequest(() => devin.requests.slice(before).some(({ path }) => LIST.path.test(path)));
    await watching.kill();
    devin.advance(thread.id, { statusDetail: 'working', pullRequest: PULL_REQUEST });
    devin.advance(thread.id, { statusDetail: 'finished' });
    await slack.waitFor(() => told().includes('finished:1'));
    await cardOf(slack, thread.channelId, (text) => text.includes('Finished'));
    const wake = `<@${slack.workspace.botUserId}> add docs, too`;
    await thread.marked((await thread.say(thread.ana.userId, wake)).ts, 'white_check_mark');
    // The message that it finished names the pull request.
    expect(told()).toEqual(['needs-you:1', 'finished:1']);
  });
});
