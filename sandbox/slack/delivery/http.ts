import { createHmac } from 'node:crypto';
import { parseJson } from '../../json.ts';
import type { Delivery, DeliveryOutcome } from '../model.ts';
import type { Packet, Retry } from './dispatch.ts';

type RawRequest = {
  body: string;
  headers?: Record<string, string>;
  sign?: boolean;
  /** When it was signed; now, unless said otherwise. */
  signedAtMs?: number;
};

/** Signed POSTs to the app's request URL; several URLs stand for replicas behind a load balancer. */
export function createHttpTransport(deps: { signingSecret: string; timeoutMs: number }) {
  let urls: readonly string[] = [];
  let turn = 0;

  function nextUrl(): string | undefined {
    turn += 1;
    return urls[turn % urls.length];
  }

  return {
    connect(given: readonly string[]): void {
      urls = given;
    },
    isUp: () => urls.length > 0,
    async send({ delivery, retry }: Packet): Promise<DeliveryOutcome> {
      const url = nextUrl();
      if (url === undefined) return { kind: 'refused', status: null };
      const { body, contentType } = encode(delivery);
      const headers = {
        'content-type': contentType,
        ...sign(body, deps.signingSecret),
        ...retryHeaders(retry),
      };
      return post({ url, body, headers, timeoutMs: deps.timeoutMs });
    },
    async sendRaw({ body, headers = {}, sign: isSigned = true, signedAtMs }: RawRequest) {
      const url = nextUrl();
      if (url === undefined) throw new Error('sendRaw needs an app connected by HTTP.');
      const signature = isSigned ? sign(body, deps.signingSecret, signedAtMs) : {};
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...signature, ...headers },
      });
      return { status: response.status, body: await response.text() };
    },
  };
}

/** Commands are forms, interactions a form with JSON in it, events JSON. */
function encode({ kind, payload }: Delivery): { body: string; contentType: string } {
  if (kind === 'event') return { body: JSON.stringify(payload), contentType: 'application/json' };
  const fields =
    kind === 'command'
      ? Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)])
      : Object.entries({ payload: JSON.stringify(payload) });
  return { body: new URLSearchParams(fields).toString(), contentType: 'application/x-www-form-urlencoded' };
}

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function sign(body: string, secret: string, atMs = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${digest}`,
  };
}

function retryHeaders(retry: Retry | null): Record<string, string> {
  return retry === null
    ? {}
    : { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason };
}

type Post = { url: string; body: string; headers: Record<string, string>; timeoutMs: number };

async function post({ url, body, headers, timeoutMs }: Post): Promise<DeliveryOutcome> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { method: 'POST', body, headers, signal });
    const text = await response.text();
    // An empty body is a bare acknowledgement; text that is not JSON is a message.
    if (response.ok) return { kind: 'answered', body: text === '' ? null : parseJson(text, text) };
    return { kind: 'refused', status: response.status };
  } catch {
    return signal.aborted ? { kind: 'timeout' } : { kind: 'refused', status: null };
  }
}
