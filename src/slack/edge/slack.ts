import { readFileSync } from 'node:fs';
import { WebAPIPlatformError, WebClient, type WebAPICallResult, type WebClientOptions } from '@slack/web-api';
import { parse } from 'yaml';
import { z } from 'zod';
import { bounded, type Fetch } from '../../bounds.ts';
import { slackLogger, type Log } from '../../log.ts';
import type { Proxy } from '../../network.ts';
import type { KnownPeople } from '../../store/identities.ts';
import type { Settings } from '../../store/settings.ts';
import type { Languages } from '../../text/languages.ts';
import { createRemoteClock, type RemoteClock } from '../../time.ts';
import { createUpstream, sayingHowLong, tooMany } from '../../upstream.ts';
import { createBolt, type BoltOptions, type Transport } from './bolt.ts';
import { createThreadReader } from './context.ts';
import { refusalKind } from './errors.ts';
import { createSlackFiles, createIsSlackAddress } from './files.ts';
import { readPosted } from './metadata.ts';
import { createOutbound, type ThreadPlace } from './outbound.ts';
import { createGroups, createPeople, createTextFor, namesIn } from './people.ts';
import { createConversations } from './places.ts';

const SLACK_TIMEOUT_MS = 10_000;
const SLACK_API_URL = 'https://slack.com/api/';

export type Slack = ReturnType<typeof createSlack>;

type SlackOptions = {
  botToken: string;
  /** null: Slack's. */
  apiUrl: string | null;
  transport: Transport;
  proxy: Proxy | null;
  knownPeople: Pick<KnownPeople, 'since' | 'remember'>;
  languages: Languages;
  preferencesFor: Settings['preferencesFor'];
  onRefused: BoltOptions['onRefused'];
  /** Slack refuses the bot token, with this code. */
  onTokenRefused: (code: string) => void;
  fetch: typeof fetch;
  now: () => number;
  log: Log;
};

/** Everything that calls Slack or is called by it. */
export function createSlack(options: SlackOptions) {
  const { botToken, apiUrl, transport, proxy, knownPeople, languages, onRefused, fetch, now, log } = options;
  const clock = createRemoteClock();
  const { answers, background, isUp } = createClients(options, clock);
  const isSlackAddress = createIsSlackAddress(apiUrl);
  const identity: { bot: BotIdentity | null } = { bot: null };
  const bot = (): BotIdentity => {
    if (identity.bot === null) throw new Error('Slack was asked for before the start.');
    return identity.bot;
  };
  const botUserId = (): string => bot().botUserId;
  const teamId = (): string => bot().teamId;
  const workspaceUrl = (): string | null => bot().workspaceUrl;
  const people = createPeople({ client: background, teamId, knownPeople, now });
  const outbound = createOutbound({
    answers,
    background,
    isSlackAddress,
    clock,
    workspaceUrl,
    fetch,
    log,
  });
  const { directChannel, permalink } = outbound;
  const conversations = createConversations({ client: background, directChannel, now });
  return {
    answers,
    isUp,
    identity,
    botUserId,
    teamId,
    readPosted: async (thread: ThreadPlace, sinceS: number) =>
      readPosted({ client: background, botUserId }, thread, sinceS),
    people,
    textFor: createTextFor({
      languages,
      people,
      preferencesFor: async (userId) => options.preferencesFor({ teamId: teamId(), userId, channelId: '' }),
      log,
    }),
    /** The text with names instead of ids. */
    nameMentions: async (text: string) => (await namesIn([text], people))(text),
    thread: createThreadReader({ client: background, people, ...conversations, permalink, botUserId }),
    files: createSlackFiles({ client: background, isSlackAddress, botToken, fetch }),
    outbound,
    ...conversations,
    groups: createGroups({ client: background, now }),
    bolt: createBolt({
      transport,
      proxy,
      apiUrl,
      bot,
      isOfBoth: people.isOfBoth,
      onRefused,
      log,
    }),
  };
}

/** `background`: for what can wait; its queue delays nobody's modal. */
function createClients({ botToken, apiUrl, log, onTokenRefused }: SlackOptions, clock: RemoteClock) {
  const upstream = createUpstream({
    origin: new URL(apiUrl ?? SLACK_API_URL).origin,
    fetch: clock.observe(sayingHowLong(bounded(globalThis.fetch))),
    // These search for lost answers, often many at once. https://docs.slack.dev/apis/web-api/rate-limits
    perMinute: { 'conversations.history': 45, 'conversations.replies': 45 },
    refuse: tooMany,
    onDown: () => log.warn("Slack doesn't answer; cards and messages wait"),
  });
  const onDeadToken = (code: string): void => {
    onTokenRefused(code);
    log.error({ code }, 'Slack refuses SLACK_BOT_TOKEN; run `npm run doctor`');
  };
  // Never retried blindly: two cards are as wrong as none. The jobs decide.
  const client = (observed: Fetch): WebClient =>
    new Client(botToken, onDeadToken, {
      logger: slackLogger(log),
      timeout: SLACK_TIMEOUT_MS,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      ...(apiUrl !== null && { slackApiUrl: apiUrl }),
      fetch: observed,
    });
  // A trigger id lives 3 s: what people wait for is always asked. The rest waits while Slack is down or busy.
  const answers = client(upstream.observed);
  const background = client(upstream.guarded);
  return { answers, background, isUp: upstream.isUp };
}

/** Who the app is in its workspace, from `auth.test`. */
export type BotIdentity = {
  botToken: string;
  botUserId: string;
  teamId: string;
  /** Such as `https://acme.slack.com/`; null: Slack didn't say. */
  workspaceUrl: string | null;
};

/** Whose the token is, and its scopes, if Slack says them; null: it doesn't say whose. https://docs.slack.dev/reference/methods/auth.test */
export async function identifyBot(
  client: WebClient,
): Promise<(Omit<BotIdentity, 'botToken'> & { scopes: string[] | null }) | null> {
  const answer = await client.auth.test();
  const { user_id: botUserId, team_id: teamId, url } = answer;
  if (!botUserId || !teamId) return null;
  return {
    botUserId,
    teamId,
    workspaceUrl: url ?? null,
    scopes: answer.response_metadata?.scopes ?? null,
  };
}

const manifestSchema = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
});

/** The scopes that the app asks for when it is installed. */
export function manifestScopes(): string[] {
  const manifest: unknown = parse(readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8'));
  return manifestSchema.parse(manifest).oauth_config.scopes.bot;
}

/** What the app was installed without, as far as Slack says. */
export function missingScopes(granted: readonly string[] | null): string[] {
  return granted === null ? [] : manifestScopes().filter((scope) => !granted.includes(scope));
}

class Client extends WebClient {
  readonly #onDeadToken: (code: string) => void;

  constructor(token: string, onDeadToken: (code: string) => void, options: WebClientOptions) {
    super(token, options);
    this.#onDeadToken = onDeadToken;
  }

  override async apiCall(method: string, options?: Record<string, unknown>): Promise<WebAPICallResult> {
    try {
      return await super.apiCall(method, options);
    } catch (error) {
      const code = error instanceof WebAPIPlatformError ? error.data.error : '';
      if (refusalKind(code) === 'token') this.#onDeadToken(code);
      throw error;
    }
  }
}
