import type { LocalDevin } from './devin/index.ts';
import type { LocalSlack } from './slack/index.ts';

type Sides = { slack: LocalSlack; devin: LocalDevin; transport?: 'http' | 'socket' };

/** The settings for a bot with a local Slack and a local Devin, except where it keeps its data. */
export function sandboxEnvironment({ slack, devin, transport = 'http' }: Sides): Record<string, string> {
  const { botToken, appToken, signingSecret } = slack.workspace;
  const connection: Record<string, string> =
    transport === 'socket' ? { SLACK_APP_TOKEN: appToken } : { SLACK_SIGNING_SECRET: signingSecret };
  return {
    SLACK_BOT_TOKEN: botToken,
    ...connection,
    SLACK_API_URL: slack.apiUrl,
    HOST: '127.0.0.1',
    PORT: '0',
    DEVIN_API_KEY: devin.apiKey,
    DEVIN_ORG_ID: devin.orgId,
    DEVIN_API_URL: devin.url,
  };
}
