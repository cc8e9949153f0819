import { LogLevel, type Logger as SlackLogger } from '@slack/logger';
import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** Keys whose values never reach a log line, at any depth our own objects reach. */
const SECRET_KEYS = [
  'token',
  'botToken',
  'appToken',
  'apiKey',
  'signingSecret',
  'secretsKey',
  'databaseUrl',
  'authorization',
  'Authorization',
  'response_url',
  'responseUrl',
  'prompt',
  'text',
  'body',
  'value',
  'sealed',
  'session_secrets',
  'sessionSecrets',
  'trigger_id',
];
const DEPTHS = ['', '*.', '*.*.', '*.*.*.'];

/** What a token looks like, wherever it turns up: in a message of a library, in a stack. */
const TOKEN_SHAPES =
  /\b(xox[a-z]|xapp|cog)[-_][\w-]{4,}|postgres(?:ql)?:\/\/[^\s"]+|hooks\.slack(?:-gov)?\.com\/[^\s"]+/g;

/** All that is logged of an error: a database's holds the statement's values, a client's what was sent. */
const ERROR_KEYS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'message',
  'stack',
  'code',
  'statusCode',
  'requestId',
  'retryAfterMs',
  'severity',
  'constraint',
]);

function errorFacts(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const serialised = error instanceof Error ? stdSerializers.err(error) : error;
  return Object.fromEntries(Object.entries(serialised).filter(([key]) => ERROR_KEYS.has(key)));
}

const SAME_LINE_MS = 60_000;
const MOST_LINES = 1000;
const WARN = pino.levels.values['warn'] ?? 40;

/** Errors with the same message are the same. */
function lineOf(args: readonly unknown[]): string {
  return JSON.stringify(args, (_key, value: unknown) => (value instanceof Error ? value.message : value));
}

/**
 * The root logger. Facts go into the object, never into the message. While the database, Slack or Devin is down, much
 * fails: the same warning or error comes once a minute, with how many were left out before it. `passedMs`: a monotonic clock.
 */
export function createLog(
  level: string,
  destination?: DestinationStream,
  passedMs: () => number = () => performance.now(),
): Log {
  const said = new Map<string, { untilMs: number; leftOut: number }>();
  let leftOut = 0;
  return pino(
    {
      level,
      base: null,
      mixin: () => (leftOut > 0 ? { leftOut } : {}),
      serializers: { err: errorFacts },
      redact: {
        paths: DEPTHS.flatMap((depth) => SECRET_KEYS.map((key) => depth + key)),
        censor: '[redacted]',
      },
      hooks: {
        logMethod(args, method, lineLevel) {
          const line = lineLevel < WARN ? null : lineOf(args);
          const before = line === null ? undefined : said.get(line);
          if (before !== undefined && passedMs() < before.untilMs) {
            before.leftOut += 1;
            return;
          }
          leftOut = before?.leftOut ?? 0;
          method.apply(this, args);
          leftOut = 0;
          if (line === null) return;
          if (said.size >= MOST_LINES) said.clear();
          said.set(line, { untilMs: passedMs() + SAME_LINE_MS, leftOut: 0 });
        },
        streamWrite: (line) => line.replaceAll(TOKEN_SHAPES, '[redacted]'),
      },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** What Slack's libraries report, they also throw, and we log it. Their `debug` is dropped: it holds whole bodies. */
export function slackLogger(log: Log): SlackLogger {
  const child = log.child({ from: 'slack-sdk' });
  const say = (...parts: unknown[]): void =>
    child.debug(parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' '));
  return {
    debug: child.silent,
    info: say,
    warn: say,
    error: say,
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

/** null if it fails, which is logged. */
export async function nullIfFails<T>(asking: Promise<T>, log: Log, message: string): Promise<T | null> {
  return asking.catch((error: unknown) => {
    log.warn({ err: error }, message);
    return null;
  });
}
