import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { type LocalDevin, type LocalDevinOptions, createLocalDevin } from '../../../sandbox/devin/index.ts';

export const ADA = { userId: 'google-oauth2|104', email: 'ada@example.com', name: 'Ada' };

export type Reply = { status: number; body: unknown; headers: Headers };
type CallOptions = { body?: unknown; key?: string | null; headers?: Record<string, string> };
export type Call = (method: string, path: string, options?: CallOptions) => Promise<Reply>;

/** A local Devin for one test, and plain fetch on it. Paths that begin with `~` are the organization's. */
export async function open(options: LocalDevinOptions = {}): Promise<{ devin: LocalDevin; call: Call }> {
  const devin = await createLocalDevin({ members: [ADA], ...options });
  onTestFinished(() => devin.stop());
  return { devin, call: caller(devin) };
}

function caller(devin: LocalDevin): Call {
  return async (method, path, { body, key = devin.apiKey, headers = {} } = {}) => {
    const response = await fetch(devin.url + path.replace(/^~/, `/v3/organizations/${devin.orgId}`), {
      method,
      redirect: 'manual',
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
}

export const sessionId = (reply: Reply): string =>
  z.object({ session_id: z.string() }).parse(reply.body).session_id;

/** The reason in a refusal. */
export const detail = (reply: Reply): string => z.object({ detail: z.string() }).parse(reply.body).detail;

export const page = (reply: Reply) =>
  z
    .object({
      items: z.array(z.record(z.string(), z.unknown())),
      end_cursor: z.string().nullable(),
      has_next_page: z.boolean(),
    })
    .parse(reply.body);

export async function createSession(call: Call, body: Record<string, unknown> = {}): Promise<string> {
  return sessionId(await call('POST', '~/sessions', { body: { prompt: 'Fix the flaky test', ...body } }));
}
