import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { pages } from '../../bounds.ts';
import type { CardPlace, ThreadPlace } from './outbound.ts';
import { cursorAfter } from './places.ts';

/** What a message carries so that it can be found again if Slack's answer to posting it is lost. */
export type MessageMetadata = { event_type: string; event_payload: Record<string, string> };

const CARD_EVENT = 'devin_session';
const MESSAGE_EVENT = 'devin_message';

/** What identifies a message among the others of its event, by event. */
const IDENTIFYING = new Map<string, readonly string[]>();

/** Makes the metadata of an event's messages. */
function identifiedBy<const Names extends readonly string[]>(event_type: string, ...names: Names) {
  IDENTIFYING.set(event_type, names);
  return (...values: { [At in keyof Names]: string | number }): MessageMetadata => ({
    event_type,
    event_payload: Object.fromEntries(names.map((name, at) => [name, String(values[at])])),
  });
}

export const cardMetadata = identifiedBy(CARD_EVENT, 'request_id');
/** `part`: a long message becomes several in Slack. */
export const messageMetadata = identifiedBy(MESSAGE_EVENT, 'session_id', 'event_id', 'part');
/** Of all that only needs to be found again. `key`: of the message in `shown`. */
export const keyMetadata = identifiedBy('devin_shown', 'key');

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

const metadataSchema = z.object({
  event_type: z.string(),
  event_payload: z.record(z.string(), z.unknown()),
});

type MessageParts = {
  metadata?: unknown;
  blocks?: readonly { block_id?: string | undefined }[] | undefined;
};

/** Whether a message carries this metadata, in its own or in a block id. Its own may hold more. */
function hasMetadata({ metadata: own, blocks = [] }: MessageParts, wanted: MessageMetadata): boolean {
  const blockId = metadataBlockId(wanted);
  return includes(own, wanted) || blocks.some((block) => block.block_id === blockId);
}

function includes(own: unknown, { event_type, event_payload }: MessageMetadata): boolean {
  const { data } = metadataSchema.safeParse(own);
  if (data?.event_type !== event_type) return false;
  return Object.entries(event_payload).every(([name, value]) => data.event_payload[name] === value);
}

const BLOCK_ID_LENGTH = 255;
const BETWEEN_VALUES = ' ';

/** The same as a block id, which Slack returns even if the app may not read metadata. */
export function metadataBlockId({ event_type, event_payload }: MessageMetadata): string {
  const names = IDENTIFYING.get(event_type) ?? [];
  const whole = [event_type, ...names.map((name) => event_payload[name])].join(BETWEEN_VALUES);
  if (whole.length <= BLOCK_ID_LENGTH) return whole;
  return `${event_type}${BETWEEN_VALUES}${createHash('sha256').update(whole).digest('base64url')}`;
}

/** The same from a block id; null also if it was too long for one. */
export function readBlockMetadata(blocks: readonly { block_id?: string | undefined }[]): ReadMetadata | null {
  for (const { block_id: blockId = '' } of blocks) {
    const [event_type = '', ...values] = blockId.split(BETWEEN_VALUES);
    const names = IDENTIFYING.get(event_type);
    if (names?.length !== values.length) continue;
    const event_payload = Object.fromEntries(names.map((name, at) => [name, values[at]]));
    return readMetadata({ event_type, event_payload });
  }
  return null;
}

const ownMetadataSchema = z.union([
  z
    .object({
      event_type: z.literal(CARD_EVENT),
      event_payload: z.object({
        request_id: z.string(),
        requester: z.string().nullable().default(null),
        repos: z.string().optional(),
        acu_limit: z.coerce.number().nullable().default(null),
      }),
    })
    .transform(({ event_payload: { request_id: requestId, requester, repos, acu_limit: acuLimit } }) => ({
      kind: 'card' as const,
      requestId,
      requester,
      repos: repos?.split(',') ?? [],
      acuLimit,
    })),
  z
    .object({
      event_type: z.literal(MESSAGE_EVENT),
      event_payload: z.object({ session_id: z.string(), event_id: z.string() }),
    })
    .transform(({ event_payload: { session_id: sessionId, event_id: eventId } }) => ({
      kind: 'message' as const,
      sessionId,
      eventId,
    })),
]);

type ReadMetadata = z.output<typeof ownMetadataSchema>;

/** Of a card or of Devin's words; null: neither. */
export function readMetadata(own: unknown): ReadMetadata | null {
  return ownMetadataSchema.safeParse(own).data ?? null;
}

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
export async function* pagesOf(
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
  for await (const messages of pagesOf(client, place, spanOf(attempted))) {
    const found = messages.find((message) => hasMetadata(message, metadata));
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

/** A message of this app, with what its metadata says. */
export type FoundMessage = { ts: string; text: string; metadata: ReadMetadata };

/** What this app has posted in a thread since then. Throws if Slack can't be asked. */
export async function readPosted(
  { client, botUserId }: { client: WebClient; botUserId: () => string },
  thread: ThreadPlace,
  sinceS: number,
): Promise<FoundMessage[]> {
  const found: FoundMessage[] = [];
  const span = { oldest: sinceS.toFixed(6), maxPages: SEARCHED_PAGES };
  for await (const page of pagesOf(client, thread, span))
    for (const { ts, text, user, metadata: own, blocks = [] } of page) {
      const metadata = readMetadata(own) ?? readBlockMetadata(blocks);
      // Anyone can post any metadata: only the app's own messages count.
      if (metadata !== null && user === botUserId()) found.push({ ts, text, metadata });
    }
  return found;
}
