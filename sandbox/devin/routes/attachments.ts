import type { RequestBody } from '../body.ts';
import { ApiProblem, notFound, unprocessable } from '../problem.ts';
import type { NewUpload, Upload, Uploads } from '../uploads.ts';
import { type Call, type Route, ok, param } from './route.ts';

export type AttachmentRoutesDeps = {
  uploads: Uploads;
  report: (problem: string) => void;
};

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
export function attachmentRoutes({ uploads, report }: AttachmentRoutesDeps): Route[] {
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
