import { performance } from 'node:perf_hooks';
import type { Running } from './process.ts';
import type { World } from './world.ts';

/** Milliseconds from a reply in a session's thread to its POST at Devin, one after the other. */
export async function measureReplies(world: World, app: Running, turns: number): Promise<number[]> {
  const { slack, devin, channelId, userId, ask } = world;
  slack.connectHttp(`http://127.0.0.1:${app.port}/slack/events`);
  await ask(app, 'talk to me');
  const session = await devin.waitForSession(({ request }) => request.prompt === 'talk to me');
  const { ts: threadTs } = await slack.waitForMessage(channelId, ({ text }) => text.includes(session.url));
  const took: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const words = `reply ${turn}`;
    const arrived = devin.waitForSession(({ messages }) => messages.some(({ message }) => message === words));
    const startedMs = performance.now();
    const { ts } = await slack.speak(userId, channelId, words, { threadTs });
    await arrived;
    took.push(performance.now() - startedMs);
    await slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.has('white_check_mark'));
  }
  return took;
}
