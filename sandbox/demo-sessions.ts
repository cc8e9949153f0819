import type { LocalDevin, Script } from './devin/index.ts';
import type { SeededWorld } from './seed.ts';
import type { LocalSlack } from './slack/index.ts';

type Stage = { slack: LocalSlack; devin: LocalDevin; world: SeededWorld };

type Started = { userId: string; command: string; script: Script; minutesAgo: number };

const MINUTE_MS = 60_000;

/** Starts a session in progress, one that waits for an answer and one that is finished. Returns the ids of all so far. */
export async function startSessions(stage: Stage): Promise<Set<string>> {
  const { people, sample } = stage.world;
  const { ana, ben, mei } = people;
  const { finished, working, progress, asking } = sample.sessions;
  await start(stage, { userId: mei, command: finished, script: 'normal', minutesAgo: 48 });
  await start(stage, { userId: ben, command: working, script: worksOn(progress), minutesAgo: 12 });
  await start(stage, { userId: ana, command: asking, script: 'question', minutesAgo: 6 });
  stage.devin.script('normal');
  return new Set(stage.devin.sessions.map(({ id }) => id));
}

/** Stays in progress, so that the app can be killed during a session. */
const worksOn = (message: string): Script => [
  { status: 'claimed' },
  { status: 'running', statusDetail: 'working' },
  { message, acus: 0.9 },
];

async function start({ slack, devin, world }: Stage, started: Started): Promise<void> {
  const { userId, command, script, minutesAgo } = started;
  const { channelId } = world.thread;
  const known = new Set(devin.sessions);
  devin.script(script);
  await slack.command(userId, channelId, command);
  const session = await devin.waitForSession((one) => !known.has(one));
  await slack.waitForMessage(channelId, ({ text }) => text.includes(session.url));
  devin.advance(session.id, { createdAtMs: Date.now() - minutesAgo * MINUTE_MS });
  while (devin.step(session.id));
}
