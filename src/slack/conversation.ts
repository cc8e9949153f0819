import type { WebClient } from '@slack/web-api';
import { z } from 'zod';

/** `threadTs` null: the conversation itself, without the replies in its threads. */
type Place = { channelId: string; threadTs: string | null };
/** Slack's timestamps. `maxPages`: what a conversation holds beyond these is left out. */
type Span = { oldest?: string; latest?: string; maxPages: number };

const PAGE = 200;

const pageSchema = z.object({
  messages: z
    .array(
      z.looseObject({
        ts: z.string(),
        thread_ts: z.string().optional(),
        user: z.string().optional(),
        text: z.string().default(''),
        latest_reply: z.string().optional(),
        metadata: z.unknown().optional(),
        blocks: z.array(z.looseObject({ block_id: z.string().optional() })).optional(),
      }),
    )
    .default([]),
  response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
});
export type PostedMessage = z.infer<typeof pageSchema>['messages'][number];

/**
 * Messages with their metadata, page by page: of a conversation the newest first, of a thread the oldest. Throws when
 * Slack cannot be asked.
 */
export async function* pagesOf(
  client: WebClient,
  { channelId: channel, threadTs: ts }: Place,
  { maxPages, ...span }: Span,
): AsyncGenerator<PostedMessage[]> {
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const query = { channel, include_all_metadata: true, limit: PAGE, ...span, ...(cursor && { cursor }) };
    const answer =
      ts === null
        ? await client.conversations.history(query)
        : await client.conversations.replies({ ...query, ts });
    const { messages, response_metadata: next } = pageSchema.parse(answer);
    yield messages;
    cursor = next?.next_cursor;
    if (!cursor) return;
  }
}
