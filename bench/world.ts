import { createLocalDevin } from '../sandbox/devin/index.ts';
import { sandboxEnvironment } from '../sandbox/environment.ts';
import { createLocalSlack } from '../sandbox/slack/index.ts';
import type { LocalSlackOptions } from '../sandbox/slack/index.ts';
import { sendCommand } from './load.ts';
import type { Answer } from './load.ts';
import type { Running } from './process.ts';

export type World = Awaited<ReturnType<typeof openWorld>>;

/** A local Slack and a local Devin with one person who asks. */
export async function openWorld({ rateLimits = 'off' }: LocalSlackOptions = {}) {
  const slack = await createLocalSlack({ rateLimits });
  const devin = await createLocalDevin({});
  const userId = slack.addUser({ name: 'bench', email: 'bench@acme.example' });
  devin.addMember({ userId: 'user-bench', email: 'bench@acme.example', name: 'Bench' });
  const channelId = slack.addChannel({ name: 'bench', members: [userId] });
  const { signingSecret, teamId } = slack.workspace;
  return {
    slack,
    devin,
    channelId,
    userId,
    environment: { ...sandboxEnvironment({ slack, devin }), LOG_LEVEL: 'info' },
    ask: async ({ port }: Running, text: string): Promise<Answer> =>
      sendCommand({ port, signingSecret }, { teamId, userId, channelId }, text),
    close: async (): Promise<void> => {
      await slack.close();
      await devin.stop();
    },
  };
}
