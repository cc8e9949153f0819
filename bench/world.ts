import { createLocalDevin } from '../sandbox/devin/index.ts';
import { sandboxEnvironment } from '../sandbox/environment.ts';
import { createLocalSlack, type LocalSlackOptions } from '../sandbox/slack/index.ts';
import { sendCommand, type Answer } from './load.ts';
import type { Running } from './process.ts';

export type World = Awaited<ReturnType<typeof openWorld>>;

type WorldOptions = LocalSlackOptions & {
  /** Who ask in turn, and where: everybody is in each of these. */
  people?: number;
  channels?: number;
};

/** A local Slack and a local Devin with the people who ask. */
export async function openWorld({ rateLimits = 'off', people = 1, channels = 1 }: WorldOptions = {}) {
  const slack = await createLocalSlack({ rateLimits });
  const devin = await createLocalDevin({});
  const { signingSecret, teamId } = slack.workspace;
  const userIds = Array.from({ length: people }, (_, at) => {
    const email = `person${at}@acme.example`;
    devin.addMember({ userId: `user-${at}`, email, name: `Person ${at}` });
    return slack.addUser({ name: `person${at}`, email });
  });
  const channelIds = Array.from({ length: channels }, (_, at) =>
    slack.addChannel({ name: `channel-${at}`, members: userIds }),
  );
  const persons = userIds.map((userId, at) => ({
    teamId,
    userId,
    channelId: channelIds[at % channels] ?? '',
  }));
  let turn = 0;
  const askInTurn = async ({ port }: Running, text: string): Promise<Answer> => {
    const person = nth(persons, turn);
    turn += 1;
    return sendCommand({ port, signingSecret }, person, text);
  };
  return {
    slack,
    devin,
    persons,
    environment: { ...sandboxEnvironment({ slack, devin }), LOG_LEVEL: 'info' },
    /** As the first of them. */
    ask: async ({ port }: Running, text: string): Promise<Answer> =>
      sendCommand({ port, signingSecret }, nth(persons, 0), text),
    askInTurn,
    close: async (): Promise<void> => {
      await slack.close();
      await devin.stop();
    },
  };
}

/** From the first again after the last. */
export function nth<Item>(items: readonly Item[], at: number): Item {
  const item = items[at % items.length];
  if (item === undefined) throw new Error('There is nobody to ask.');
  return item;
}
