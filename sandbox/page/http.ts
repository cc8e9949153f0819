import type { IncomingMessage, ServerResponse } from 'node:http';

/** A file of ten megabytes in base64, and some room. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

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
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.byteLength;
    if (length > BODY_LIMIT_BYTES) throw new Refusal('The request is larger than 16 MB.', 413);
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Refusal('The body is not JSON.');
  }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
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
