import { createHash } from 'node:crypto';
import { TooLargeError } from '../bounds.ts';
import type { Devin } from '../devin/devin.ts';
import { failureWord } from '../failures.ts';
import { Refused, type FailureWord, retryWindow } from '../queue/index.ts';
import type { LeftOut, SlackFile } from '../session/context.ts';
import type { OpenedFile, SlackFiles } from '../slack/edge/files.ts';

/** Its bytes aren't those that were approved. */
export class FileChangedError extends Error {
  readonly code = 'file-changed';
}

type Opening = { files: Pick<SlackFiles, 'open'>; now: () => number };
type HandOver = { askedAt: Date; signal: AbortSignal };

/** Throws if asking Slack again later may help. */
async function openFile({ files, now }: Opening, file: SlackFile, { askedAt, signal }: HandOver) {
  return files.open(file, signal).catch((error: unknown): OpenedFile => {
    const retry = retryWindow('message', { triedForMs: now() - askedAt.getTime() });
    if (signal.aborted || retry.kind === 'wait') throw error;
    return { kind: 'left-out', reason: 'unreadable' };
  });
}

type Hashed = { kind: 'hashed'; sha256: string } | { kind: 'left-out'; leftOut: LeftOut };

/** Reads a file for its hash. */
export async function hashFile(deps: Opening, file: SlackFile, asked: HandOver): Promise<Hashed> {
  const { name } = file;
  const opened = await openFile(deps, file, asked);
  if (opened.kind === 'left-out') return { kind: 'left-out', leftOut: { name, reason: opened.reason } };
  const hash = createHash('sha256');
  try {
    for await (const chunk of opened.body) hash.update(chunk);
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error;
    return { kind: 'left-out', leftOut: { name, reason: 'too-large' } };
  }
  return { kind: 'hashed', sha256: hash.digest('hex') };
}

/** A stream that fails at its end, before the receiver has all of it, if its bytes have another hash. */
function onlyAs(sha256: string): TransformStream<Uint8Array, Uint8Array> {
  const hash = createHash('sha256');
  return new TransformStream({
    transform(chunk, controller) {
      hash.update(chunk);
      controller.enqueue(chunk);
    },
    flush(controller) {
      if (hash.digest('hex') !== sha256) controller.error(new FileChangedError('The file was changed.'));
    },
  });
}

type HandedOver = { kind: 'uploaded'; url: string } | { kind: 'left-out'; leftOut: LeftOut };

/**
 * Streams a file from Slack to Devin. Throws if asking again later may help, and a `FileChangedError` if its bytes don't
 * have the hash.
 */
export async function handOverFile(
  deps: Opening & Pick<Devin['attachments'], 'upload'>,
  { sha256, ...file }: SlackFile & { sha256?: string | undefined },
  asked: HandOver,
): Promise<HandedOver> {
  const { name } = file;
  const { signal } = asked;
  const download = await openFile(deps, file, asked);
  if (download.kind === 'left-out') return { kind: 'left-out', leftOut: { name, reason: download.reason } };
  const { contentType, body } = download;
  const content = sha256 === undefined ? body : body.pipeThrough(onlyAs(sha256));
  try {
    return { kind: 'uploaded', url: (await deps.upload({ name, contentType, content, signal })).url };
  } catch (error) {
    // It isn't Devin's fault: the app is stopping, or the job took too long; it will be retried.
    signal.throwIfAborted();
    const changed = causes(error).find((cause) => cause instanceof FileChangedError);
    if (changed !== undefined) throw changed;
    if (causes(error).some((cause) => cause instanceof TooLargeError)) {
      return { kind: 'left-out', leftOut: { name, reason: 'too-large' } };
    }
    return leftOutAs(name, failureWord(error));
  }
}

/** A file that Devin refuses is left out; the session still starts, and the card says what is missing. */
function leftOutAs(name: string, word: FailureWord): HandedOver {
  if (!(word instanceof Refused) || word.failure.kind !== 'devin') throw word;
  const { code, status } = word.failure;
  if (status === 413) return { kind: 'left-out', leftOut: { name, reason: 'too-large' } };
  return { kind: 'left-out', leftOut: { name, reason: code === 'forbidden' ? 'no-permission' : 'refused' } };
}

function causes(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
