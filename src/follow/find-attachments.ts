import { DevinError } from '../devin/errors.ts';
import type { SessionAttachment } from '../devin/schemas.ts';
import type { Log } from '../log.ts';
import type { SessionPhase } from '../session/lifecycle.ts';
import type { SessionMessages } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import { fileRow } from './file-row.ts';

type AttachmentDeps = {
  messages: Pick<SessionMessages, 'add'>;
  listAttachments: (sessionId: string, options: { signal: AbortSignal }) => Promise<SessionAttachment[]>;
  now: () => number;
  log: Log;
};

/** `hasSpoken`: Devin or a person has said something new. */
export type FindAttachments = (session: SessionRow, hasSpoken: boolean, signal: AbortSignal) => Promise<void>;

/** In these a file comes with a message or a milestone, or can wait a little. */
const GOING_ON: ReadonlySet<SessionPhase> = new Set(['queued', 'starting', 'working']);
const WAIT_MS = 10 * 60_000;

/** Files that Devin made take their place after what was said so far. */
export function createFindAttachments({
  messages,
  listAttachments,
  now,
  log,
}: AttachmentDeps): FindAttachments {
  const looks = createLooks(now);

  async function find({ sessionId, synced }: SessionRow, signal: AbortSignal): Promise<void> {
    const made = (await listAttachments(sessionId, { signal })).filter(({ source }) => source === 'devin');
    const state = synced ? 'pending' : 'left-out';
    const rows = made.map((file) => fileRow(file, new Date(now()), state));
    await messages.add(sessionId, rows);
  }

  return async (session, hasSpoken, signal) => {
    if (!hasSpoken && !looks.areDue(session)) return;
    try {
      await find(session, signal);
      looks.made(session);
    } catch (error) {
      if (!(error instanceof DevinError)) throw error;
      // They are listed again with what happens next.
      const { sessionId } = session;
      log.warn({ err: error, sessionId }, 'the files of a session could not be listed');
    }
  };
}

/** No message says that a file was made: so it is looked at what the session came to, and once in a while. */
function createLooks(now: () => number) {
  const last = new Map<string, { told: number; atMs: number }>();
  return {
    areDue({ sessionId: id, phase, told, createdAt }: SessionRow): boolean {
      const look = last.get(id) ?? { told: 0, atMs: createdAt.getTime() };
      return !GOING_ON.has(phase) || told.length > look.told || now() - look.atMs > WAIT_MS;
    },
    made({ sessionId: id, phase, told }: SessionRow): void {
      // Those that another process looks after by now; without them a look is due all the same.
      for (const [other, { atMs }] of last) if (now() - atMs > WAIT_MS) last.delete(other);
      if (GOING_ON.has(phase)) last.set(id, { told: told.length, atMs: now() });
      else last.delete(id);
    },
  };
}
