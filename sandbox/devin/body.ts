import type { IncomingMessage } from 'node:http';
import { readBytes } from '../loopback.ts';
import { ApiProblem, unprocessable } from './problem.ts';
import type { NewUpload } from './routes/attachments.ts';

/** A request's body; an invalid one is refused only after the caller was authorized. */
export type RequestBody =
  | { kind: 'none' }
  | { kind: 'json'; value: unknown }
  | { kind: 'file'; file: NewUpload }
  | { kind: 'unreadable'; problem: ApiProblem };

const MAX_BYTES = 100 * 1024 * 1024;

const invalidFile = (msg: string, type: string): RequestBody => ({
  kind: 'unreadable',
  problem: unprocessable([{ loc: ['body', 'file'], msg, type }]),
});

async function readFile(bytes: Buffer, contentType: string): Promise<RequestBody> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => null);
  const parts = form?.getAll('file') ?? [];
  const [file] = parts;
  if (file === undefined || parts.length > 1) return invalidFile('Field required', 'missing');
  if (typeof file === 'string') return invalidFile('Expected UploadFile', 'value_error');
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
    const error = { loc: ['body', 0], msg: 'JSON decode error', type: 'json_invalid' };
    return { kind: 'unreadable', problem: unprocessable([error]) };
  }
}

export async function readBody(req: IncomingMessage): Promise<RequestBody> {
  const contentType = req.headers['content-type'] ?? '';
  const bytes = await readBytes(req, MAX_BYTES);
  if (bytes === null)
    return { kind: 'unreadable', problem: new ApiProblem(413, `The body is larger than ${MAX_BYTES} bytes`) };
  if (bytes.byteLength === 0) return { kind: 'none' };
  if (contentType.startsWith('multipart/form-data')) return readFile(bytes, contentType);
  if (/^application\/(?:[\w.+-]+\+)?json\b/.test(contentType)) return readJson(bytes.toString());
  const error = { loc: ['body'], msg: 'Input should be a valid dictionary', type: 'model_attributes_type' };
  return { kind: 'unreadable', problem: unprocessable([error]) };
}

/** The body as it is recorded. */
export function describeBody(body: RequestBody): unknown {
  switch (body.kind) {
    case 'json':
      return body.value;
    case 'file':
      return { file: { name: body.file.name, bytes: body.file.content.byteLength } };
    case 'none':
    case 'unreadable':
      return null;
  }
}
