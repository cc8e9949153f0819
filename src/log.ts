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

/** The root logger. Facts go into the object, never into the message. */
export function createLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      serializers: { err: errorFacts },
      redact: {
        paths: DEPTHS.flatMap((depth) => SECRET_KEYS.map((key) => depth + key)),
        censor: '[redacted]',
      },
      hooks: { streamWrite: (line) => line.replaceAll(TOKEN_SHAPES, '[redacted]') },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** Slack's libraries log through pino, a level lower. Their `debug` is dropped: it holds whole bodies. */
export function slackLogger(log: Log): SlackLogger {
  const child = log.child({ from: 'slack-sdk' });
  const words = (parts: unknown[]): string =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: child.silent,
    info: (...parts) => child.debug(words(parts)),
    warn: (...parts) => child.warn(words(parts)),
    error: (...parts) => child.error(words(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

/** For clients, which also throw what they report as an error. Their callers log it. */
export function quietSlackLogger(log: Log): SlackLogger {
  const logger = slackLogger(log);
  return { ...logger, warn: logger.info, error: logger.info };
}

/** null if it fails, which is logged. */
export async function nullIfFails<T>(asking: Promise<T>, log: Log, message: string): Promise<T | null> {
  return asking.catch((error: unknown) => {
    log.warn({ err: error }, message);
    return null;
  });
}
