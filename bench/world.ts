import { createLocalDevin } from '../sandbox/devin/index.ts';
import { sandboxEnvironment } from '../sandbox/environment.ts';
import { createLocalSlack, type LocalSlackOptions } from '../sandbox/slack/index.ts';
import { sendCommand, type Answer } from './load.ts';
import type { Running } from './process.ts';

export type World = Awaited<ReturnType<typeof openWorld>>;

type WorldOptions = LocalSlackOptions & {
  /** Who ask in turn. */
  people?: number;
};

/** A local Slack and a local Devin with the people who ask. */
export async function openWorld({ rateLimits = 'off', people = 1 }: WorldOptions = {}) {
  const slack = await createLocalSlack({ rateLimits });
  const devin = await createLocalDevin({});
  const userIds = Array.from({ length: people }, (_, at) => {
    const email = `bench-${at}@acme.example`;
    devin.addMember({ userId: `user-bench-${at}`, email, name: `Bench ${at}` });
    return slack.addUser({ name: `bench-${at}`, email });
  });
  const [userId = ''] = userIds;
  const channelId = slack.addChannel({ name: 'bench', members: userIds });
  const { signingSecret, teamId } = slack.workspace;
  const askAs = async (person: string, { port }: Running, text: string): Promise<Answer> =>
    sendCommand({ port, signingSecret }, { teamId, userId: person, channelId }, text);
  let turn = 0;
  return {
    slack,
    devin,
    channelId,
    userId,
    environment: { ...sandboxEnvironment({ slack, devin }), LOG_LEVEL: 'info' },
    /** As the first of them. */
    ask: async (app: Running, text: string): Promise<Answer> => askAs(userId, app, text),
    askInTurn: async (app: Running, text: string): Promise<Answer> => {
      turn += 1;
      return askAs(userIds[turn % people] ?? userId, app, text);
    },
    close: async (): Promise<void> => {
      await slack.close();
      await devin.stop();
    },
  };
}
