import { randomUUID } from 'node:crypto';

export type FilePart = {
  field: string;
  name: string;
  contentType: string;
  content: ReadableStream<Uint8Array> | Blob;
};

/** One file as multipart/form-data, framed around its stream so that it is never whole in memory. RFC 7578. */
export function multipartFile({ field, name, contentType, content }: FilePart) {
  const boundary = `devin-slack-${randomUUID()}`;
  const head =
    `--${boundary}\r\n` +
    `Content-Disposition: form-data; name="${escaped(field)}"; filename="${escaped(name)}"\r\n` +
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

/** As browsers do. https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function escaped(value: string): string {
  return value.replace(/["\r\n]/g, (char) => ESCAPES[char] ?? char);
}
