import { createServer, type RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebClient } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { TooLargeError } from '../../../src/bounds.ts';
import type { SlackFile } from '../../../src/session/context.ts';
import { createSlackFiles, createIsSlackAddress } from '../../../src/slack/edge/files.ts';
import { listenInTest } from '../../support/listen.ts';

const TOKEN = 'xoxb-files';
const SIGN_IN = '<html>Sign in to your workspace</html>';

const listen = async (listener: RequestListener) => listenInTest(createServer(listener));

/** `trusted`: the origin in place of Slack's hosts. */
const filesOf = (trusted: string) =>
  createSlackFiles({
    client: new WebClient(TOKEN),
    isSlackAddress: (address) => address.startsWith(trusted),
    botToken: TOKEN,
    fetch,
  });

const file = (url: string | null, changes: Partial<SlackFile> = {}): SlackFile => ({
  id: 'F1',
  name: 'log.txt',
  mimetype: 'text/plain',
  size: 5,
  url,
  ...changes,
});
const signal = new AbortController().signal;

describe('a file in Slack', () => {
  test("is opened with the bot's token", async () => {
    const slack = await listen((request, response) =>
      response.end(request.headers.authorization === `Bearer ${TOKEN}` ? 'hello' : SIGN_IN),
    );
    const opened = await filesOf(slack).open(file(`${slack}/x`), signal);
    expect(opened.kind === 'open' && (await text(opened.body))).toBe('hello');
  });

  test('never sends the token to a host outside Slack, not even after a redirect', async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = await listen((request, response) => {
      seen.push(request.headers.authorization);
      response.end('caught');
    });
    const slack = await listen((_request, response) =>
      response.writeHead(302, { location: `${elsewhere}/x` }).end(),
    );
    const files = filesOf(slack);
    expect(await files.open(file(`${slack}/x`), signal)).toEqual({ kind: 'left-out', reason: 'unreadable' });
    expect(await files.open(file(`${elsewhere}/x`), signal)).toEqual({
      kind: 'left-out',
      reason: 'unreadable',
    });
    expect(seen).toEqual([]);
  });

  test('is not confused with the sign-in page that Slack returns with a 200', async () => {
    const slack = await listen((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(SIGN_IN),
    );
    const files = filesOf(slack);
    expect(await files.open(file(`${slack}/x`), signal)).toEqual({ kind: 'left-out', reason: 'unreadable' });
    const page = file(`${slack}/x`, { mimetype: 'text/html', size: 12 });
    expect(await files.open(page, signal)).toEqual({ kind: 'left-out', reason: 'unreadable' });
  });

  test('can be an HTML page itself', async () => {
    const content = '<p>report</p>';
    const slack = await listen((_request, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(content) })
        .end(content),
    );
    const report = file(`${slack}/x`, { mimetype: 'text/html', size: Buffer.byteLength(content) });
    expect((await filesOf(slack).open(report, signal)).kind).toBe('open');
  });

  test('is left out if it is too large, whatever size Slack claims', async () => {
    const slack = await listen((_request, response) => {
      const chunk = Buffer.alloc(8 * 1024 * 1024);
      const send = (left: number): void => {
        if (left === 0 || response.destroyed) response.end();
        else response.write(chunk, () => send(left - 1));
      };
      send(14);
    });
    const files = filesOf(slack);
    const huge = file(`${slack}/x`, { size: 200 * 1024 * 1024 });
    expect(await files.open(huge, signal)).toEqual({ kind: 'left-out', reason: 'too-large' });
    const opened = await files.open(file(`${slack}/x`), signal);
    if (opened.kind !== 'open') throw new Error(opened.reason);
    await expect(opened.body.pipeTo(new WritableStream())).rejects.toBeInstanceOf(TooLargeError);
  });

  test('is left out if Slack has no URL for it or answers with an error', async () => {
    const slack = await listen((_request, response) => response.writeHead(404).end());
    const files = filesOf(slack);
    expect(await files.open(file(null), signal)).toEqual({ kind: 'left-out', reason: 'unreadable' });
    expect(await files.open(file(`${slack}/x`), signal)).toEqual({ kind: 'left-out', reason: 'unreadable' });
  });
});

test.each([
  ['https://files.slack.com/files-pri/T1-F1/x.png', true],
  ['https://hooks.slack.com/commands/1', true],
  ['http://files.slack.com/x', false],
  ['https://slack.com.evil.example/x', false],
  ['https://evilslack.com/x', false],
  ['https://files.slack.com@evil.example/x', false],
  ['http://127.0.0.1:4000/files/x', false],
  ['not an address', false],
])("the bot's token goes to %s: %s", (address, expected) => {
  expect(createIsSlackAddress(null)(address)).toBe(expected);
});

test("a replacement for Slack's API is trusted only on its own origin", () => {
  const isSlackAddress = createIsSlackAddress('http://127.0.0.1:4000/api/');
  expect(isSlackAddress('http://127.0.0.1:4000/files/x')).toBe(true);
  expect(isSlackAddress('http://127.0.0.1:4001/files/x')).toBe(false);
  expect(isSlackAddress('https://files.slack.com/x')).toBe(true);
});
