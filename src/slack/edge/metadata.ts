import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { pages } from '../../bounds.ts';
import type { CardPlace, ThreadPlace } from './outbound.ts';
import { cursorAfter } from './places.ts';

/** What a message carries so that it can be found again if Slack's answer to posting it is lost. */
export type MessageMetadata = { event_type: Event; event_payload: Record<string, string> };

/** What identifies a message among the others of its event. */
const IDENTIFYING = {
  devin_session: ['request_id'],
  devin_message: ['session_id', 'event_id', 'part'],
  devin_shown: ['key'],
};
type Event = keyof typeof IDENTIFYING;

export const cardMetadata = (request_id: string) => metadataOf('devin_session', { request_id });
/** `part`: a long message becomes several in Slack. */
export const messageMetadata = (session_id: string, event_id: string, part: number) =>
  metadataOf('devin_message', { session_id, event_id, part: String(part) });
/** Of all that only needs to be found again. `key`: of the message in `shown`. */
export const keyMetadata = (key: string) => metadataOf('devin_shown', { key });

function metadataOf(event_type: Event, event_payload: Record<string, string>): MessageMetadata {
  return { event_type, event_payload };
}

/** What a card shows that Devin doesn't know. */
type CardOwner = {
  id: string;
  userId: string;
  draft: { values: { repos?: string[] | undefined; max_acu_limit?: number | undefined } };
};
/** Slack limits the size of metadata; longer lists are left out. */
const REPOS_LENGTH = 1000;

/** A card's metadata with what restores it after the database is lost. */
export function fullCardMetadata({ id, userId: requester, draft: { values } }: CardOwner): MessageMetadata {
  const repos = (values.repos ?? []).join(',');
  const acuLimit = values.max_acu_limit;
  const { event_type, event_payload } = cardMetadata(id);
  return {
    event_type,
    event_payload: {
      ...event_payload,
      requester,
      ...(repos !== '' && repos.length <= REPOS_LENGTH && { repos }),
      ...(acuLimit !== undefined && { acu_limit: String(acuLimit) }),
    },
  };
}

const BLOCK_ID_LENGTH = 255;
const BETWEEN_VALUES = ' ';

/** What identifies a message, as the id of a block, which Slack returns even if the app may not read metadata. */
export function metadataBlockId({ event_type, event_payload }: MessageMetadata): string {
  const values = IDENTIFYING[event_type].map((name) => event_payload[name]);
  const whole = [event_type, ...values].join(BETWEEN_VALUES);
  if (whole.length <= BLOCK_ID_LENGTH) return whole;
  return `${event_type}${BETWEEN_VALUES}${createHash('sha256').update(whole).digest('base64url')}`;
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

/** Slack's timestamps. `maxPages`: the rest is left out. */
type Span = { oldest?: string; latest?: string; maxPages: number };

const PAGE = 200;
/** What isn't found is posted again, so a thread is read to its end. */
const SEARCHED_PAGES = 50;

const pageSchema = z.object({
  messages: z
    .array(
      z.looseObject({
        ts: z.string(),
        thread_ts: z.string().optional(),
        user: z.string().optional(),
        text: z.string().default(''),
        metadata: z.unknown().optional(),
        blocks: z.array(z.looseObject({ block_id: z.string().optional() })).optional(),
        files: z.array(z.looseObject({ id: z.string().optional() })).default([]),
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
  { maxPages, ...span }: Span,
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
  for await (const { messages } of pages({ read, next: cursorAfter, most: maxPages })) yield messages;
}

/** A message of this app. `first`, `last`: when it was attempted, by Slack's clock; null: not known. */
export type Sought = { metadata: MessageMetadata; first: string | null; last: string | null };

/** The `ts` of the message; null: not found. Throws if Slack can't be asked. */
export async function findPosted(
  client: WebClient,
  place: CardPlace,
  { metadata, ...attempted }: Sought,
): Promise<string | null> {
  const blockId = metadataBlockId(metadata);
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
function spanOf({ first, last }: Omit<Sought, 'metadata'>): Span {
  return {
    ...(first !== null && { oldest: (Number(first) - MARGIN_S).toFixed(6) }),
    ...(last !== null && { latest: (Number(last) + LATE_S).toFixed(6) }),
    maxPages: SEARCHED_PAGES,
  };
}

/** What this app has posted in a thread since then: cards and Devin's words. Throws if Slack can't be asked. */
export async function readPosted(
  { client, botUserId }: { client: WebClient; botUserId: () => string },
  thread: ThreadPlace,
  sinceS: number,
) {
  const span = { oldest: sinceS.toFixed(6), maxPages: SEARCHED_PAGES };
  const read = [];
  for await (const page of pagesOf(client, thread, span)) read.push(...page);
  return read.flatMap((message) => {
    const { ts, text, user, metadata: own } = message;
    const marked = readBlockMetadata(message);
    // Anyone can post any metadata: only the app's own messages count.
    if (marked === null || user !== botUserId()) return [];
    return [{ ts, text, metadata: marked.kind === 'card' ? { ...marked, ...readOwner(own) } : marked }];
  });
}
