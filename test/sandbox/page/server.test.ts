import { request } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLocalDevin } from '../../../sandbox/devin/index.ts';
import { createPage } from '../../../sandbox/page/server.ts';
import { startSlack } from '../slack/harness.ts';

/** A page on a local Slack; no app is connected. */
async function startPage() {
  const slack = await startSlack();
  const devin = await createLocalDevin();
  onTestFinished(async () => devin.stop());
  const { url, close } = await createPage({ slack, devin });
  onTestFinished(close);
  return { slack, devin, url };
}

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

describe('the client', () => {
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
    expect(response.status).toBe(415);
  });
});

describe('the snapshot', () => {
  test('has no token and no secret', async () => {
    const { url, slack, devin } = await startPage();
    const response = await fetch(`${url}/api/state`);
    const body = await response.text();
    const { botToken, appToken, signingSecret } = slack.workspace;
    for (const secret of [botToken, appToken, signingSecret, devin.apiKey])
      expect(body).not.toContain(secret);
  });
});
