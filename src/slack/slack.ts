import { WebClient } from '@slack/web-api';
import type { WebClientOptions } from '@slack/web-api';
import type { Log } from '../log.ts';
import { createRemoteClock } from '../remote-clock.ts';
import { createBolt } from './bolt.ts';
import type { BoltOptions, BotIdentity, Transport } from './bolt.ts';
import { createThreadReader, nameMentions } from './context.ts';
import { createSlackFiles } from './files.ts';
import { createSlackHosts } from './hosts.ts';
import { slackLogger } from './log.ts';
import { createMarkReader } from './marks.ts';
import { createOutbound } from './outbound.ts';
import { createPeople } from './people.ts';
import { createPresence } from './presence.ts';
import { createRichBlocks } from './rich-blocks.ts';
import { createGroups } from './groups.ts';
import { createPlaces } from './places.ts';
import { createTextFor } from './text-for.ts';
import { createUpstream, tooMany } from '../upstream.ts';
import type { KnownPeople } from '../store/known-people.ts';
import type { Settings } from '../store/settings.ts';
import type { Languages } from '../text/languages.ts';

const SLACK_TIMEOUT_MS = 15_000;
const SLACK_API_URL = 'https://slack.com/api/';

/** Methods by which lost answers are looked for, many at a time after an outage. https://docs.slack.dev/apis/web-api/rate-limits */
const SLACK_RATES = {
  'conversations.history': { perMinute: 45, burst: 45 },
  'conversations.replies': { perMinute: 45, burst: 45 },
};

export type Slack = ReturnType<typeof createSlack>;

type SlackOptions = {
  botToken: string;
  /** null: Slack's. */
  apiUrl: string | null;
  transport: Transport;
  knownPeople: KnownPeople;
  languages: Languages;
  languageOf: Settings['languageOf'];
  onRefused: BoltOptions['onRefused'];
  fetch: typeof fetch;
  now: () => number;
  log: Log;
};

/** Everything that asks Slack or is asked by it. */
export function createSlack(options: SlackOptions) {
  const { botToken, apiUrl, transport, knownPeople, languages, onRefused, fetch, now, log } = options;
  const clock = createRemoteClock();
  const upstream = createUpstream({
    origin: new URL(apiUrl ?? SLACK_API_URL).origin,
    fetch: clock.observe(globalThis.fetch),
    rates: SLACK_RATES,
    refuse: tooMany,
  });
  const client = (more: WebClientOptions): WebClient =>
    new WebClient(botToken, {
      logger: slackLogger(log),
      timeout: SLACK_TIMEOUT_MS,
      ...(apiUrl !== null && { slackApiUrl: apiUrl }),
      ...more,
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
  const people = createPeople({ client: background, teamId, knownPeople, now });
  const outbound = createOutbound({ answers, background, hosts, clock, fetch, log });
  const { directChannel } = outbound;
  const presence = createPresence({ client: background, directChannel, now });
  return {
    answers,
    clock,
    identity,
    botUserId,
    teamId,
    workspaceUrl: () => bot().workspaceUrl,
    marks: createMarkReader({ client: background, botUserId }),
    people,
    ...createTextFor({
      languages,
      findPerson: people.find,
      findChosen: async (userId) => options.languageOf({ teamId: teamId(), userId }),
      now,
      log,
    }),
    nameMentions: async (text: string) => nameMentions(text, people),
    thread: createThreadReader({ client: background, people, presence, botUserId }),
    files: createSlackFiles({ client: background, hosts, botToken, fetch }),
    outbound,
    presence,
    richBlocks: createRichBlocks(),
    groups: createGroups({ client: background, now }),
    describePlace: createPlaces({ client: background, now }),
    bolt: createBolt({
      transport,
      apiUrl,
      bot,
      onRefused,
      log,
    }),
  };
}
