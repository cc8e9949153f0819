import { setTimeout as delay } from 'node:timers/promises';
import { SocketModeClient } from '@slack/socket-mode';
import { z } from 'zod';
import { slackLogger, type Log } from '../../log.ts';
import { proxyAgent, type Proxy } from '../../network.ts';
import type { Deliver, SlackReceiver } from './bolt.ts';
import { askedToWaitMs, isRefused } from './errors.ts';

export type SocketTimes = {
  /** How long each step may take: getting an address from Slack, then the handshake and its hello. */
  stepMs: number;
  /** Pauses between attempts, in order; then the last one every time. */
  pausesMs: readonly number[];
  /** How long a replaced connection stays open for outstanding answers. */
  drainMs: number;
};

const REFUSED = 'Slack refuses SLACK_APP_TOKEN, so nothing reaches the app; run `npm run doctor`';

const TIMES: SocketTimes = { stepMs: 10_000, pausesMs: [0, 1000, 2000, 5000, 10_000], drainMs: 3000 };

type SocketOptions = {
  appToken: string;
  apiUrl: string | null;
  proxy: Proxy | null;
  deliver: Deliver;
  log: Log;
  socketTimes?: SocketTimes;
};

/**
 * One connection at a time; two while one replaces the other. https://docs.slack.dev/apis/events-api/using-socket-mode
 */
export function createSocketReceiver(options: SocketOptions): SlackReceiver {
  const { deliver, log, socketTimes: times = TIMES } = options;
  let current: SocketConnection | null = null;
  let opening: Promise<void> | null = null;
  const open = new Set<SocketConnection>();
  const stopping = new AbortController();

  async function take({ body, ack, retry_num: retryNum = 0 }: SocketEnvelope): Promise<void> {
    // What can't be read shouldn't come again.
    if ((await deliver({ body, retryNum, answer: ack })) === 'malformed') await ack();
  }

  function create(): SocketConnection {
    const connection = new SocketConnection(options, times.stepMs);
    connection.on('slack_event', (envelope: SocketEnvelope) => {
      take(envelope).catch((error: unknown) => log.warn({ err: error }, 'an envelope was not acknowledged'));
    });
    connection.on('leaving', (reason: string | undefined) => {
      log.debug({ reason }, 'Slack will close this connection: opening the next one');
      if (connection === current) replace();
    });
    connection.on('close', () => {
      open.delete(connection);
      if (connection !== current) return;
      current = null;
      replace();
    });
    return connection;
  }

  function report(error: unknown): void {
    if (isRefused(error)) log.error({ err: error }, REFUSED);
    else log.warn({ err: error }, 'could not connect to Slack');
  }

  async function openOne(): Promise<void> {
    const connection = create();
    await connection.open();
    const last = current;
    current = connection;
    open.add(connection);
    if (stopping.signal.aborted) close(connection);
    if (last !== null) setTimeout(() => close(last), times.drainMs).unref();
  }

  /** Retries until one opens, or what happened is final: Slack may be down for hours. */
  async function openSome(isFinal: (error: unknown) => boolean): Promise<void> {
    let askedMs = 0;
    for (let tries = 0; !stopping.signal.aborted; tries += 1) {
      const pauseMs = times.pausesMs[tries] ?? times.pausesMs.at(-1) ?? 0;
      await delay(Math.max(pauseMs, askedMs), null, { signal: stopping.signal, ref: false });
      try {
        await openOne();
        if (tries > 0) log.info('Slack is connected again');
        return;
      } catch (error) {
        if (isFinal(error)) throw error;
        report(error);
        askedMs = askedToWaitMs(error) ?? 0;
      }
    }
  }

  function replace(): void {
    opening ??= openSome(() => false)
      .catch(() => undefined)
      .finally(() => (opening = null));
  }

  function close(connection: SocketConnection): void {
    connection
      .disconnect()
      .catch((error: unknown) => log.debug({ err: error }, 'a connection did not close'));
  }

  return {
    slackEvents: null,
    /** Rejects only if Slack refuses the token; all other failures are retried. */
    async start() {
      await openSome(isRefused).catch((final: unknown) => {
        if (!stopping.signal.aborted) throw final;
      });
    },
    async stop() {
      stopping.abort();
      open.forEach(close);
      current = null;
      return Promise.resolve();
    },
    connected: () => current !== null,
  };
}

/** What the client emits for each envelope. */
type SocketEnvelope = {
  body: Record<string, unknown>;
  retry_num?: number;
  ack: (response?: unknown) => Promise<void>;
};

const disconnectSchema = z.object({ type: z.literal('disconnect'), reason: z.string().optional() });

/**
 * One connection, from start to end. The client's own reconnection waits 5 s or more, closes the old connection before
 * it opens the next, and gives up if it can't get an address.
 */
class SocketConnection extends SocketModeClient {
  readonly #stepMs: number;
  readonly #log: Log;

  constructor({ appToken, apiUrl, proxy, log }: SocketOptions, stepMs: number) {
    const dispatcher = proxyAgent(proxy);
    super({
      appToken,
      autoReconnectEnabled: false,
      logger: slackLogger(log),
      clientOptions: {
        ...(apiUrl !== null && { slackApiUrl: apiUrl }),
        retryConfig: { retries: 0 },
        timeout: stepMs,
        // If Slack asks to wait, the client would wait without a word.
        rejectRateLimitedCalls: true,
      },
      ...(dispatcher !== null && { dispatcher }),
    });
    this.#stepMs = stepMs;
    this.#log = log;
  }

  /** Resolves with Slack's hello. Rejects if it doesn't come; then the connection is useless. */
  async open(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    this.once('authenticated', () => {
      timer = setTimeout(() => void this.disconnect(), this.#stepMs);
    });
    try {
      await this.start();
    } catch (error) {
      // The client gives no reason if the connection closes before the hello.
      if (error instanceof Error) throw error;
      throw new Error('The connection was closed before Slack said hello.', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Emits `leaving` instead of closing at once: Slack allows time to open the next connection first. */
  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    try {
      const farewell = disconnectSchema.safeParse(isBinary ? null : parse(data));
      if (farewell.success) this.emit('leaving', farewell.data.reason);
      else await super.onWebSocketMessage(data, isBinary);
    } catch (error) {
      this.#log.warn({ err: error }, 'an envelope could not be read');
    }
  }
}

function parse(data: string | ArrayBuffer): unknown {
  try {
    return JSON.parse(typeof data === 'string' ? data : new TextDecoder().decode(data));
  } catch {
    return null;
  }
}
