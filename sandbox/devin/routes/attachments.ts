import { randomUUID } from 'node:crypto';
import type { RequestBody } from '../body.ts';
import type { World } from '../local-devin.ts';
import { ApiProblem, notFound, unprocessable } from '../problem.ts';
import { type Call, type Route, ok, param } from './route.ts';

const COLLECTION = '/v3/organizations/{org_id}/attachments';
const PRESIGNED = '/presigned/{uuid}/{name}';
const SIGNATURE = 'X-Amz-Signature';
const BINARY = 'application/octet-stream';

function fileOf(body: RequestBody): NewUpload {
  if (body.kind === 'unreadable') throw body.problem;
  if (body.kind === 'file') return body.file;
  throw unprocessable([{ loc: ['body', 'file'], msg: 'Field required', type: 'missing' }]);
}

function find(uploads: Uploads, call: Call): Upload {
  const upload = uploads.find(param(call, 'uuid'), param(call, 'name'));
  if (upload === undefined) throw notFound('Attachment');
  return upload;
}

function presigned({ id, name, signature }: Upload): string {
  return `/presigned/${id}/${encodeURIComponent(name)}?${SIGNATURE}=${signature}`;
}

/** https://docs.devin.ai/api-reference/v3/attachments/post-organizations-attachments */
export function attachmentRoutes({ uploads, report }: World): Route[] {
  return [
    {
      method: 'POST',
      path: COLLECTION,
      access: 'UseDevinSessions',
      answer(call) {
        const { id, name, url } = uploads.add(fileOf(call.body));
        return ok({ attachment_id: id, name, url });
      },
    },
    {
      method: 'GET',
      path: `${COLLECTION}/{uuid}/{name}`,
      access: 'ViewOrgSessions',
      answer: (call) => ({ status: 307, headers: { location: presigned(find(uploads, call)) } }),
    },
    {
      method: 'GET',
      path: PRESIGNED,
      access: 'presigned',
      answer(call) {
        // S3 answers 400 "Only one auth mechanism allowed".
        if (call.authorization !== undefined) {
          report('the Authorization header was sent along to the presigned address of an attachment');
          throw new ApiProblem(400, 'Only one auth mechanism allowed');
        }
        const upload = find(uploads, call);
        if (call.query[SIGNATURE]?.[0] !== upload.signature)
          throw new ApiProblem(403, 'SignatureDoesNotMatch');
        const headers = { 'content-type': upload.contentType ?? BINARY };
        return { status: 200, headers, body: upload.content };
      },
    },
  ];
}

export type Upload = {
  id: string;
  name: string;
  bytes: number;
  content: Uint8Array;
  contentType: string | null;
  /** What the API hands out; it redirects to a presigned address. */
  url: string;
  /** Of the presigned address. */
  signature: string;
};

export type NewUpload = { name: string; content: Uint8Array; contentType: string | null };

export type Uploads = ReturnType<typeof createUploads>;

export function createUploads({ origin, orgId }: { origin: string; orgId: string }) {
  const all: Upload[] = [];
  return {
    all,
    add(upload: NewUpload): Upload {
      const id = randomUUID();
      const url = `${origin}/v3/organizations/${orgId}/attachments/${id}/${encodeURIComponent(upload.name)}`;
      const stored = { ...upload, id, url, bytes: upload.content.byteLength, signature: randomUUID() };
      all.push(stored);
      return stored;
    },
    find: (id: string, name: string) => all.find((upload) => upload.id === id && upload.name === name),
    /** Whether the address may be used: this server has the file, or the address is another server's. */
    knows: (url: string) => new URL(url).origin !== origin || all.some((upload) => upload.url === url),
  };
}
