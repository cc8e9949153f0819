import { randomBytes } from 'node:crypto';
import { createLocalDevin, type LocalDevin } from '../../sandbox/devin/index.ts';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { MANIFEST } from '../../sandbox/manifest.ts';
import { createLocalSlack, type LocalSlack } from '../../sandbox/slack/index.ts';
import { CHANNELS, PEOPLE } from './plan.ts';

export type Person = { userId: string; devinUserId: string };

export type World = {
  slack: LocalSlack;
  devin: LocalDevin;
  people: readonly Person[];
  approvers: readonly Person[];
  /** Requests in one channel need an approval. */
  policy: string;
  channels: readonly string[];
  environment: Record<string, string>;
  close: () => Promise<void>;
};

type WorldOptions = { transport: 'http' | 'socket'; redeliverAfterMs: readonly number[] | null };

/** A local Slack and a local Devin, with people who are members of both and of all channels. */
export async function openWorld({ transport, redeliverAfterMs }: WorldOptions): Promise<World> {
  const slack = await createLocalSlack({
    // Measures the app, at a pace that Slack would not accept for long.
    rateLimits: 'off',
    botEvents: MANIFEST.botEvents,
    ...(redeliverAfterMs !== null && { redeliverAfterMs }),
  });
  const devin = await createLocalDevin({ script: [] });
  const people = numbers(PEOPLE).map((number) => addPerson({ slack, devin }, number));
  const approvers = numbers(APPROVERS).map((number) => addPerson({ slack, devin }, PEOPLE + number));
  const members = [...people, ...approvers].map(({ userId }) => userId);
  const channels = numbers(CHANNELS + 1).map((number) =>
    slack.addChannel({ name: `team-${number}`, members }),
  );
  const environment = {
    ...sandboxEnvironment({ slack, devin, transport }),
    SECRETS_KEY: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'info',
    // Few people ask for everything, so limits would stop them.
    LIMIT_OPEN_SESSIONS: '0',
    LIMIT_STARTS_PER_HOUR: '0',
  };
  const close = async (): Promise<void> => {
    await Promise.all([slack.close(), devin.stop()]);
  };
  const policy = policyOf(channels.at(-1) ?? '', approvers);
  return { slack, devin, people, approvers, policy, channels, environment, close };
}

const APPROVERS = 2;

function policyOf(channelId: string, approvers: readonly Person[]): string {
  return `
version: 1
limits: { open_sessions_per_person: 0, starts_per_person_per_hour: 0 }
rules:
  - name: asked first
    channels: [${channelId}]
    then: approve
    approvers: [${approvers.map(({ userId }) => userId).join(', ')}]
`;
}

function addPerson({ slack, devin }: Pick<World, 'slack' | 'devin'>, number: number): Person {
  const name = `person${number}`;
  const email = `${name}@acme.example`;
  const devinUserId = `user-${name}`;
  devin.addMember({ userId: devinUserId, email, name: `Person ${number}` });
  return { userId: slack.addUser({ name, email }), devinUserId };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
