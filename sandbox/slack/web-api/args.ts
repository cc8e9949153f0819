import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { parseJson } from '../../json.ts';

/** Arguments that travel as JSON text inside a form. */
const NESTED = new Set(['blocks', 'attachments', 'metadata', 'view', 'files']);

const jsonObject = z.record(z.string(), z.unknown());

export type Decoded = { token: string | null; args: Record<string, unknown> };

/** Forms and JSON bodies, as @slack/web-api and plain HTTP clients send them. */
export function decodeArgs(body: Buffer, headers: IncomingHttpHeaders, query: URLSearchParams): Decoded {
  const given = (headers['content-type'] ?? '').startsWith('application/json')
    ? fromJson(body.toString())
    : fromForm(new URLSearchParams(body.toString()));
  const { token: inBody, ...args } = { ...fromForm(query), ...given };
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return { token: bearer ?? (typeof inBody === 'string' ? inBody : null), args };
}

/** Text that is not JSON stays text, and fails where an object is needed. */
function fromForm(form: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries(
    [...form].map(([key, value]) => [key, NESTED.has(key) ? parseJson(value, value) : value]),
  );
}

function fromJson(text: string): Record<string, unknown> {
  const parsed = jsonObject.safeParse(parseJson(text));
  return parsed.success ? parsed.data : {};
}
