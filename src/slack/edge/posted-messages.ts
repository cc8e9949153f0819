import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { pages } from '../../bounds.ts';
import { cardThread, type SessionRequest } from '../../store/request-row.ts';
import { cursorAfter } from './conversations.ts';
import {
  hasMetadata,
  readBlockMetadata,
  readMetadata,
  type MessageMetadata,
  type ReadMetadata,
} from './metadata.ts';
import type { CardPlace } from './outbound.ts';

/** How far Slack's and Devin's clocks may differ. */
export const CLOCK_MARGIN_S = 10 * 60;

/** Slack's own times, as seconds. */
type TimeSpan = { fromS: number; toS: number | null };

/** A message of this app, with what its metadata says. */
export type FoundMessage = { ts: string; threadTs: string | null; text: string; metadata: ReadMetadata };
export type ReadSpan = {
  /** In no particular order. */
  messages: FoundMessage[];
  /** Messages with replies, and when the last one came. */
  threads: { ts: string; latestReplyS: number }[];
};

/** Pages of messages in a conversation; more are left out. */
const MAX_PAGES = 5;
/** What isn't found is posted again, so a thread is read to its end. */
const SEARCHED_PAGES = 50;

type ReaderDeps = { client: WebClient; botUserId: () => string };

/** Finds what this app has posted to Slack. Each function throws if Slack can't be asked. */
export function createMetadataReader({ client, botUserId }: ReaderDeps) {
  async function messages(place: CardPlace, { fromS, toS }: TimeSpan): Promise<PostedMessage[]> {
    const found: PostedMessage[] = [];
    const latest = toS !== null && { latest: toS.toFixed(6) };
    const maxPages = place.threadTs === null ? MAX_PAGES : SEARCHED_PAGES;
    const span = { oldest: fromS.toFixed(6), ...latest, maxPages };
    for await (const page of pagesOf(client, place, span)) found.push(...page);
    return found;
  }

  return {
    /** What a conversation or a thread holds between two moments. */
    async read(place: CardPlace, span: TimeSpan): Promise<ReadSpan> {
      const found = await messages(place, span);
      return {
        // Anyone can post any metadata: only the app's own messages count.
        messages: found.filter(({ user }) => user === botUserId()).flatMap(read),
        threads: found.flatMap(({ ts, latest_reply: latest }) =>
          latest === undefined ? [] : [{ ts, latestReplyS: Number(latest) }],
        ),
      };
    },
  };
}

function read({ ts, thread_ts: threadTs, text, metadata, blocks = [] }: PostedMessage): FoundMessage[] {
  const own = readMetadata(metadata) ?? readBlockMetadata(blocks);
  const others = blocks.map((block) => readBlockMetadata([block])).filter((one) => one !== null);
  // A message from Devin can include a call for an answer.
  const call = own?.kind === 'message' ? others.find(({ kind }) => kind === 'milestone') : undefined;
  const all = [own, call ?? null].filter((one) => one !== null);
  // A message with replies names itself as its thread.
  const place = { ts, threadTs: threadTs === ts ? null : (threadTs ?? null) };
  return all.map((one) => ({ ...place, text, metadata: one }));
}

/** Slack's timestamps. `maxPages`: the rest is left out. */
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
        files: z.array(z.looseObject({ id: z.string().optional() })).default([]),
      }),
    )
    .default([]),
  response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
});
type PostedMessage = z.infer<typeof pageSchema>['messages'][number];

/**
 * Messages with their metadata, page by page: newest first in a conversation, without the replies in its threads, and
 * oldest first in a thread. Throws if Slack can't be asked.
 */
export async function* pagesOf(
  client: WebClient,
  { channelId: channel, threadTs: ts }: CardPlace,
  { maxPages, ...span }: Span,
): AsyncGenerator<PostedMessage[]> {
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

/** `threadTs` null: it is in no thread, or starts one. */
export type MessagePlace = { channelId: string; ts: string; threadTs: string | null };

/** Where a request's card is; null: nowhere yet, or it was deleted. */
export function cardMessage(request: SessionRequest): MessagePlace | null {
  const { cardChannelId: channelId, cardTs: ts } = request;
  return channelId === null || ts === null ? null : { channelId, ts, threadTs: cardThread(request) };
}

/** The thread in which a request's session is followed: its card's, or the one under the card; null: no card yet. */
export function threadOfCard(request: SessionRequest): { channelId: string; threadTs: string } | null {
  const card = cardMessage(request);
  return card === null ? null : { channelId: card.channelId, threadTs: card.threadTs ?? card.ts };
}

/** The same as https://docs.slack.dev/reference/methods/chat.getPermalink, without a call for each message. */
export function permalink(workspaceUrl: string, { channelId, ts, threadTs }: MessagePlace): string {
  const address = new URL(`archives/${channelId}/p${ts.replace('.', '')}`, workspaceUrl);
  if (threadTs !== null) {
    address.searchParams.set('thread_ts', threadTs);
    address.searchParams.set('cid', channelId);
  }
  return address.href;
}

/** `/archives/<channel>/p<ts without its point>`, and `thread_ts` if the message is a reply. */
const PATH = /^\/archives\/([A-Z0-9]+)\/p(\d+)(\d{6})$/;

/** The thread of the message that an address points to. https://docs.slack.dev/reference/methods/chat.getPermalink */
export function readPermalink(address: string): { channelId: string; threadTs: string } | null {
  const url = URL.parse(address);
  const [, channelId, seconds, micros] = PATH.exec(url?.pathname ?? '') ?? [];
  if (channelId === undefined) return null;
  return { channelId, threadTs: url?.searchParams.get('thread_ts') ?? `${seconds}.${micros}` };
}
