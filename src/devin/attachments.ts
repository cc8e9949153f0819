import { z } from 'zod';
import type { DevinClient, Options } from './client.ts';
import { READ_RETRY } from './client.ts';
import { bareFacts, DevinError } from './errors.ts';
import { toPathId } from './ids.ts';
import { isPublicHttps } from './public-address.ts';
import { multipartFile } from './multipart.ts';
import type { FilePart } from './multipart.ts';
import type { SessionAttachment, UploadedAttachment } from './schemas.ts';
import { sessionAttachmentSchema, uploadedAttachmentSchema } from './schemas.ts';

const UPLOAD_TIMEOUT_MS = 300_000;
const MAX_REDIRECTS = 5;

type Upload = Options & Omit<FilePart, 'field'>;

/** `size` in bytes, null if it is not announced. The body must be read or canceled. */
export type Download = { body: ReadableStream<Uint8Array>; contentType: string | null; size: number | null };

const sessionAttachmentsSchema = z.array(sessionAttachmentSchema);

/** Files of sessions. https://docs.devin.ai/api-reference/v3/attachments/post-organizations-attachments */
export function createAttachments(client: DevinClient) {
  return {
    /** Uploads a file while it is read; its `url` goes into `attachment_urls`. One attempt. */
    async upload({ name, contentType, content, signal }: Upload): Promise<UploadedAttachment> {
      return client.call({
        operation: 'attachments.upload',
        method: 'post',
        path: client.orgPath(['attachments']),
        answer: uploadedAttachmentSchema,
        upload: multipartFile({ field: 'file', name, contentType, content }),
        timeoutMs: UPLOAD_TIMEOUT_MS,
        signal,
      });
    },

    /** The files of one session, Devin's and the person's. */
    async list(sessionId: string, { signal }: Options = {}): Promise<SessionAttachment[]> {
      return client.call({
        operation: 'attachments.list',
        method: 'get',
        path: client.orgPath(['sessions', toPathId(sessionId), 'attachments']),
        answer: sessionAttachmentsSchema,
        retry: READ_RETRY,
        signal,
      });
    },

    /**
     * Opens an attachment's `url`. Devin redirects to a presigned address, which must not see the key: it is sent
     * with the first request only, and only to the API's own origin. Only public hosts and the API's own are asked.
     */
    async download(url: string, { signal }: Options = {}): Promise<Download> {
      const operation = 'attachments.download';
      let target = webAddress(url);
      for (let redirects = 0; target !== null && redirects <= MAX_REDIRECTS; redirects += 1) {
        if (target.hostname !== client.hostname && !(await isPublicHttps(target))) break;
        const response = await client.open({ operation, url: target, withKey: redirects === 0, signal });
        if (response.ok) return toDownload(response);
        await response.body?.cancel();
        target = webAddress(response.headers.get('location') ?? '', target);
      }
      throw new DevinError({ operation, facts: bareFacts('unexpected') });
    },
  };
}

/** null where it is not an http(s) address. */
function webAddress(url: string, base?: URL): URL | null {
  const parsed = url === '' ? null : URL.parse(url, base?.href);
  return parsed !== null && /^https?:$/.test(parsed.protocol) ? parsed : null;
}

function toDownload(response: Response): Download {
  const length = response.headers.get('content-length');
  return {
    body: response.body ?? new Blob([]).stream(),
    contentType: response.headers.get('content-type'),
    size: length === null ? null : Number(length),
  };
}
