import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { refusalOf, startPage, stateOf } from './harness.ts';

/** fetch sets Host by itself. */
async function statusWithHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api/state`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function firstEvent(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let heard = '';
  for await (const chunk of stream) {
    heard += decoder.decode(chunk, { stream: true });
    const event = /event: changed\ndata: (.*)\n\n/.exec(heard)?.[1];
    if (event !== undefined) return event;
  }
  return 'the stream ended';
}

function streamOf({ body }: Response): ReadableStream<Uint8Array> {
  if (body === null) throw new Error('The answer has no body.');
  return body;
}

describe('the client', () => {
  test('is a page that loads nothing from elsewhere', async () => {
    const { url } = await startPage();
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await response.text()).toContain('<aside id="panel"');
  });

  test('is served as JavaScript: without types, with the same names', async () => {
    const { url } = await startPage();
    const response = await fetch(`${url}/main.ts`);
    const script = await response.text();
    expect(response.headers.get('content-type')).toContain('text/javascript');
    expect(script).toContain("from './api.ts'");
    expect(script).not.toContain('import type');
  });

  test('gets its library from the sandbox, too', async () => {
    const { url } = await startPage();
    const script = await (await fetch(`${url}/main.ts`)).text();
    const [, path = ''] = /import \{ render \} from '\.(\/[^']*)'/.exec(script) ?? [];
    const response = await fetch(url + path);
    expect(response.headers.get('content-type')).toContain('text/javascript');
    expect(await response.text()).toMatch(/export ?\{.*\brender\b/);
  });

  test.each(['/../server.ts', '/%2e%2e/server.ts', '/..%2fserver.ts', '/tsconfig.json', '/nothing.ts'])(
    'does not include %s',
    async (path) => {
      const { url } = await startPage();
      const response = await fetch(url + path);
      expect(response.status).toBe(404);
    },
  );
});

describe('the server', () => {
  test('answers only this page', async () => {
    const { url } = await startPage();
    const foreign = await fetch(`${url}/api/state`, { headers: { origin: 'https://example.com' } });
    expect(foreign.status).toBe(403);
    expect(await statusWithHost(url, 'example.com')).toBe(403);
    expect(await statusWithHost(url, new URL(url).host.replace('127.0.0.1', 'localhost'))).toBe(200);
  });

  test('refuses a form from another page', async () => {
    const { url } = await startPage();
    const response = await fetch(`${url}/api/act`, { method: 'POST', body: 'as=U1' });
    expect(await refusalOf(response)).toEqual({
      status: 415,
      problem: 'A POST here carries application/json.',
    });
  });

  test('passes everything under /api/control to the controls', async () => {
    const { url } = await startPage({
      handle: async ({ url: path }, response) => {
        response.end(`controls at ${path}`);
      },
    });
    const response = await fetch(`${url}/api/control/log`);
    expect(await response.text()).toBe('controls at /api/control/log');
  });

  test('notifies open pages of new messages', async () => {
    const { url, slack } = await startPage();
    const events = await fetch(`${url}/api/events`);
    slack.say('U1', 'C1', 'hello');
    expect(JSON.parse(await firstEvent(streamOf(events)))).toEqual({ what: 'message' });
  });

  test('notifies open pages of changed controls', async () => {
    const listeners = new Set<() => void>();
    const { url } = await startPage({
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    const events = await fetch(`${url}/api/events`);
    for (const listener of listeners) listener();
    expect(JSON.parse(await firstEvent(streamOf(events)))).toEqual({ what: 'control' });
  });

  test('leaves nothing open after it closes', async () => {
    const { url, close } = await startPage();
    const events = await fetch(`${url}/api/events`);
    await close();
    expect(await firstEvent(streamOf(events)).catch(() => 'the stream broke')).toMatch(/^the stream/);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

describe('the snapshot', () => {
  test("has the manifest's command and shortcut", async () => {
    const { url } = await startPage();
    const { commands, shortcuts } = await stateOf(url);
    expect(commands.map(({ name }) => name)).toContain('/devin');
    expect(shortcuts.map(({ callbackId }) => callbackId)).toContain('start_session');
  });

  test('has no token and no secret', async () => {
    const { url, slack, devin } = await startPage();
    const response = await fetch(`${url}/api/state`);
    const body = await response.text();
    const { botToken, appToken, signingSecret } = slack.workspace;
    for (const secret of [botToken, appToken, signingSecret, devin.apiKey])
      expect(body).not.toContain(secret);
  });

  test('says who is a guest, an administrator, of another organization', async () => {
    const { url, slack } = await startPage();
    slack.addUser({ id: 'U3', name: 'cem', isGuest: true });
    slack.addUser({ id: 'U4', name: 'dia', isAdmin: true });
    slack.addUser({ id: 'U5', name: 'eli', teamId: 'T0OTHER' });
    const { people } = await stateOf(url);
    const roles = Object.fromEntries(people.map(({ id, role }) => [id, role]));
    expect(roles).toMatchObject({ U1: 'member', U3: 'guest', U4: 'admin', U5: 'outsider' });
  });
});
