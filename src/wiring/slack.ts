import { WebClient } from '@slack/web-api';
import type { WebClientOptions } from '@slack/web-api';
import type { Config } from '../config.ts';
import { createRemoteClock } from '../remote-clock.ts';
import { createBolt } from '../slack/bolt.ts';
import type { BotIdentity } from '../slack/bolt.ts';
import { createThreadReader, nameMentions } from '../slack/context.ts';
import { createSlackFiles } from '../slack/files.ts';
import { createSlackHosts } from '../slack/hosts.ts';
import { slackLogger } from '../slack/log.ts';
import { createMarkReader } from '../slack/marks.ts';
import { createOutbound } from '../slack/outbound.ts';
import { createPeople } from '../slack/people.ts';
import type { Metrics } from '../metrics.ts';
import { createPresence } from '../slack/presence.ts';
import { createUpstream, tooMany } from '../upstream.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';

const SLACK_TIMEOUT_MS = 15_000;
const SLACK_API_URL = 'https://slack.com/api/';

/** Methods by which lost answers are looked for, many at a time after an outage. https://docs.slack.dev/apis/web-api/rate-limits */
const SLACK_RATES = {
  'conversations.history': { perMinute: 45, burst: 45 },
  'conversations.replies': { perMinute: 45, burst: 45 },
};

export type Slack = ReturnType<typeof createSlack>;

type SlackDeps = { settings: Settings; metrics: Metrics; store: Pick<Store, 'knownPeople'> };

export function createSlack(
  { slack: { botToken, apiUrl, transport } }: Config,
  { settings, metrics, store: { knownPeople } }: SlackDeps,
) {
  const { log, fetch } = settings;
  const clock = createRemoteClock();
  const upstream = createUpstream({
    origin: new URL(apiUrl ?? SLACK_API_URL).origin,
    fetch: clock.observe(globalThis.fetch),
    rates: SLACK_RATES,
    refuse: tooMany,
  });
  const client = (options: WebClientOptions): WebClient =>
    new WebClient(botToken, {
      logger: slackLogger(log),
      timeout: SLACK_TIMEOUT_MS,
      ...(apiUrl !== null && { slackApiUrl: apiUrl }),
      ...options,
    });
  // A rate limit holds up all calls of a client, and a trigger id lives 3 s: what a person waits for has its own.
  const answers = client({
    fetch: upstream.observed,
    retryConfig: { retries: 1 },
    rejectRateLimitedCalls: true,
  });
  // Never retried blindly: posting a card twice is as wrong as posting none. The jobs decide.
  const background = client({
    fetch: upstream.guarded,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  const hosts = createSlackHosts(apiUrl);
  const identity: { bot: BotIdentity | null } = { bot: null };
  const bot = (): BotIdentity => {
    if (identity.bot === null) throw new Error('Slack was asked for before the start.');
    return identity.bot;
  };
  const botUserId = (): string => bot().botUserId;
  const teamId = (): string => bot().teamId;
  const people = createPeople({ client: background, teamId, knownPeople, now: settings.now });
  const outbound = createOutbound({ answers, background, hosts, clock, fetch, log });
  const { directChannel } = outbound;
  const presence = createPresence({ client: background, directChannel, now: settings.now });
  return {
    answers,
    clock,
    identity,
    botUserId,
    teamId,
    workspaceUrl: () => bot().workspaceUrl,
    marks: createMarkReader({ client: background, botUserId }),
    people,
    nameMentions: async (text: string) => nameMentions(text, people),
    thread: createThreadReader({ client: background, people, presence, botUserId }),
    files: createSlackFiles({ client: background, hosts, botToken, fetch }),
    outbound,
    presence,
    bolt: createBolt({
      transport,
      apiUrl,
      bot,
      onRefused: metrics.countRefused,
      log,
    }),
  };
}
