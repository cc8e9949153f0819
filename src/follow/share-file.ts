import { z } from 'zod';
import { readAtMost } from '../bounds.ts';
import type { Download } from '../devin/attachments.ts';
import { DevinError } from '../devin/errors.ts';
import type { SessionAttachment } from '../devin/schemas.ts';
import type { Lease } from '../queue/index.ts';
import type { SessionPhase } from '../session/lifecycle.ts';
import { refusalKind, slackFailure, type SlackFailure } from '../slack/edge/errors.ts';
import type { Outbound } from '../slack/edge/outbound.ts';
import type { FileToShare, ThreadPlace } from '../slack/edge/thread-writer.ts';
import { FILE, type MessageRow, type NewMessage } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import { isInFlight } from '../store/shown.ts';
import type { FollowContext } from './context.ts';

/** The text of the row of a file that Devin made. */
const fileSchema = z.object({ name: z.string(), url: z.string() });
type SessionFile = z.infer<typeof fileSchema>;

/** A file that Devin made, as a row among the messages. */
export function fileRow(
  { attachmentId: id, name, url }: SessionAttachment,
  foundAt: Date,
  state: NewMessage['state'],
): NewMessage {
  const text = JSON.stringify({ name, url } satisfies SessionFile);
  return { eventId: `${FILE}:${id}`, source: FILE, text, state, saidAt: foundAt };
}

export function readFileRow({ text }: MessageRow): SessionFile {
  return fileSchema.parse(JSON.parse(text));
}

/** In these phases a file comes with a message or a pull request, or can wait. */
const ACTIVE: ReadonlySet<SessionPhase> = new Set(['queued', 'starting', 'working']);

/** Files that Devin made come after the messages so far. No message announces a file. `hasSpoken`: there are new messages. */
export async function findFiles(
  { store: { messages, milestones }, devin, tuning: { now, log } }: FollowContext,
  { sessionId, phase, nextLookAt }: SessionRow,
  { hasSpoken, signal }: { hasSpoken: boolean; signal: AbortSignal },
): Promise<void> {
  if (!hasSpoken && ACTIVE.has(phase) && (await milestones.pending(sessionId)).length === 0) return;
  try {
    const files = await devin.attachments.list(sessionId, { signal });
    const made = files.filter(({ source }) => source === 'devin');
    await messages.add(
      sessionId,
      made.map((file) => fileRow(file, new Date(now()), 'pending')),
    );
  } catch (error) {
    if (!(error instanceof DevinError) || (nextLookAt === null && isPassing(error))) throw error;
    // The next change lists them again; of a session that is over there is none.
    log.warn({ err: error, sessionId }, 'the files of a session could not be listed');
  }
}

/** To be tried again. */
export type PutOff = { kind: 'put-off'; afterMs: number };
/** `not-here`: Slack refuses it as a file, or there is none. */
type Shared = { kind: 'shared' } | { kind: 'not-here' } | PutOff | SlackFailure;

type Sharing = {
  place: ThreadPlace;
  row: MessageRow;
  lease: Lease;
  read: () => Promise<FileToShare | PutOff | null>;
  /** null: it was tried for long enough. */
  putOff: () => PutOff | null;
};

/** Puts a file into a thread once: if Slack's answer was lost, the thread is searched first. */
export async function shareFile(
  { store: { db, messages, shown }, slack: { outbound }, tuning: { inFlightMs } }: FollowContext,
  { place, row, lease, read, putOff }: Sharing,
): Promise<Shared> {
  const key = `file:${row.sessionId}:${row.eventId}`;
  if (row.slackFileId !== null) {
    const found = await findFile(outbound, place, row.slackFileId);
    if (found === true) return { kind: 'shared' };
    if (found !== false) return found;
    const earlier = await shown.find(key);
    if (earlier !== null && isInFlight(earlier, inFlightMs)) return { kind: 'unclear' };
  }
  const file = await read();
  if (file !== null && 'kind' in file) return file;
  if (file === null || file.content.byteLength === 0) return { kind: 'not-here' };
  const uploaded = await outbound.upload(file);
  // Nobody sees it yet. Files go to another host of Slack's, which may be blocked.
  if (uploaded.kind === 'unclear') return putOff() ?? { kind: 'not-here' };
  if (uploaded.kind !== 'uploaded') return orNotHere(uploaded);
  await db.transaction().execute(async (trx) => {
    await lease.fence(trx);
    await messages.uploaded(row, uploaded.fileId, trx);
    await shown.attempt({ key, ...place, slackTs: outbound.slackTs(), isFirst: false }, trx);
  });
  lease.assertFresh();
  const shared = await outbound.share(place, uploaded.fileId, file.name);
  if (shared.kind !== 'unclear') await shown.forget(key);
  return shared.kind === 'shared' ? shared : orNotHere(shared);
}

/** Without the permission, or if files aren't allowed, a sentence is posted instead. */
function orNotHere(failure: SlackFailure): Shared {
  const kind = failure.kind === 'refused' ? refusalKind(failure.code) : null;
  return kind === 'content' || kind === 'other' ? { kind: 'not-here' } : failure;
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

/** Larger files stay in Devin; the thread links there. */
const MAX_FILE_BYTES = 50 * 1024 * 1024;
/** What else waits for the thread doesn't wait longer for a file that doesn't come. */
const LONGEST_READ_MS = 60_000;

type OpenFile = (url: string, options: { signal: AbortSignal }) => Promise<Download>;

/** null: Devin refuses it, or it's too large. Throws if asking again later may help. */
export async function readAttachment(
  download: OpenFile,
  { name, url }: SessionFile,
  signal: AbortSignal,
): Promise<FileToShare | null> {
  try {
    const { body, size } = await download(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_READ_MS)]),
    });
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
