import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type ApiProblem, unprocessable } from './problem.ts';
import type { NewUpload } from './routes/attachments.ts';

/** A request's body; an invalid one is refused only after the caller was authorized. */
export type RequestBody =
  | { kind: 'none' }
  | { kind: 'json'; value: unknown }
  | { kind: 'file'; file: NewUpload }
  | { kind: 'unreadable'; problem: ApiProblem };

const unreadable = (loc: (string | number)[], msg: string, type: string): RequestBody => ({
  kind: 'unreadable',
  problem: unprocessable([{ loc, msg, type }]),
});

async function readFile(bytes: Buffer, contentType: string): Promise<RequestBody> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => null);
  const [file, ...others] = form?.getAll('file') ?? [];
  if (!(file instanceof File) || others.length > 0)
    return unreadable(['body', 'file'], 'Expected UploadFile', 'value_error');
  const content = new Uint8Array(await file.arrayBuffer());
  return {
    kind: 'file',
    file: { name: file.name, content, contentType: file.type === '' ? null : file.type },
  };
}

function readJson(text: string): RequestBody {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return unreadable(['body', 0], 'JSON decode error', 'json_invalid');
  }
}

export async function readBody(req: IncomingMessage): Promise<RequestBody> {
  const contentType = req.headers['content-type'] ?? '';
  const bytes = await buffer(req);
  if (bytes.byteLength === 0) return { kind: 'none' };
  if (contentType.startsWith('multipart/form-data')) return readFile(bytes, contentType);
  if (contentType.startsWith('application/json')) return readJson(bytes.toString());
  return unreadable(['body'], 'Input should be a valid dictionary', 'model_attributes_type');
}

/** The body as it is recorded. */
export function describeBody(body: RequestBody): unknown {
  if (body.kind === 'json') return body.value;
  return body.kind === 'file'
    ? { file: { name: body.file.name, bytes: body.file.content.byteLength } }
    : null;
}
