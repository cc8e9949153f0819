import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** The caller's mistake, in a sentence. */
export class Refusal extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await text(request));
  } catch {
    throw new Refusal('The body is not JSON.');
  }
}

/**
 * Only this page may use its server: another site's script would come with its own Origin, and a name that was
 * pointed at 127.0.0.1 with its own Host.
 */
export function checkOrigin({ headers, method }: IncomingMessage, port: number): void {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? '')) {
    throw new Refusal(`This page answers at ${hosts.join(' and ')} only.`, 403);
  }
  const { origin } = headers;
  if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`)) {
    throw new Refusal('Requests from other pages are refused.', 403);
  }
  const isJson = headers['content-type']?.startsWith('application/json') === true;
  if (method === 'POST' && !isJson) throw new Refusal('A POST here carries application/json.', 415);
}
