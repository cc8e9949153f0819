import type { Kysely } from 'kysely';
import { DevinError } from '../devin/errors.ts';
import type { Download } from '../devin/attachments.ts';
import type { Lease } from '../queue/index.ts';
import { slackFailure } from '../slack/errors.ts';
import type { SlackFailure } from '../slack/errors.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { FileToShare, ThreadPlace } from '../slack/thread-writer.ts';
import type { MessageRow, SessionMessages } from '../store/session-messages.ts';
import type { Tables } from '../store/tables.ts';
import { refusalOf } from '../slack/place-trouble.ts';

export type ShareDeps = {
  db: Kysely<Tables>;
  outbound: Pick<Outbound, 'upload' | 'share' | 'findFile'>;
  messages: Pick<SessionMessages, 'uploaded'>;
};

/** `not-here`: Slack does not take it as a file, or there is none to take. */
export type Shared = { kind: 'shared' } | { kind: 'not-here' } | SlackFailure;

type Sharing = {
  place: ThreadPlace;
  row: MessageRow;
  lease: Lease;
  read: () => Promise<FileToShare | null>;
};

/** Puts a file into a thread once: where Slack's answer was lost, the thread is looked through first. */
export async function shareFile(
  { db, outbound, messages }: ShareDeps,
  { place, row, lease, read }: Sharing,
): Promise<Shared> {
  if (row.slackFileId !== null) {
    const found = await findFile(outbound, place, row.slackFileId);
    if (found === true) return { kind: 'shared' };
    if (found !== false) return found;
  }
  const file = await read();
  if (file === null || file.content.byteLength === 0) return { kind: 'not-here' };
  const uploaded = await outbound.upload(file);
  if (uploaded.kind !== 'uploaded') return orNotHere(uploaded);
  await db.transaction().execute(async (trx) => {
    await lease.fence(trx);
    await messages.uploaded(row, uploaded.fileId, trx);
  });
  lease.assertFresh();
  const shared = await outbound.share(place, uploaded.fileId, file.name);
  return shared.kind === 'shared' ? shared : orNotHere(shared);
}

/** Without the permission, or where files are not allowed, words have to do. */
function orNotHere(failure: SlackFailure): Shared {
  if (failure.kind !== 'refused' || refusalOf(failure.code) === 'place') return failure;
  return { kind: 'not-here' };
}

async function findFile(
  outbound: Pick<Outbound, 'findFile'>,
  place: ThreadPlace,
  fileId: string,
): Promise<boolean | SlackFailure> {
  try {
    return await outbound.findFile(place, fileId);
  } catch (error) {
    return slackFailure(error);
  }
}

/** Larger files stay in Devin, and the thread says where. */
const MAX_FILE_BYTES = 50 * 1024 * 1024;

/** null: Devin does not give it, or it is too large. Throws when asking again later may help. */
export async function readAttachment(
  download: (url: string, options: { signal: AbortSignal }) => Promise<Download>,
  { name, url }: { name: string; url: string },
  signal: AbortSignal,
): Promise<FileToShare | null> {
  try {
    const { body, size } = await download(url, { signal });
    if (size !== null && size > MAX_FILE_BYTES) {
      await body.cancel();
      return null;
    }
    const content = await readAtMost(body, MAX_FILE_BYTES);
    return content === null ? null : { name, content };
  } catch (error) {
    if (error instanceof DevinError && !isPassing(error)) return null;
    throw error;
  }
}

function isPassing({ code }: DevinError): boolean {
  return code === 'rate-limited' || code === 'unavailable' || code === 'not-sent' || code === 'no-answer';
}

async function readAtMost(
  body: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (bytes > limit) return null;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
