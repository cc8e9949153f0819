import { createServer } from 'node:http';
import { request } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { proxyAgent } from '../src/network.ts';
import { listenInTest } from './support/listen.ts';

/** Remembers the hosts that it was asked to connect to, and refuses them all. */
async function createProxy() {
  const asked: unknown[] = [];
  const server = createServer();
  server.on('connect', ({ url }, socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  return { address: await listenInTest(server), asked };
}

const HTTPS = ['https: devin.invalid:443'];

test.each([
  ['an https address through its proxy', 'https://devin.invalid', '', HTTPS],
  ['an http address through its own', 'http://devin.invalid', '', ['http: devin.invalid:80']],
  ['another host through it, too', 'https://devin.invalid', 'slack.invalid,,evin.invalid', HTTPS],
  ['another port through it, too', 'https://devin.invalid', 'devin.invalid:8443', HTTPS],
  ['a host that needs none directly', 'https://devin.invalid', 'slack.invalid, devin.invalid', []],
  ['a port that needs none directly', 'https://devin.invalid', 'DEVIN.invalid:443', []],
  ['a host in a domain that needs none directly', 'https://devin.invalid', '*.invalid', []],
  ['each host directly if none needs it', 'https://devin.invalid', '*', []],
])('%s is reached', async (_which, url, except, expected) => {
  const [https, http] = [await createProxy(), await createProxy()];
  const proxy = { https: https.address, http: http.address, except };
  const agent = proxyAgent(proxy);
  if (agent === null) throw new Error('there is no agent');
  onTestFinished(async () => agent.destroy());
  await expect(request(url, { dispatcher: agent })).rejects.toThrow(/./);
  expect([
    ...https.asked.map((host) => `https: ${String(host)}`),
    ...http.asked.map((host) => `http: ${String(host)}`),
  ]).toEqual(expected);
});
