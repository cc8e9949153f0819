import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createDevinClient } from '../../src/devin/client.ts';
import { createDevin } from '../../src/devin/devin.ts';
import { bareFailure, DevinError, neverConnected } from '../../src/devin/errors.ts';
import { useProxy } from '../../src/network.ts';
import { toBareId, toPathId } from '../../src/session/snapshot.ts';
import { listenInTest } from '../support/listen.ts';
import { failureOf, KEY, ORG, SESSION, startApi, startDevin } from './local-api.ts';

const PROMPT = 'Rotate the keys of the payment service';

describe('ids and paths', () => {
  const { orgPath } = createDevinClient({ apiUrl: 'http://127.0.0.1:9', apiKey: KEY, orgId: ORG });

  test.each([
    ['abc', 'abc', 'devin-abc'],
    ['devin-abc', 'abc', 'devin-abc'],
  ])('of %s are normalized', (id, bare, inPath) => {
    expect(toBareId(id)).toBe(bare);
    expect(toPathId(id)).toBe(inPath);
  });

  test('have each part encoded', () => {
    expect(orgPath(['google-oauth2|1/2?x'])).toBe('/organizations/org-1/google-oauth2%7C1%2F2%3Fx');
  });

  test.each(['', '.', '..'])('never contain the part "%s"', (part) => {
    expect(() => orgPath([part])).toThrow(DevinError);
  });
});

/** An answer that could be read. */
const HUGE = Buffer.from(JSON.stringify({ ...SESSION, title: 'a'.repeat(17 * 1024 * 1024) }));

describe('reads', () => {
  test.each(['x-request-id', 'request-id', 'cf-ray'])(
    'are named by their id (%s), in what is reported and in errors',
    async (name) => {
      const headers = { [name]: 'req-1' };
      const { sessions, requests } = await startDevin({ status: 404, headers, json: {} });
      expect(await failureOf(sessions.get('abc'))).toMatchObject({ requestId: 'req-1' });
      expect(requests).toMatchObject([{ requestId: 'req-1' }]);
    },
  );

  test.each([429, 500, 503])('are retried after %i when Devin says so', async (status) => {
    const { sessions, seen } = await startDevin((_, index) =>
      index === 0 ? { status, headers: { 'retry-after': '0' } } : { json: SESSION },
    );
    expect((await sessions.get('abc')).sessionId).toBe('abc');
    expect(seen).toHaveLength(2);
  });

  test('give up after a few attempts', async () => {
    const { sessions, seen } = await startDevin({ status: 503, headers: { 'retry-after': '0' } });
    expect(await failureOf(sessions.get('abc'))).toMatchObject({
      failure: { code: 'unavailable', status: 503 },
    });
    expect(seen).toHaveLength(4);
  });

  test.each(['br', 'gzip'])("don't unpack an answer of any size (%s)", async (encoding) => {
    const bomb = encoding === 'br' ? brotliCompressSync(HUGE) : gzipSync(HUGE);
    const { sessions, seen } = await startDevin((_, __, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-encoding': encoding,
        'content-length': bomb.length,
      });
      response.end(bomb);
      return null;
    });
    expect(await failureOf(sessions.get('abc'))).toMatchObject({
      failure: { code: 'no-answer', status: 200 },
    });
    expect(seen).toHaveLength(1);
  });

  test("don't follow a redirect", async () => {
    const { sessions, seen } = await startDevin({ status: 308, headers: { location: '/elsewhere' } });
    expect(await failureOf(sessions.get('abc'))).toMatchObject({
      failure: { code: 'no-answer', status: 308 },
    });
    expect(seen).toHaveLength(1);
  });
});

describe('a write', () => {
  test.each([429, 500, 502, 503])('is sent once when Devin answers %i', async (status) => {
    const { sessions, seen } = await startDevin({ status, headers: { 'retry-after': '0' } });
    expect(await failureOf(sessions.create({ prompt: PROMPT }))).toMatchObject({
      failure: { status },
      retryAfterMs: null,
    });
    expect(seen).toHaveLength(1);
  });

  test("has an unknown outcome when the connection breaks, and isn't retried", async () => {
    const { sessions, seen, requests } = await startDevin((_, __, response) => {
      response.destroy();
      return null;
    });
    const error = await failureOf(sessions.create({ prompt: PROMPT }));
    expect(error).toMatchObject({ failure: { code: 'no-answer', status: null } });
    expect(error).toMatchObject({ meaning: 'unclear' });
    expect(seen).toHaveLength(1);
    expect(requests).toMatchObject([{ operation: 'sessions.create', status: null }]);
  });

  test.each([
    { text: '<html>ok</html>' },
    { text: '' },
    { json: { ok: true } },
    { json: { ...SESSION, session_id: 'devin-' } },
    { json: { ...SESSION, session_id: 'x'.repeat(300) } },
  ])('has an unknown outcome when a success has the body %j', async (reply) => {
    const { sessions } = await startDevin(reply);
    const error = await failureOf(sessions.create({ prompt: PROMPT }));
    expect(error).toMatchObject({ failure: { code: 'no-answer', status: 200 } });
    expect(error).toMatchObject({ meaning: 'unclear' });
  });

  test('has an unknown outcome when the answer does not come in time', async () => {
    const { url, seen } = await startApi(() => null);
    const client = createDevinClient({ apiUrl: url, apiKey: KEY, orgId: ORG });
    const call = {
      operation: 'x',
      method: 'post',
      path: '/x',
      answer: z.unknown(),
      timeoutMs: 100,
    } as const;
    const error = await failureOf(client.call(call));
    expect(error).toMatchObject({ failure: { code: 'no-answer', status: null } });
    expect(everythingIn(error)).not.toContain(KEY);
    // None has arrived yet if the machine is busy.
    expect(seen.length).toBeLessThanOrEqual(1);
  });

  test('has an unknown outcome when it is aborted in flight', async () => {
    const stop = new AbortController();
    const { sessions } = await startDevin(() => {
      stop.abort();
      return null;
    });
    const error = await failureOf(sessions.create({ prompt: PROMPT }, { signal: stop.signal }));
    expect(error).toMatchObject({ code: 'no-answer' });
  });

  test("isn't sent if it was aborted before", async () => {
    const { sessions, seen } = await startDevin({ json: SESSION });
    const error = await failureOf(sessions.create({ prompt: PROMPT }, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'not-sent' });
    expect(error).toMatchObject({ meaning: 'down' });
    expect(seen).toHaveLength(0);
  });

  test("isn't sent if nothing listens", async () => {
    // A port that no system hands out: what another test gave back can be in use again.
    const { sessions } = createDevin({ apiUrl: 'http://localhost:2', apiKey: KEY, orgId: ORG });
    const error = await failureOf(sessions.create({ prompt: PROMPT }));
    expect(error).toMatchObject({ failure: { code: 'not-sent', status: null } });
    expect(error).toMatchObject({ meaning: 'down' });
  });

  test("isn't sent if a proxy refuses it", async () => {
    const proxy = createServer();
    proxy.on('connect', (_request, socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    );
    const direct = getGlobalDispatcher();
    useProxy({ http: await listenInTest(proxy), https: '', except: '' });
    onTestFinished(() => setGlobalDispatcher(direct));
    const { sessions } = createDevin({ apiUrl: 'http://devin.invalid', apiKey: KEY, orgId: ORG });
    expect(await failureOf(sessions.create({ prompt: PROMPT }))).toMatchObject({ code: 'not-sent' });
  });
});

const failed = (code: string, syscall?: string) => Object.assign(new Error(code), { code, syscall });
const CONNECT = failed('ETIMEDOUT', 'connect');
const RESET = failed('ECONNRESET', 'read');

test.each<[what: string, cause: Error, isUnsent: boolean]>([
  ['a failed connect', CONNECT, true],
  ['a failed connect to each address', new AggregateError([CONNECT, CONNECT]), true],
  ['a connect that takes too long', failed('UND_ERR_CONNECT_TIMEOUT'), true],
  ['an untrusted certificate', failed('CERT_HAS_EXPIRED'), true],
  ['a proxy that fails to connect', failed('UND_ERR_PRX_TLS'), true],
  ['a broken connection', RESET, false],
  ['a broken connection after a failed connect', new AggregateError([CONNECT, RESET]), false],
  ['a failure without a reason', new AggregateError([]), false],
])('whether anything was sent is known after %s', (_what, cause, isUnsent) => {
  expect(neverConnected(new TypeError('fetch failed', { cause }))).toBe(isUnsent);
});

test.each([
  ['not-found', 404, ['/v3beta1/x', '/v3/x']],
  ['forbidden', 403, ['/v3beta1/x']],
  ['rate-limited', 429, ['/v3beta1/x']],
] as const)('after %s (%d), these versions of the API were asked: %j', async (code, status, asked) => {
  const { url, seen } = await startApi(() => ({ status, json: {} }));
  const { call } = createDevinClient({ apiUrl: url, apiKey: KEY, orgId: ORG });
  const failing = call({ operation: 'x', path: '/x', isBeta: true, answer: z.unknown(), retry: 0 });
  expect(await failureOf(failing)).toMatchObject({ code });
  expect(seen.map(({ path }) => path)).toEqual(asked);
});

test('only lost answers and 5xx leave the outcome unknown', () => {
  const codes = [
    'no-answer',
    'unavailable',
    'not-sent',
    'rate-limited',
    'invalid-request',
    'unexpected',
  ] as const;
  const unknown = codes.filter(
    (code) => new DevinError({ operation: 'x', failure: bareFailure(code) }).meaning === 'unclear',
  );
  expect(unknown).toEqual(['no-answer', 'unavailable']);
});

describe('neither an error nor a log line holds', () => {
  const secret = 'hunter2-hunter2';
  const request = { prompt: PROMPT, session_secrets: [{ key: 'TOKEN', value: secret, sensitive: true }] };

  test.each([
    { status: 422, json: { detail: `Bad: ${PROMPT} ${secret}`, errors: [{ loc: ['body'], msg: secret }] } },
    { status: 500, text: `${PROMPT} ${secret}` },
    { status: 200, text: `${secret} ${PROMPT}` },
    { status: 200, json: { session_id: 7, echo: request } },
  ])('the prompt, a secret or the key when Devin answers $status', async (reply) => {
    const { sessions, logged } = await startDevin(reply);
    const error = await failureOf(sessions.create(request));
    const written = everythingIn(error) + JSON.stringify(logged);
    expect(written).not.toContain(PROMPT);
    expect(written).not.toContain('hunter2');
    expect(written).not.toContain(KEY);
  });

  test('the request when the connection breaks', async () => {
    const { sessions, logged } = await startDevin((_, __, response) => {
      response.destroy();
      return null;
    });
    const error = await failureOf(sessions.create(request));
    const written = everythingIn(error) + JSON.stringify(logged);
    expect(written).not.toContain(PROMPT);
    expect(written).not.toContain(KEY);
  });

  test('a key that cannot be a header', async () => {
    const { sessions } = createDevin({ apiUrl: 'http://127.0.0.1:9', apiKey: `${KEY}\nx`, orgId: ORG });
    const error = await failureOf(sessions.create(request));
    expect(error).toMatchObject({ code: 'not-sent' });
    expect(everythingIn(error)).not.toContain(KEY);
  });
});

/** Hidden members, causes, and the headers of requests too. */
function everythingIn(error: unknown): string {
  return inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
}
