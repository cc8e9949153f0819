import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDevin } from '../../src/devin/devin.ts';
import { useProxy } from '../../src/network.ts';
import { listenInTest } from '../support/listen.ts';
import { failureOf, KEY, ORG, startApi, startDevin } from './local-api.ts';

const UPLOADED = {
  attachment_id: 'a1',
  name: 'log.txt',
  url: 'https://api.devin.ai/v3/organizations/org-1/attachments/a1/log.txt',
};

function partsOf(body: string) {
  const [boundary = ''] = body.split('\r\n', 1);
  const [, part = '', end] = body.split(boundary);
  const [head = '', ...content] = part.split('\r\n\r\n');
  return { head: head.trim().split('\r\n'), content: content.join('\r\n\r\n').slice(0, -2), end };
}

describe('an upload', () => {
  test('takes no header from the type of a file', async () => {
    const { attachments, seen } = await startDevin({ json: UPLOADED });
    const contentType = 'text/plain\r\nX-Other: 1';
    await attachments.upload({ name: 'a', contentType, content: new Blob(['x']) });
    expect(partsOf(seen[0]?.body ?? '').head).toHaveLength(2);
  });

  test('starts before the whole file has arrived', async () => {
    const arrived = Promise.withResolvers<undefined>();
    const url = await listenInTest(
      createServer((request, response) => {
        request.on('data', (chunk: Buffer) => chunk.includes('first') && arrived.resolve(undefined));
        request.on('end', () => response.end(JSON.stringify(UPLOADED)));
      }),
    );
    const { attachments } = createDevin({ apiUrl: url, apiKey: KEY, orgId: ORG });
    const file = new TransformStream<Uint8Array, Uint8Array>();
    const writer = file.writable.getWriter();
    const upload = attachments.upload({ name: 'x', contentType: 'text/plain', content: file.readable });
    await writer.write(new TextEncoder().encode('first'));
    await arrived.promise;
    await writer.close();
    expect(await upload).toEqual({ url: UPLOADED.url });
  });

  test('fails if the file is cut short', async () => {
    const content = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('Slack went away')),
    });
    const { attachments } = await startDevin({ json: UPLOADED });
    const error = await failureOf(attachments.upload({ name: 'x', contentType: 'text/plain', content }));
    expect(error).toMatchObject({ code: 'no-answer' });
  });
});

describe('a download', () => {
  test("sends the key to the API and not to the redirect's target", async () => {
    const storage = await startApi(() => ({
      text: 'content',
      headers: { 'content-type': 'text/plain', 'content-length': '7' },
    }));
    const devin = await startDevin({ status: 307, headers: { location: `${storage.url}/signed?x=1` } });
    const { body, size } = await devin.attachments.download(
      `${devin.url}/v3/organizations/org-1/attachments/a1/x`,
    );
    expect({ text: await text(body), size }).toEqual({ text: 'content', size: 7 });
    expect(devin.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(storage.seen[0]?.headers.authorization).toBeUndefined();
    expect(storage.seen[0]?.path).toBe('/signed');
  });

  test("doesn't send the key on to another path of a proxy", async () => {
    const devin = await startDevin(({ path }) =>
      path === '/proxy' ? { text: 'content' } : { status: 307, headers: { location: '/proxy' } },
    );
    await text((await devin.attachments.download(`${devin.url}/file`)).body);
    expect(devin.seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${KEY}`, undefined]);
  });

  test("doesn't send the key to another origin", async () => {
    const elsewhere = await startApi(() => ({ text: 'content' }));
    const devin = await startDevin({ text: '' });
    await text((await devin.attachments.download(`${elsewhere.url}/file`)).body);
    expect(elsewhere.seen[0]?.headers.authorization).toBeUndefined();
  });

  test("isn't taken for a refused key if what it redirects to refuses", async () => {
    const storage = await startApi(() => ({ status: 401, text: 'expired' }));
    const devin = await startDevin({ status: 307, headers: { location: `${storage.url}/signed` } });
    await failureOf(devin.attachments.download(`${devin.url}/file`));
    expect(devin.logged.join()).not.toContain('DEVIN_API_KEY');
  });

  test.each(['file:///etc/passwd', 'nonsense'])('refuses %s', async (url) => {
    const devin = await startDevin({ text: '' });
    expect(await failureOf(devin.attachments.download(url))).toMatchObject({ code: 'unexpected' });
  });

  test.each([
    'https://localhost/x',
    'https://169.254.169.254/latest/meta-data',
    'https://127.0.0.2/x',
    'https://10.0.0.8/x',
    'https://192.168.1.1/x',
    'https://172.31.0.1/x',
    'https://100.64.0.1/x',
    'https://192.0.0.8/x',
    'https://198.19.0.1/x',
    'https://224.0.0.1/x',
    'https://255.255.255.255/x',
    'https://0.0.0.0/x',
    'https://0x0a000001/x',
    'https://[::]/x',
    'https://[64:ff9b::7f00:1]/x',
    'https://[fe80::1]/x',
    'https://[ff02::1]/x',
    'https://[::1]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://[fd00::1]/x',
    'http://93.184.215.14/x',
  ])('follows no redirect to %s', async (location) => {
    const devin = await startDevin({ status: 302, headers: { location } });
    expect(await failureOf(devin.attachments.download(`${devin.url}/x`))).toMatchObject({
      code: 'unexpected',
    });
    expect(devin.seen).toHaveLength(1);
  });

  test('leaves a host that has no address here to a proxy, but not to connect to the machine or the network that it is on', async () => {
    const asked: unknown[] = [];
    const proxy = createServer();
    proxy.on('connect', ({ url }, socket) => {
      asked.push(url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    const direct = getGlobalDispatcher();
    useProxy({ https: await listenInTest(proxy), http: '', except: '' });
    onTestFinished(() => setGlobalDispatcher(direct));
    const hosts = ['storage.invalid', '10.0.0.8', '[::1]', 'localhost', 'x.localhost.'];
    const organization = { apiUrl: 'http://127.0.0.1:9', apiKey: KEY, orgId: ORG };
    const { attachments } = createDevin({ ...organization, hasProxy: true });
    for (const host of hosts) await failureOf(attachments.download(`https://${host}/x`));
    expect(asked).toEqual(['storage.invalid:443']);
  });

  test('ends a redirect loop', async () => {
    const devin = await startDevin({ status: 302, headers: { location: '/again' } });
    expect(await failureOf(devin.attachments.download(`${devin.url}/x`))).toMatchObject({
      code: 'unexpected',
    });
    expect(devin.seen).toHaveLength(6);
  });
});

test("a session's file that can't be read hides no other, and of very many the last ones count", async () => {
  const file = (at: number) => ({ ...UPLOADED, attachment_id: `a${at}`, source: 'devin' });
  const many = Array.from({ length: 600 }, (_, at) => file(at));
  const { attachments } = await startDevin({ json: [null, { ...file(0), url: null }, ...many] });
  const listed = await attachments.list('abc');
  expect(listed).toHaveLength(500);
  expect(listed.at(-1)?.attachmentId).toBe('a599');
});
