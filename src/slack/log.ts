import type { Logger } from '@slack/logger';
import { LogLevel } from '@slack/logger';
import type { Log } from '../log.ts';

/** Slack's libraries log through pino, a level lower. Their `debug` is dropped: it holds whole bodies. */
export function slackLogger(log: Log): Logger {
  const child = log.child({ from: 'slack-sdk' });
  const words = (parts: unknown[]): string =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: () => undefined,
    info: (...parts) => child.debug(words(parts)),
    warn: (...parts) => child.warn(words(parts)),
    error: (...parts) => child.error(words(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
