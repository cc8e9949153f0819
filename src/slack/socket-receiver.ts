import type { App, Receiver } from '@slack/bolt';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { slackFailure } from './errors.ts';
import { SocketConnection } from './socket-connection.ts';
import type { ConnectionOptions, Envelope } from './socket-connection.ts';

export type SocketTimes = Pick<ConnectionOptions, 'stepMs'> & {
  /** Between tries, one after the other; the last one again and again. */
  pausesMs: readonly number[];
  /** How long a connection that was replaced stays open, for the answers that are still to go over it. */
  drainMs: number;
};

const TIMES: SocketTimes = { stepMs: 10_000, pausesMs: [0, 1000, 2000, 5000, 10_000], drainMs: 3000 };

type ReceiverOptions = Pick<ConnectionOptions, 'appToken' | 'clientOptions'> & {
  /** Whether an envelope that failed should not come again. */
  isSettled: (body: Record<string, unknown>) => boolean;
  log: Log;
  times?: SocketTimes;
};

export type SocketReceiver = Receiver & { connected(): boolean };

/** https://docs.slack.dev/apis/events-api/using-socket-mode: one connection at a time, two while one replaces the other. */
export function createSocketReceiver(options: ReceiverOptions): SocketReceiver {
  const { log, isSettled, times = TIMES } = options;
  let app: App | null = null;
  let current: SocketConnection | null = null;
  let opening: Promise<void> | null = null;
  const draining = new Set<SocketConnection>();
  const stopping = new AbortController();

  async function take({
    body,
    ack,
    retry_num: retryNum,
    retry_reason: retryReason,
  }: Envelope): Promise<void> {
    let acknowledged = false;
    const acknowledge = async (response?: unknown): Promise<void> => {
      if (acknowledged) return;
      acknowledged = true;
      await ack(response);
    };
    const retry = {
      ...(retryNum !== undefined && { retryNum }),
      ...(retryReason !== undefined && { retryReason }),
    };
    try {
      await app?.processEvent({ body, ack: acknowledge, ...retry });
    } catch (error) {
      log.warn({ err: error }, 'a payload could not be read');
      if (isSettled(body)) await acknowledge();
    }
  }

  function create(): SocketConnection {
    const connection = new SocketConnection({ ...options, ...times });
    connection.on('slack_event', (envelope: Envelope) => {
      take(envelope).catch((error: unknown) => log.warn({ err: error }, 'an envelope was not acknowledged'));
    });
    connection.on('leaving', (reason: string | undefined) => {
      log.debug({ reason }, 'Slack will close this connection: opening the next one');
      if (connection === current) replace();
    });
    connection.on('close', () => {
      draining.delete(connection);
      if (connection !== current) return;
      current = null;
      replace();
    });
    return connection;
  }

  async function openOne(): Promise<void> {
    const connection = create();
    await connection.open();
    const last = current;
    current = connection;
    if (stopping.signal.aborted) close(connection);
    if (last !== null) retire(last);
  }

  /** Until there is one. Slack may be down for hours. */
  async function openSome(): Promise<void> {
    for (let tries = 0; !stopping.signal.aborted; tries += 1) {
      await delay(times.pausesMs[tries] ?? times.pausesMs.at(-1), null, {
        signal: stopping.signal,
        ref: false,
      });
      try {
        return await openOne();
      } catch (error) {
        log.warn({ err: error, tries }, 'Slack could not be connected to');
      }
    }
  }

  function replace(): void {
    opening ??= openSome()
      .catch(() => undefined)
      .finally(() => (opening = null));
  }

  function retire(connection: SocketConnection): void {
    draining.add(connection);
    setTimeout(() => close(connection), times.drainMs).unref();
  }

  function close(connection: SocketConnection): void {
    connection
      .disconnect()
      .catch((error: unknown) => log.debug({ err: error }, 'a connection did not close'));
  }

  return {
    init(given) {
      app = given;
    },
    /** Rejects only when Slack refuses the token; whatever else goes wrong is tried again. */
    async start() {
      try {
        await openOne();
      } catch (error) {
        if (isRefused(error)) throw error;
        log.warn({ err: error }, 'Slack could not be connected to');
        replace();
        await opening;
      }
    },
    async stop() {
      stopping.abort();
      for (const connection of [current, ...draining]) if (connection !== null) close(connection);
      current = null;
      return Promise.resolve();
    },
    connected: () => current !== null,
  };
}

function isRefused(error: unknown): boolean {
  try {
    return slackFailure(error).kind === 'refused';
  } catch {
    return false;
  }
}
