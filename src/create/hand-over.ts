import { TooLargeError } from '../bounds.ts';
import { retryWindow } from '../queue/index.ts';
import type { LeftOut, SlackFile } from '../session/context.ts';
import type { OpenedFile, SlackFiles } from '../slack/files.ts';
import { devinTrouble, type DevinTrouble } from './trouble.ts';

export type UploadFile = (file: {
  name: string;
  contentType: string;
  content: ReadableStream<Uint8Array>;
  signal: AbortSignal;
}) => Promise<{ url: string }>;

type HandedOver = { kind: 'uploaded'; url: string } | { kind: 'left-out'; leftOut: LeftOut } | DevinTrouble;

/** Streams a file from Slack to Devin. Throws if asking Slack again later may help. */
export async function handOverFile(
  { files, upload, now }: { files: Pick<SlackFiles, 'open'>; upload: UploadFile; now: () => number },
  file: SlackFile,
  { askedAt, signal }: { askedAt: Date; signal: AbortSignal },
): Promise<HandedOver> {
  const { name } = file;
  const download = await files.open(file, signal).catch((error: unknown): OpenedFile => {
    const retry = retryWindow('message', { triedForMs: now() - askedAt.getTime() });
    if (signal.aborted || retry.kind === 'wait') throw error;
    return { kind: 'left-out', reason: 'unreadable' };
  });
  if (download.kind === 'left-out') return { kind: 'left-out', leftOut: { name, reason: download.reason } };
  const { contentType, body } = download;
  return uploaded(upload, { name, contentType, content: body, signal });
}

export async function handOverText(
  upload: UploadFile,
  { name, text, signal }: { name: string; text: string; signal: AbortSignal },
): Promise<HandedOver> {
  const content = new Blob([text]).stream();
  return uploaded(upload, { name, contentType: 'text/plain', content, signal });
}

async function uploaded(upload: UploadFile, file: Parameters<UploadFile>[0]): Promise<HandedOver> {
  const { name, signal } = file;
  try {
    return { kind: 'uploaded', url: (await upload(file)).url };
  } catch (error) {
    // It isn't Devin's fault: the app is stopping, or the job took too long; it will be retried.
    signal.throwIfAborted();
    if (causes(error).some((cause) => cause instanceof TooLargeError)) {
      return { kind: 'left-out', leftOut: { name, reason: 'too-large' } };
    }
    return afterUploadError(name, devinTrouble(error));
  }
}

/** A file that Devin refuses is left out; the session still starts, and the card says what is missing. */
function afterUploadError(name: string, trouble: DevinTrouble): HandedOver {
  if (trouble.kind !== 'final' || trouble.failure.kind !== 'devin') return trouble;
  const { code, status } = trouble.failure;
  if (status === 413) return { kind: 'left-out', leftOut: { name, reason: 'too-large' } };
  return { kind: 'left-out', leftOut: { name, reason: code === 'forbidden' ? 'no-permission' : 'refused' } };
}

function causes(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
