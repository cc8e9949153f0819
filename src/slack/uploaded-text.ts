import { setTimeout as delay } from 'node:timers/promises';
import type { SlackFiles } from './files.ts';

export type UploadedText =
  | { kind: 'text'; text: string }
  | { kind: 'too-large' }
  /** Not UTF-8. */
  | { kind: 'not-text' }
  | { kind: 'unreadable' }
  /** Slack did not hand it over in time. */
  | { kind: 'slow' };

export type ReadUploadedText = (fileId: string) => Promise<UploadedText>;

type Deps = { files: Pick<SlackFiles, 'find' | 'open'>; timeoutMs: number };

/** A task, a schema of 64 KB and a `.env` file all fit with room to spare. */
const MOST_BYTES = 256 * 1024;

/** Reads a text file while a person waits for the form's answer. */
export function createUploadedTextReader({ files, timeoutMs }: Deps): ReadUploadedText {
  async function read(fileId: string, signal: AbortSignal): Promise<UploadedText> {
    const file = await files.find(fileId);
    if (file === null) return { kind: 'unreadable' };
    if (file.size > MOST_BYTES) return { kind: 'too-large' };
    const download = await files.open(file, signal);
    if (download.kind !== 'open') return { kind: 'unreadable' };
    const bytes = await bytesOf(download.body);
    return bytes === null ? { kind: 'too-large' } : decoded(bytes);
  }

  return async (fileId) => {
    const abort = new AbortController();
    const slow = delay(timeoutMs, { kind: 'slow' } as const, { ref: false });
    const result = await Promise.race([
      read(fileId, abort.signal).catch((): UploadedText => ({ kind: 'unreadable' })),
      slow,
    ]);
    abort.abort();
    return result;
  };
}

/** null: more than is read. */
async function bytesOf(body: ReadableStream<Uint8Array>): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MOST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decoded(bytes: Uint8Array): UploadedText {
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { kind: 'not-text' };
  }
}
