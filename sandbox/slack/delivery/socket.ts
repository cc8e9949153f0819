import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { parseJson } from '../../json.ts';
import { randomToken } from '../ids.ts';
import type { DeliveryOutcome } from '../model.ts';
import { addProblem, type State } from '../state.ts';
import type { Packet } from './dispatch.ts';

/** https://docs.slack.dev/apis/events-api/using-socket-mode */

const MOST_CONNECTIONS = 10;
/** The SDK gives up on a server that is silent for 30 s. */
const PING_EVERY_MS = 10_000;

const ackSchema = z.object({ envelope_id: z.string(), payload: z.unknown().optional() });

const ENVELOPE_TYPE = { command: 'slash_commands', interactive: 'interactive', event: 'events_api' } as const;

type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled';

/** What may never come for a connection; for the URL itself, let `apps.connections.open` hang. */
type Stall = 'handshake' | 'hello';

type Pending = { settle: (outcome: DeliveryOutcome) => void; socket: WebSocket };

type SocketDeps = { state: State; server: Server; timeoutMs: number };

export function createSocketTransport({ state, server, timeoutMs }: SocketDeps) {
  const sockets = new Set<WebSocket>();
  const tickets = new Set<string>();
  const pending = new Map<string, Pending>();
  const settled = new Set<string>();
  const stalled = new Set<Duplex>();
  const stalls: Record<Stall, number> = { handshake: 0, hello: 0 };
  let turn = 0;

  const upgrades = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (take('handshake')) return void stalled.add(socket);
    const ticket = new URL(request.url ?? '/', state.url).searchParams.get('ticket') ?? '';
    if (!tickets.delete(ticket)) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    else upgrades.handleUpgrade(request, socket, head, welcome);
  });
  /** Whether this step of the connection is one of those that never come. */
  function take(step: Stall): boolean {
    if (stalls[step] === 0) return false;
    stalls[step] -= 1;
    return true;
  }

  const pings = setInterval(() => {
    for (const socket of sockets) socket.ping();
  }, PING_EVERY_MS).unref();

  function welcome(socket: WebSocket): void {
    if (sockets.size >= MOST_CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      socket.close();
      return;
    }
    sockets.add(socket);
    socket.on('message', (data) => receive(Buffer.isBuffer(data) ? data.toString() : ''));
    socket.on('close', () => forget(socket));
    if (!take('hello')) socket.send(JSON.stringify(hello()));
    state.changes.emit({ kind: 'connection' });
  }

  function hello() {
    return {
      type: 'hello',
      num_connections: sockets.size,
      connection_info: { app_id: state.workspace.appId },
      debug_info: { host: 'applink-local', approximate_connection_time: 18_060 },
    };
  }

  /** Each payload goes to one of the connections, in no promised order. */
  async function send(packet: Packet): Promise<DeliveryOutcome> {
    const open = [...sockets];
    turn += 1;
    const socket = open[turn % open.length];
    if (socket === undefined) return { kind: 'refused', status: null };
    const envelopeId = randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ kind: 'timeout' }), timeoutMs);
      const settle = (outcome: DeliveryOutcome): void => {
        clearTimeout(timer);
        pending.delete(envelopeId);
        settled.add(envelopeId);
        resolve(outcome);
      };
      pending.set(envelopeId, { settle, socket });
      socket.send(JSON.stringify(envelope(envelopeId, packet)));
    });
  }

  function receive(text: string): void {
    const ack = ackSchema.safeParse(parseJson(text));
    if (!ack.success)
      return addProblem(state, `the socket carried something that is no acknowledgement: ${text}`);
    const id = ack.data.envelope_id;
    const waiting = pending.get(id);
    if (waiting !== undefined)
      return waiting.settle({ kind: 'answered', body: readPayload(ack.data.payload) });
    const why = settled.has(id) ? 'acknowledged twice, or too late' : 'acknowledged but never sent';
    addProblem(state, `envelope ${id}: ${why}`);
  }

  function forget(socket: WebSocket): void {
    sockets.delete(socket);
    for (const one of pending.values()) {
      if (one.socket === socket) one.settle({ kind: 'refused', status: null });
    }
    state.changes.emit({ kind: 'connection' });
  }

  return {
    isUp: () => sockets.size > 0,
    send,
    openTicket(): string {
      const ticket = randomToken();
      tickets.add(ticket);
      return `${state.url.replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${state.workspace.appId}`;
    },
    connections: () => sockets.size,
    /** Asks the app to reconnect, as Slack does every few hours. */
    disconnect(reason: DisconnectReason): void {
      for (const socket of sockets)
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: {} }));
    },
    /** The next connections get this far and no further. */
    stall(step: Stall, times = 1): void {
      stalls[step] += times;
    },
    /** Cuts the connections without a word. */
    drop(): void {
      for (const socket of sockets) socket.terminate();
    },
    close(): void {
      clearInterval(pings);
      for (const socket of sockets) socket.terminate();
      for (const socket of stalled) socket.destroy();
      upgrades.close();
    },
  };
}

function envelope(
  envelopeId: string,
  { delivery: { kind, payload }, retry }: Packet,
): Record<string, unknown> {
  return {
    envelope_id: envelopeId,
    type: ENVELOPE_TYPE[kind],
    payload,
    accepts_response_payload: kind !== 'event',
    ...(kind === 'event' && { retry_attempt: retry?.num ?? 0, retry_reason: retry?.reason ?? '' }),
  };
}

/** The SDK acknowledges with an empty object where HTTP has an empty body. */
function readPayload(payload: unknown): unknown {
  const isEmpty = typeof payload === 'object' && payload !== null && Object.keys(payload).length === 0;
  return isEmpty ? null : (payload ?? null);
}
