import type { LocalDevin, LocalSession, Script } from './devin/index.ts';
import type { SeededWorld } from './seed.ts';
import type { LocalSlack } from './slack/index.ts';

type Stage = { slack: LocalSlack; devin: LocalDevin; world: SeededWorld };

type Started = { userId: string; command: string; script: Script; minutesAgo: number };

const MINUTE_MS = 60_000;

/** Starts a session in progress, one that waits for an answer and one that is finished. Returns their ids. */
export async function startSessions(stage: Stage): Promise<Set<string>> {
  const { people, sample } = stage.world;
  const { ana, ben, mei } = people;
  const { finished, working, progress, asking } = sample.sessions;
  const ids = new Set<string>();
  for (const started of [
    {
      userId: mei,
      command: finished,
      script: 'normal',
      minutesAgo: 48,
    },
    {
      userId: ben,
      command: working,
      script: worksOn(progress),
      minutesAgo: 12,
    },
    {
      userId: ana,
      command: asking,
      script: 'question',
      minutesAgo: 6,
    },
  ] as const satisfies readonly Started[]) {
    ids.add((await start(stage, started)).id);
  }
  stage.devin.script('normal');
  return ids;
}

/** Stays in progress, so that the app can be killed during a session. */
const worksOn = (message: string): Script => [
  { status: 'claimed' },
  { status: 'running', statusDetail: 'working' },
  {
    message,
    acus: 0.9,
  },
];

async function start({ slack, devin, world }: Stage, started: Started): Promise<LocalSession> {
  const { userId, command, script, minutesAgo } = started;
  const { channelId } = world.thread;
  const known = new Set(devin.sessions);
  devin.script(script);
  await slack.command(userId, channelId, command);
  const session = await devin.waitForSession((one) => !known.has(one));
  await slack.waitForMessage(channelId, ({ text }) => text.includes(session.url));
  devin.advance(session.id, { createdAtMs: Date.now() - minutesAgo * MINUTE_MS });
  while (devin.step(session.id));
  return session;
}
