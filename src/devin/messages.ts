import type { DevinClient, Options } from './client.ts';
import { READ_RETRY } from './client.ts';
import { toPathId } from './ids.ts';
import { toSearchParams } from './query.ts';
import type { Page, SessionMessage } from './schemas.ts';
import { pageOf, readableOnly, sessionMessageSchema } from './schemas.ts';

export type MessageQuery = Options & {
  /** The last page's cursor is null: remember the last one that was not, read from it again, and know messages by `event_id`. */
  after?: string | null;
  /** 1 to 200. */
  first?: number;
};

const messagePageSchema = pageOf(sessionMessageSchema).extend({ items: readableOnly(sessionMessageSchema) });

/** What was said in a session. https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session-messages */
export function createMessages(client: DevinClient) {
  return {
    /** One page, oldest first; the first message is normally the prompt. Own messages come back as `user`. */
    async list(
      sessionId: string,
      { after, first, signal }: MessageQuery = {},
    ): Promise<Page<SessionMessage>> {
      return client.call({
        operation: 'messages.list',
        method: 'get',
        path: client.orgPath(['sessions', toPathId(sessionId), 'messages']),
        answer: messagePageSchema,
        query: toSearchParams({ after, first }),
        retry: READ_RETRY,
        signal,
      });
    },
  };
}
