import { DevinError } from '../../devin/errors.ts';
import type { SessionAttachment } from '../../devin/schemas.ts';
import type { Log } from '../../log.ts';
import type { SessionMessages } from '../../store/session-messages.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { ATTACHMENT } from './post-message.ts';

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
      const rows = made.map(({ attachment_id: id, name, url }) => ({
        eventId: `${ATTACHMENT}:${id}`,
        source: ATTACHMENT,
        text: JSON.stringify({ name, url }),
        state: synced ? ('pending' as const) : ('left-out' as const),
        saidAt: new Date(now()),
      }));
      await messages.add(sessionId, rows);
    } catch (error) {
      if (!(error instanceof DevinError)) throw error;
      // They are listed again when Devin says something next.
      log.warn({ err: error, sessionId }, 'the files of a session could not be listed');
    }
  };
}
