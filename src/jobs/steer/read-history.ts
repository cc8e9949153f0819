import type { Devin } from '../../devin/devin.ts';
import type { SessionMessage } from '../../devin/schemas.ts';
import type { History } from './follow.ts';

const PAGE = 200;

/** Devin's last page has no cursor: the last one that was not null is where to read on. */
export function createReadHistory(messages: Devin['messages']) {
  return async (sessionId: string): Promise<History> => {
    const found: SessionMessage[] = [];
    let cursor: string | null = null;
    for (;;) {
      const page = await messages.list(sessionId, { first: PAGE, after: cursor });
      found.push(...page.items);
      cursor = page.end_cursor ?? cursor;
      if (!page.has_next_page || page.end_cursor === null) return { messages: found, cursor };
    }
  };
}
