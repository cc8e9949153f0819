import type { Devin } from '../devin/devin.ts';
import type { SessionAttachment, SessionMessage } from '../devin/schemas.ts';

const PAGE = 200;

/** All that was said so far, oldest first, from where to read on, and the files that Devin made. */
export type History = { messages: SessionMessage[]; cursor: string | null; files: SessionAttachment[] };

/** Devin's last page has no cursor: the last one that was not null is where to read on. */
export function createReadHistory({ messages, attachments }: Pick<Devin, 'messages' | 'attachments'>) {
  return async (sessionId: string): Promise<History> => {
    const found: SessionMessage[] = [];
    let cursor: string | null = null;
    for (;;) {
      const page = await messages.list(sessionId, { first: PAGE, after: cursor });
      found.push(...page.items);
      cursor = page.end_cursor ?? cursor;
      if (!page.has_next_page || page.end_cursor === null) break;
    }
    const files = await attachments.list(sessionId);
    return { messages: found, cursor, files: files.filter(({ source }) => source === 'devin') };
  };
}
