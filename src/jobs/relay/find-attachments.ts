import { DevinError } from '../../devin/errors.ts';
import type { SessionAttachment } from '../../devin/schemas.ts';
import type { Log } from '../../log.ts';
import type { SessionMessages } from '../../store/session-messages.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { fileRow } from './file-row.ts';

type AttachmentDeps = {
  messages: Pick<SessionMessages, 'add'>;
  listAttachments: (sessionId: string, options: { signal: AbortSignal }) => Promise<SessionAttachment[]>;
  now: () => number;
  log: Log;
};

/** Files that Devin made take their place behind what was said so far. */
export function createFindAttachments({ messages, listAttachments, now, log }: AttachmentDeps) {
  return async ({ session_id: sessionId, synced }: SessionRow, signal: AbortSignal): Promise<void> => {
    try {
      const made = (await listAttachments(sessionId, { signal })).filter(({ source }) => source === 'devin');
      const state = synced ? 'pending' : 'left-out';
      const rows = made.map((file) => fileRow(file, new Date(now()), state));
      await messages.add(sessionId, rows);
    } catch (error) {
      if (!(error instanceof DevinError)) throw error;
      // They are listed again when Devin says something next.
      log.warn({ err: error, sessionId }, 'the files of a session could not be listed');
    }
  };
}
