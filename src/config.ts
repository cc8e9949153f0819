import { config as loadDotenv } from 'dotenv';
import { z } from 'zod';
import type { Proxy } from './network.ts';
import { LANGUAGES, type Language } from './session/preferences.ts';
import { isOneSlip } from './session/slip.ts';
import { type Text, issueWords } from './text/index.ts';
import { createLanguages, readLanguage, settingOfLanguage } from './text/languages.ts';

/**
 * Sent in a header, which takes no other characters: something like `xoxb-…` would fail as if Slack were down. Quotes and
 * spaces come with a copied token. https://datatracker.ietf.org/doc/html/rfc6750#section-2.1
 */
const token = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[\\w.~+/=-]+$`));
/** It isn't sent anywhere: only what comes with a copied one can't be part of it. */
const secret = z.string().regex(/^[^\s"'“”‘’]*$/);
/** Tokens are sent there: without TLS only on this machine. */
const address = z.url({ protocol: /^https?$/ }).refine(isPrivate);
const proxy = z.url({ protocol: /^https?$/ });
const keys = z
  .string()
  .refine((value) => value.split(',').every((key) => Buffer.from(key, 'base64').length === 32));

const DEFAULT_COMMAND = '/devin';

/** One row per variable, in the order of .env.example. Defaults are only here. */
const environmentSchema = z.object({
  SLACK_BOT_TOKEN: token('xoxb-'),
  SLACK_APP_TOKEN: token('xapp-').optional(),
  SLACK_SIGNING_SECRET: secret.optional(),
  SLACK_API_URL: address.optional(),
  SLACK_COMMAND: z
    .string()
    .regex(/^\/[^\s/]{1,31}$/)
    .default(DEFAULT_COMMAND),
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  METRICS_TOKEN: z.string().min(16).optional(),
  DEVIN_API_KEY: token('cog_'),
  // Some accounts have `org_…`. It is sent to Devin unchanged.
  DEVIN_ORG_ID: z.string().regex(/^org[-_]\S+$/),
  DEVIN_API_URL: address.refine(isBase).default('https://api.devin.ai'),
  HTTPS_PROXY: proxy.optional(),
  HTTP_PROXY: proxy.optional(),
  NO_PROXY: z.string().optional(),
  IMPERSONATION: z.enum(['required', 'preferred', 'off']).default('required'),
  REQUEST_TAG: z.enum(['on', 'off']).default('on'),
  // `#` ends an address: in a password, it would make another part of it the host.
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .regex(/^[^#]*$/)
    .optional(),
  DATA_DIR: z.string().default('./data'),
  SECRETS_KEY: keys.optional(),
  WATCH_SECONDS: z.coerce.number().min(1).max(3600).default(10),
  RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(90),
  MENTIONS: z.enum(['start', 'ask']).default('start'),
  POLICY_FILE: z.string().optional(),
  IDENTITY_FILE: z.string().optional(),
  LIMIT_OPEN_SESSIONS: z.coerce.number().int().min(0).default(20),
  LIMIT_STARTS_PER_HOUR: z.coerce.number().int().min(0).default(30),
  LANGUAGE: z.string().optional().transform(settingOfLanguage).pipe(z.enum(LANGUAGES).default('en')),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

function isPrivate(value: string): boolean {
  const { protocol, hostname } = URL.parse(value) ?? { protocol: '', hostname: '' };
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Addresses in Devin's reference include the version, which the app adds. A gateway's own path may end with one. */
function isBase(value: string): boolean {
  return !/^\/v\d+\w*\/*$/.test(URL.parse(value)?.pathname ?? '');
}

export type Config = ReturnType<typeof toConfig>;

export type ConfigResult =
  /** `misspelled`: names that nothing reads, and the settings they are probably meant for. */
  | { ok: true; config: Config; misspelled: { name: string; meant: string }[] }
  /** `problems`: a sentence each, in this language. */
  | { ok: false; problems: string[]; language: Language };

/** `.env` and the environment; nothing else reads them. */
export function readEnvironment(): Environment {
  loadDotenv({ quiet: true });
  return process.env;
}

const storeSchema = environmentSchema.pick({ DATABASE_URL: true, DATA_DIR: true });
/** Where the database is, for commands that need no other settings. */
export function readStoreConfig(text: Text) {
  const parsed = storeSchema.safeParse(withoutEmpty(readEnvironment()));
  if (!parsed.success) return { ok: false as const, problems: variableProblems(parsed.error, text) };
  const { DATABASE_URL: databaseUrl = null, DATA_DIR: dataDir } = parsed.data;
  return { ok: true as const, config: { databaseUrl, dataDir } };
}

/** For operators' commands, even if other settings are wrong. */
export function readOperatorSettings(): { text: Text; command: string } {
  const given = withoutEmpty(readEnvironment());
  const { shared: text } = createLanguages(readLanguage(given['LANGUAGE']));
  const command = given['SLACK_COMMAND'] ?? DEFAULT_COMMAND;
  return { text, command };
}

type Environment = Record<string, string | undefined>;

/** The names of a proxy are written either way: curl reads `https_proxy` first. https://curl.se/docs/manpage.html */
const PROXY_NAMES = /^(https?|no)_proxy$/;

/** Empty is not set: shells and compose files write it that way. Spaces around a value come with pasting. */
function withoutEmpty(environment: Environment): Environment {
  // Small letters come last, and what comes last counts.
  const names = Object.keys(environment).toSorted();
  const settingOf = (name: string): string => name.replace(PROXY_NAMES, (small) => small.toUpperCase());
  const given = names.map((name) => [settingOf(name), environment[name]?.trim()] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

export function parseConfig(environment: Environment): ConfigResult {
  const given = withoutEmpty(environment);
  const parsed = environmentSchema.safeParse(given);
  const language = readLanguage(given['LANGUAGE']);
  const { shared: text } = createLanguages(language);
  const problems = [
    ...(parsed.success ? [] : variableProblems(parsed.error, text)),
    ...jointProblems(given, text),
  ];
  const misspelled = misspelledNames(given);
  if (parsed.success && problems.length === 0) return { ok: true, config: toConfig(parsed.data), misspelled };
  const meant = misspelled.map((one) => text.config.misspelled(one.name, one.meant));
  return { ok: false, problems: [...problems, ...meant], language };
}

const NAMES: readonly string[] = environmentSchema.keyof().options;
/** Shorter names are too close to those of other programs. */
const SHORTEST_MISSPELLED = 8;

/** A setting that has a value isn't the one that was meant. */
function misspelledNames(given: Environment): { name: string; meant: string }[] {
  const unset = NAMES.filter((name) => name.length >= SHORTEST_MISSPELLED && given[name] === undefined);
  const unknown = Object.keys(given).filter((name) => !NAMES.includes(name));
  return unknown.flatMap((name) => {
    const spelled = name.toUpperCase();
    const meant = unset.find((known) => isOneSlip(spelled, known));
    return meant === undefined ? [] : [{ name, meant }];
  });
}

/** One line for each variable; it begins with the name. */
function variableProblems({ issues }: z.ZodError, text: Text): string[] {
  const words: Partial<Record<string, string>> = text.config.variables;
  return NAMES.flatMap((name) => {
    const issue = issues.find(({ path }) => path[0] === name);
    return issue === undefined ? [] : [`${name} ${words[name] ?? issueWords(issue, text)}`];
  });
}

/** Combinations of variables that are missing. */
function jointProblems(given: Environment, { config: words }: Text): string[] {
  const noTransport = given.SLACK_APP_TOKEN === undefined && given.SLACK_SIGNING_SECRET === undefined;
  const noKey = given.DATABASE_URL !== undefined && given.SECRETS_KEY === undefined;
  const keyMissing = `SECRETS_KEY ${words.variables.SECRETS_KEY}`;
  return [...(noTransport ? [words.transport] : []), ...(noKey ? [keyMissing] : [])];
}

type Parsed = z.infer<typeof environmentSchema>;

function toConfig(env: Parsed) {
  return {
    slack: {
      botToken: env.SLACK_BOT_TOKEN,
      transport:
        env.SLACK_APP_TOKEN === undefined
          ? { kind: 'http' as const, signingSecret: env.SLACK_SIGNING_SECRET ?? '' }
          : { kind: 'socket' as const, appToken: env.SLACK_APP_TOKEN },
      /** null: Slack's. */
      apiUrl: env.SLACK_API_URL ?? null,
      command: env.SLACK_COMMAND,
    },
    /** `metricsToken` null: loopback and private addresses may read the metrics. */
    http: { host: env.HOST, port: env.PORT, metricsToken: env.METRICS_TOKEN ?? null },
    devin: { apiKey: env.DEVIN_API_KEY, orgId: env.DEVIN_ORG_ID, apiUrl: env.DEVIN_API_URL },
    proxy: toProxy(env),
    impersonation: env.IMPERSONATION,
    /** Off if the organization enforces its own tags. */
    requestTag: env.REQUEST_TAG === 'on',
    policyFile: env.POLICY_FILE ?? null,
    identityFile: env.IDENTITY_FILE ?? null,
    /** For each person, unless the policy says otherwise. */
    limits: { openSessions: env.LIMIT_OPEN_SESSIONS, startsPerHour: env.LIMIT_STARTS_PER_HOUR },
    /** The fastest polling interval. */
    watchSeconds: env.WATCH_SECONDS,
    /** How long the text of ended sessions and requests is kept. */
    retentionDays: env.RETENTION_DAYS,
    /** What a message to the app does. */
    mentions: env.MENTIONS,
    store: {
      databaseUrl: env.DATABASE_URL ?? null,
      dataDir: env.DATA_DIR,
      secretsKey: env.SECRETS_KEY ?? null,
    },
    /** For what several people see. What one person sees follows their language in Slack. */
    language: env.LANGUAGE,
    logLevel: env.LOG_LEVEL,
  };
}

/** For connections to Slack and Devin; null: direct ones. */
function toProxy(env: Parsed): Proxy | null {
  const { HTTPS_PROXY: https = '', HTTP_PROXY: http = '', NO_PROXY: except = '' } = env;
  return https === '' && http === '' ? null : { https, http, except };
}
