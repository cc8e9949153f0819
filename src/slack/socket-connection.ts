import { SocketModeClient } from '@slack/socket-mode';
import type { WebClientOptions } from '@slack/web-api';
import { z } from 'zod';
import type { Log } from '../log.ts';
import { slackLogger } from './log.ts';

/** What the client emits for each envelope. */
export type Envelope = {
  body: Record<string, unknown>;
  retry_num?: number;
  retry_reason?: string;
  ack: (response?: unknown) => Promise<void>;
};

export type ConnectionOptions = {
  appToken: string;
  clientOptions: Omit<WebClientOptions, 'logLevel' | 'logger'>;
  /** How long each step may take: Slack's answer with an address, then the handshake and its hello. */
  stepMs: number;
  log: Log;
};

const disconnectSchema = z.object({ type: z.literal('disconnect'), reason: z.string().optional() });

/**
 * One connection, from its opening to its end. The client's own way of coming back waits 5 s and more, closes the old
 * connection before it opens the next, and stops for good when an address cannot be had.
 */
export class SocketConnection extends SocketModeClient {
  readonly #stepMs: number;
  readonly #log: Log;

  constructor({ appToken, clientOptions, stepMs, log }: ConnectionOptions) {
    const retryConfig = { retries: 0 };
    super({
      appToken,
      autoReconnectEnabled: false,
      logger: slackLogger(log),
      clientOptions: { ...clientOptions, retryConfig, timeout: stepMs },
    });
    this.#stepMs = stepMs;
    this.#log = log;
  }

  /** Resolves with Slack's hello. Rejects when it does not come; then the connection is of no more use. */
  async open(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    this.once('authenticated', () => {
      timer = setTimeout(() => void this.disconnect(), this.#stepMs);
    });
    try {
      await this.start();
    } catch (error) {
      // The client gives no reason for a connection that was closed before the hello.
      if (error instanceof Error) throw error;
      throw new Error('The connection was closed before Slack said hello.', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Emits `leaving` instead of closing at once: Slack leaves time to open the next connection first. */
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
