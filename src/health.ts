import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { isPrivate } from './network.ts';
import type { Queue } from './queue/index.ts';
import type { Bolt } from './slack/edge/bolt.ts';
import type { HttpPage } from './slack/edge/http-receiver.ts';
import type { Database } from './store/database.ts';
import type { Text } from './text/index.ts';
import { OperatorError } from './text/operator-error.ts';
import { DATABASE_MS, sleep, within } from './time.ts';

/** What the app can't work without. `database`: it answers, and takes writes. */
export type Readiness = { database: boolean; queue: boolean; slack: boolean };

export function createHealthPages(deps: {
  readiness: () => Promise<Readiness>;
  metrics: Pick<Metrics, 'contentType' | 'text'>;
  /** null: loopback and private addresses may read the metrics. */
  metricsToken: string | null;
}): Record<string, (request: IncomingMessage) => Promise<HttpPage>> {
  const { readiness, metrics, metricsToken } = deps;
  const readMetrics = oneAtATime(async () => metrics.text());
  return {
    '/healthz': async () => json(200, { status: 'ok' }),
    '/readyz': async () => {
      const parts = await readiness();
      return json(Object.values(parts).every(Boolean) ? 200 : 503, parts);
    },
    '/metrics': async ({ headers, socket: { remoteAddress } }) => {
      if (!mayReadMetrics(metricsToken, { headers, remoteAddress })) {
        return metricsToken === null
          ? plain(403, 'From a public address, /metrics needs METRICS_TOKEN in the settings.')
          : plain(401, 'Send METRICS_TOKEN as a bearer token.');
      }
      return { status: 200, contentType: metrics.contentType, body: await readMetrics() };
    },
  };
}

/** Anyone who asks while an answer is on its way gets the same one: many requests at once cost as much as one. */
function oneAtATime<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | null = null;
  return async () => {
    asking ??= ask().finally(() => (asking = null));
    return asking;
  };
}

function json(status: number, value: object): HttpPage {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}

function plain(status: number, sentence: string): HttpPage {
  return { status, contentType: 'text/plain', body: `${sentence}\n` };
}

/** With a token, anyone who has it. Without one, only private addresses, also behind a proxy. */
function mayReadMetrics(
  token: string | null,
  { headers, remoteAddress }: { headers: IncomingHttpHeaders; remoteAddress: string | undefined },
): boolean {
  if (token !== null) return sameText(/^bearer (.*)$/i.exec(headers.authorization ?? '')?.[1] ?? '', token);
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  const through = forwarded.map((address) => address.trim()).filter((address) => address !== '');
  return headers.forwarded === undefined && [remoteAddress ?? '', ...through].every(isPrivate);
}

function sameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

export function createReadiness(c: {
  database: Pick<Database, 'ping'>;
  queue: Pick<Queue, 'healthy'>;
  slack: { bolt: Pick<Bolt, 'connected'> };
}): () => Promise<Readiness> {
  const ping = oneAtATime(async () => c.database.ping().then(() => true));

  return async () => ({
    database: await within(DATABASE_MS, ping(), false),
    queue: c.queue.healthy(),
    slack: c.slack.bolt.connected(),
  });
}

/** Between two attempts. */
const PAUSE_MS = 2000;

const PASSING: ReadonlySet<string> = new Set(['slack-unreachable', 'database-unreachable']);

/**
 * Asks for what the start needs until it is there. The app doesn't end meanwhile: a supervisor would pause longer after
 * each attempt. Rejects if the system refuses, and with the last failure if the signal ends the wait.
 */
export async function untilAnswered<Found>(
  system: 'Slack' | 'Postgres',
  ask: () => Promise<Found>,
  { logged: text, log, signal }: { logged: Text; log: Log; signal: AbortSignal },
): Promise<Found> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error)) throw error;
      log.warn({ err: error.cause }, text.joins.sentences([error.say(text), text.start.waits(system)]));
      if (!(await sleep(PAUSE_MS, signal))) throw error;
    }
  }
}

/** The system didn't refuse: it is down, busy, or out of reach. */
function isPassing(error: unknown): error is OperatorError {
  return error instanceof OperatorError && PASSING.has(error.code);
}
