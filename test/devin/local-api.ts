import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { DevinRequestFacts } from '../../src/devin/client.ts';
import { createDevin } from '../../src/devin/devin.ts';
import { fromWire } from '../../src/session/snapshot.ts';
import { listenInTest } from '../support/listen.ts';

type Seen = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
};
export type Reply = { status?: number; headers?: Record<string, string>; json?: unknown; text?: string };
type Handler = (seen: Seen, index: number, response: ServerResponse) => Reply | null;

/** An answer as its readers get it. */
export const inOurNames = (answer: object) => fromWire(z.record(z.string(), z.unknown())).parse(answer);

/** An HTTP server for one test; `null` from the handler means that it answers by itself. */
export async function startApi(handler: Handler) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const { method = '', headers } = request;
    const entry = { method, path: pathname, query: searchParams, headers, body: await text(request) };
    seen.push(entry);
    const reply = handler(entry, seen.length - 1, response);
    if (reply !== null) send(response, reply);
  }
  return { url: await listenInTest(server), seen };
}

function send(response: ServerResponse, { status = 200, headers = {}, json, text: plain }: Reply) {
  const type = json === undefined ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(json === undefined ? plain : JSON.stringify(json));
}

export const KEY = 'cog_test_key';
export const ORG = 'org-1';

/** All operations against a separate server. `reply` can be one answer for all requests. */
export async function startDevin(reply: Reply | Handler, now?: () => number) {
  const handler: Handler = typeof reply === 'function' ? reply : () => reply;
  const { url, seen } = await startApi(handler);
  const requests: DevinRequestFacts[] = [];
  const logged: unknown[] = [];
  const log = (facts: object, message: string): number => logged.push(facts, message);
  const devin = createDevin({
    apiUrl: url,
    apiKey: KEY,
    orgId: ORG,
    onRequest: (facts) => requests.push(facts),
    log: { debug: log, error: log },
    ...(now && { now }),
  });
  return { ...devin, url, seen, requests, logged };
}

/** The failure of a promise; a test that expected one fails otherwise. */
export async function failureOf(running: Promise<unknown>): Promise<unknown> {
  try {
    await running;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}

/** A session with nothing but what the reference requires. */
export const SESSION = {
  session_id: 'devin-abc',
  url: 'https://app.devin.ai/sessions/abc',
  status: 'new',
  tags: ['slack-1'],
  org_id: ORG,
  created_at: 1_700_000_000,
  updated_at: 1_700_000_001,
  acus_consumed: 0.5,
  pull_requests: [],
};

export const page = (items: unknown[], endCursor: string | null = null) => ({
  items,
  end_cursor: endCursor,
  has_next_page: endCursor !== null,
});
