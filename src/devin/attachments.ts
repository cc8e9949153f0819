import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { z } from 'zod';
import { isPublic } from '../network.ts';
import { fromWire, readableOnly, toPathId } from '../session/snapshot.ts';
import type { DevinClient, CallOptions } from './client.ts';
import { bareFailure, DevinError } from './errors.ts';

const uploadedAttachmentSchema = fromWire(z.object({ url: z.string() }));
const sessionAttachmentSchema = fromWire(
  z.object({
    attachmentId: z.string(),
    name: z.string(),
    url: z.string(),
    source: z.string(),
  }),
);
export type SessionAttachment = z.output<typeof sessionAttachmentSchema>;

const UPLOAD_TIMEOUT_MS = 300_000;
/** Devin's words wait for its files to be listed. */
const LIST_TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 5;

/** Each is posted in the thread. */
const MOST_FILES = 500;
/** No page, though an example shows one. https://docs.devin.ai/api-reference/common-flows */
const sessionAttachmentsSchema = readableOnly(sessionAttachmentSchema, MOST_FILES);

/** Files of sessions. https://docs.devin.ai/api-reference/v3/attachments/post-organizations-attachments */
export function createAttachments(client: DevinClient, hasProxy: boolean) {
  return {
    /** Streams a file to Devin; its `url` goes into `attachment_urls`. One attempt. */
    async upload({
      name,
      contentType,
      content,
      signal,
    }: CallOptions & FilePart): Promise<z.output<typeof uploadedAttachmentSchema>> {
      return client.call({
        operation: 'attachments.upload',
        method: 'post',
        path: client.orgPath(['attachments']),
        answer: uploadedAttachmentSchema,
        upload: multipartFile({ name, contentType, content }),
        timeoutMs: UPLOAD_TIMEOUT_MS,
        signal,
      });
    },

    /** A session's files, Devin's and people's. */
    async list(sessionId: string, { signal }: CallOptions = {}): Promise<SessionAttachment[]> {
      return client.call({
        operation: 'attachments.list',
        path: client.orgPath(['sessions', toPathId(sessionId), 'attachments']),
        answer: sessionAttachmentsSchema,
        timeoutMs: LIST_TIMEOUT_MS,
        signal,
      });
    },

    /**
     * Opens an attachment's `url`. Devin redirects to a presigned URL, which must not see the key: it's sent with the first
     * request only, and only to the API's own origin. Only public hosts and the API's own are contacted;
     * a name that only a proxy can look up is left to it. `size` in bytes; null if it's unknown. Read the body or cancel it.
     */
    async download(url: string, { signal }: CallOptions = {}): Promise<ReturnType<typeof toDownload>> {
      const operation = 'attachments.download';
      let target = webAddress(url);
      for (let redirects = 0; target !== null && redirects <= MAX_REDIRECTS; redirects += 1) {
        if (target.hostname !== client.hostname && !(await isPublicHttps(target, hasProxy))) break;
        const response = await client.open(target, { operation, withKey: redirects === 0, signal });
        if (response.ok) return toDownload(response);
        await response.body?.cancel();
        target = webAddress(response.headers.get('location') ?? '', target);
      }
      throw new DevinError({ operation, failure: bareFailure('unexpected') });
    },
  };
}

/** null: it isn't an http(s) URL. */
function webAddress(url: string, base?: URL): URL | null {
  const parsed = url === '' ? null : URL.parse(url, base?.href);
  return parsed !== null && /^https?:$/.test(parsed.protocol) ? parsed : null;
}

function toDownload(response: Response): { body: ReadableStream<Uint8Array>; size: number | null } {
  const length = response.headers.get('content-length');
  return {
    body: response.body ?? new Blob([]).stream(),
    size: length === null ? null : Number(length),
  };
}

type FilePart = {
  name: string;
  contentType: string;
  content: ReadableStream<Uint8Array> | Blob;
};

/** A file as multipart/form-data around its stream, so that it's never in memory as a whole. RFC 7578. */
function multipartFile({ name, contentType, content }: FilePart) {
  const boundary = `devin-slack-${randomUUID()}`;
  const head =
    `--${boundary}\r\n` +
    `Content-Disposition: form-data; name="file"; filename="${escaped(name)}"\r\n` +
    `Content-Type: ${contentType.replace(/[\r\n]/g, '')}\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: ReadableStream.from(framed(head, content, `\r\n--${boundary}--\r\n`)),
  };
}

async function* framed(head: string, content: ReadableStream<Uint8Array> | Blob, tail: string) {
  const encoder = new TextEncoder();
  yield encoder.encode(head);
  yield* content instanceof Blob ? content.stream() : content;
  yield encoder.encode(tail);
}

const ESCAPES: Record<string, string> = { '"': '%22', '\r': '%0D', '\n': '%0A' };

/** Escapes as browsers do. https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function escaped(value: string): string {
  return value.replace(/["\r\n]/g, (char) => ESCAPES[char] ?? char);
}

/** It's https, and its host resolves to the public internet. Without an address, only a proxy can connect to it. */
async function isPublicHttps(url: URL, hasProxy: boolean): Promise<boolean> {
  if (url.protocol !== 'https:') return false;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0) return isPublic(host);
  const found = await lookup(host, { all: true }).catch(() => []);
  if (found.length === 0) return hasProxy && !LOCALHOST.test(host);
  return found.every(({ address }) => isPublic(address));
}

/** The proxy itself. https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
const LOCALHOST = /(?:^|\.)localhost\.?$/;
