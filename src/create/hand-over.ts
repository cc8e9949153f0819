import { createHash } from 'node:crypto';
import { isTooLarge } from '../bounds.ts';
import type { Devin } from '../devin/devin.ts';
import { failureWord } from '../failures.ts';
import { Refused, type FailureWord, retryWindow } from '../queue/index.ts';
import type { LeftOut, SlackFile } from '../session/context.ts';
import type { OpenedFile, SlackFiles } from '../slack/edge/files.ts';

type Opening = { files: Pick<SlackFiles, 'open'>; now: () => number };
type HandOver = { askedAt: Date; signal: AbortSignal };
type FileContent = { contentType: string; content: ReadableStream<Uint8Array> };

/** Reads a file for its hash. */
export async function hashFile(c: Opening, file: SlackFile, asked: HandOver) {
  const take = async ({ content }: FileContent) => content.pipeTo(new WritableStream()).then(() => ({}));
  return receive(c, file, { ...asked, take });
}

/** Streams a file from Slack to Devin. `sha256`: of the bytes that went there. */
export async function handOverFile(
  c: Opening & Pick<Devin['attachments'], 'upload'>,
  file: SlackFile,
  asked: HandOver,
) {
  const { signal } = asked;
  const take = async (content: FileContent) => c.upload({ name: file.name, ...content, signal });
  return receive(c, file, { ...asked, take });
}

/** What became of a file's bytes, and their hash; or why it was left out. Throws if asking again later may help. */
async function receive<Taken extends object>(
  { files, now }: Opening,
  file: SlackFile,
  { askedAt, signal, take }: HandOver & { take: (content: FileContent) => Promise<Taken> },
): Promise<{ leftOut: LeftOut['reason'] } | (Taken & { leftOut: null; sha256: string })> {
  const opened = await files.open(file, signal).catch((error: unknown): OpenedFile => {
    const againInMs = retryWindow('message', { triedForMs: now() - askedAt.getTime() });
    if (signal.aborted || againInMs !== null) throw error;
    return { kind: 'left-out', reason: 'unreadable' };
  });
  if (opened.kind === 'left-out') return { leftOut: opened.reason };
  const hash = createHash('sha256');
  const hashing = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      hash.update(chunk);
      controller.enqueue(chunk);
    },
  });
  try {
    const content = opened.body.pipeThrough(hashing);
    const taken = await take({ contentType: opened.contentType, content });
    return { ...taken, leftOut: null, sha256: hash.digest('hex') };
  } catch (error) {
    // It isn't Devin's fault: the app is stopping, or the job took too long; it will be retried.
    signal.throwIfAborted();
    return { leftOut: isTooLarge(error) ? 'too-large' : refusalOf(failureWord(error)) };
  }
}

/** A file that Devin refuses is left out; the session still starts, and the card says what is missing. */
function refusalOf(word: FailureWord): LeftOut['reason'] {
  if (!(word instanceof Refused) || word.failure.kind !== 'devin') throw word;
  const { code, status } = word.failure;
  if (status === 413) return 'too-large';
  return code === 'forbidden' ? 'no-permission' : 'refused';
}
