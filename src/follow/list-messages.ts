import { DevinError } from '../devin/errors.ts';
import type { MessageQuery } from '../devin/messages.ts';
import type { Page, SessionMessage } from '../devin/schemas.ts';

export type ListMessages = (sessionId: string, query: MessageQuery) => Promise<Page<SessionMessage>>;

/** Cursors are Devin's own: if it no longer takes one, messages are read from the beginning, without harm. */
export function createListMessages(list: ListMessages): ListMessages {
  return async (sessionId, query) => {
    try {
      return await list(sessionId, query);
    } catch (error) {
      const isRefused = error instanceof DevinError && error.code === 'invalid-request';
      if (!isRefused || (query.after ?? null) === null) throw error;
      return list(sessionId, { ...query, after: null });
    }
  };
}
