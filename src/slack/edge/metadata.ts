import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { pages } from '../../bounds.ts';
import type { CardPlace, ThreadPlace } from './outbound.ts';
import { cursorAfter } from './places.ts';

/**
 * What a message carries so that it can be found again if Slack's answer to posting it is lost. `blockId`: what identifies it,
 * as the id of a block, which Slack returns even if the app may not read metadata.
 */
export type Mark = ReturnType<typeof markOf>;

export const cardMark = (request_id: string) => markOf('devin_session', { request_id });
/** `part`: a long message becomes several in Slack. */
export const messageMark = (session_id: string, event_id: string, part: number) =>
  markOf('devin_message', { session_id, event_id, part: String(part) });
/** Of all that only needs to be found again. `key`: of the message in `shown`. */
export const keyMark = (key: string) => markOf('devin_shown', { key });

const BLOCK_ID_LENGTH = 255;
const BETWEEN_VALUES = ' ';

function markOf(event_type: string, identifying: Record<string, string>, others = {}) {
  const whole = [event_type, ...Object.values(identifying)].join(BETWEEN_VALUES);
  const hash = (): string => createHash('sha256').update(whole).digest('base64url');
  const blockId = whole.length <= BLOCK_ID_LENGTH ? whole : `${event_type}${BETWEEN_VALUES}${hash()}`;
  return { blockId, metadata: { event_type, event_payload: { ...identifying, ...others } } };
}

/** What a card shows that Devin doesn't know. */
type CardOwner = {
  id: string;
  userId: string;
  draft: { values: { repos?: string[] | undefined; max_acu_limit?: number | undefined } };
};
/** Slack limits the size of metadata; longer lists are left out. */
const REPOS_LENGTH = 1000;

/** With what restores a card after the database is lost. */
export function fullCardMark({ id, userId: requester, draft: { values } }: CardOwner): Mark {
  const repos = (values.repos ?? []).join(',');
  const acuLimit = values.max_acu_limit;
  return markOf(
    'devin_session',
    { request_id: id },
    {
      requester,
      ...(repos !== '' && repos.length <= REPOS_LENGTH && { repos }),
      ...(acuLimit !== undefined && { acu_limit: String(acuLimit) }),
    },
  );
}

/** Whether a message is a card or has Devin's words; null: neither, or its block's id was too long. */
export function readBlockMetadata({
  blocks = [],
}: {
  blocks?: readonly { block_id?: string | undefined }[] | undefined;
}) {
  for (const { block_id: blockId = '' } of blocks) {
    const [event, id = '', eventId, ...part] = blockId.split(BETWEEN_VALUES);
    if (event === 'devin_session' && eventId === undefined) return { kind: 'card' as const, requestId: id };
    if (event === 'devin_message' && eventId !== undefined && part.length === 1)
      return { kind: 'message' as const, sessionId: id, eventId };
  }
  return null;
}

const ownedSchema = z
  .object({
    event_payload: z.object({
      requester: z.string().nullable().default(null),
      repos: z.string().optional(),
      acu_limit: z.coerce.number().nullable().default(null),
    }),
  })
  .catch({ event_payload: { requester: null, acu_limit: null } })
  .transform(({ event_payload: { requester, repos, acu_limit: acuLimit } }) => ({
    requester,
    repos: repos?.split(',') ?? [],
    acuLimit,
  }));

/** What a card's metadata restores. */
export const readOwner = (metadata: unknown) => ownedSchema.parse(metadata);

/** Slack's timestamps. */
type Span = { oldest?: string; latest?: string };

const PAGE = 200;
/** What isn't found is posted again, so a thread is read to its end. */
const SEARCHED_PAGES = 50;

const pageSchema = z.object({
  messages: z
    .array(
      z.looseObject({
        ts: z.string(),
        user: z.string().optional(),
        text: z.string().default(''),
        metadata: z.unknown().optional(),
        blocks: z.array(z.looseObject({ block_id: z.string().optional() })).optional(),
      }),
    )
    .default([]),
  response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
});

/**
 * Messages with their metadata, page by page: newest first in a conversation, without the replies in its threads, and
 * oldest first in a thread. Throws if Slack can't be asked.
 */
async function* pagesOf(
  client: WebClient,
  { channelId: channel, threadTs: ts }: CardPlace,
  span: Span,
): AsyncGenerator<z.infer<typeof pageSchema>['messages']> {
  const read = async (cursor: string | null) => {
    const query = {
      channel,
      include_all_metadata: true,
      limit: PAGE,
      ...span,
      ...(cursor !== null && { cursor }),
    };
    return pageSchema.parse(
      ts === null
        ? await client.conversations.history(query)
        : await client.conversations.replies({ ...query, ts }),
    );
  };
  for await (const { messages } of pages({ read, next: cursorAfter, most: SEARCHED_PAGES })) yield messages;
}

/** A message of this app. `first`, `last`: when it was attempted, by Slack's clock; null: not known. */
export type Sought = { blockId: string; first: string | null; last: string | null };

/** The `ts` of the message; null: not found. Throws if Slack can't be asked. */
export async function findPosted(
  client: WebClient,
  place: CardPlace,
  { blockId, ...attempted }: Sought,
): Promise<string | null> {
  for await (const messages of pagesOf(client, place, spanOf(attempted))) {
    const found = messages.find(({ blocks = [] }) => blocks.some(({ block_id: id }) => id === blockId));
    if (found !== undefined) return found.ts;
  }
  return null;
}

/** Slack's clocks can differ a little from each other. */
const MARGIN_S = 60;
/** Slack may take this long to post what was attempted. */
const LATE_S = 600;

/** Bounded on both sides: a busy channel may have thousands of messages since then. */
function spanOf({ first, last }: Omit<Sought, 'blockId'>): Span {
  return {
    ...(first !== null && { oldest: (Number(first) - MARGIN_S).toFixed(6) }),
    ...(last !== null && { latest: (Number(last) + LATE_S).toFixed(6) }),
  };
}

/** What this app has posted in a thread since then: cards and Devin's words. Throws if Slack can't be asked. */
export async function readPosted(
  { client, botUserId }: { client: WebClient; botUserId: () => string },
  thread: ThreadPlace,
  sinceS: number,
) {
  const read = [];
  for await (const page of pagesOf(client, thread, { oldest: sinceS.toFixed(6) })) read.push(...page);
  return read.flatMap((message) => {
    const { ts, text, user, metadata: own } = message;
    const marked = readBlockMetadata(message);
    // Anyone can post any metadata: only the app's own messages count.
    if (marked === null || user !== botUserId()) return [];
    return [{ ts, text, metadata: marked.kind === 'card' ? { ...marked, ...readOwner(own) } : marked }];
  });
}
