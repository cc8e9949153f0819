import type { WebClient } from '@slack/web-api';
import type { MessageContext, SlackMessage } from '../session/context.ts';
import type { QuotedMessage, QuotedThread } from '../session/prompt.ts';
import { slackFailure } from './errors.ts';
import { readMessage } from './messages.ts';
import type { People, SlackPerson } from './people.ts';
import type { PresenceOf } from './presence.ts';
import { placeKindOf } from './place-kind.ts';

/** A thread longer than this is quoted from its end; its first message always stays. */
const MAX_MESSAGES = 200;
const PAGE = 200;

export type ThreadMessages =
  | { kind: 'read'; messages: SlackMessage[] }
  /** Slack's reason, such as `not_in_channel`. */
  | { kind: 'unreadable'; code: string }
  /** The person it would be read for is not in the conversation. */
  | { kind: 'not-theirs' };

export type ThreadReader = ReturnType<typeof createThreadReader>;

type ReaderDeps = { client: WebClient; people: People; presence: PresenceOf; botUserId: () => string };

/** `botUserId`: the app's own messages, such as its cards, are not part of a conversation. */
export function createThreadReader({ client, people, presence, botUserId }: ReaderDeps) {
  return {
    /** All messages of the thread the picked message is in, oldest first, if the person is in the conversation. */
    async read({ channelId, picked }: MessageContext, userId: string): Promise<ThreadMessages> {
      if ((await presence({ channelId, userId })) === 'out') return { kind: 'not-theirs' };
      try {
        const messages = await pages(client, channelId, picked.threadTs ?? picked.ts);
        const others = messages.filter(({ userId }) => userId !== botUserId());
        return { kind: 'read', messages: within(others) };
      } catch (error) {
        const failure = slackFailure(error);
        if (failure.kind !== 'refused') throw error;
        return { kind: 'unreadable', code: failure.code };
      }
    },

    /** The messages as Devin reads them, with names instead of ids. */
    async quote(context: MessageContext, messages: SlackMessage[]): Promise<QuotedThread> {
      const known = await lookUp(people, mentionedIn(messages));
      const permalink = await client.chat
        .getPermalink({ channel: context.channelId, message_ts: context.picked.ts })
        .catch((error: unknown) => (slackFailure(error), null));
      return {
        place: placeName(context.channelName),
        permalink: permalink?.permalink ?? null,
        messages: messages.map((message) => quoted(message, known, context.picked.ts)),
      };
    },
  };
}

/** Which of the thread's messages the choice means. */
export function chosenMessages(context: MessageContext, thread: SlackMessage[]): SlackMessage[] {
  switch (context.choice) {
    case 'message':
      return [context.picked];
    case 'until-here':
      return thread.filter(({ ts }) => ts <= context.picked.ts);
    case 'thread':
      return thread;
  }
}

/** Replaces `<@U…>` by the person's name. */
export async function nameMentions(text: string, people: People): Promise<string> {
  return withNames(text, await lookUp(people, mentionIds(text)));
}

async function pages(client: WebClient, channel: string, ts: string): Promise<SlackMessage[]> {
  const found = new Map<string, SlackMessage>();
  let cursor: string | undefined;
  do {
    const page = await client.conversations.replies({ channel, ts, limit: PAGE, ...(cursor && { cursor }) });
    // Pages may repeat the thread's first message.
    for (const message of (page.messages ?? []).map(readMessage)) found.set(message.ts, message);
    cursor = page.response_metadata?.next_cursor;
  } while (cursor);
  return [...found.values()].toSorted((a, b) => (a.ts < b.ts ? -1 : 1));
}

function within(messages: SlackMessage[]): SlackMessage[] {
  if (messages.length <= MAX_MESSAGES) return messages;
  return [...messages.slice(0, 1), ...messages.slice(1 - MAX_MESSAGES)];
}

const MENTION = /<@([UW][A-Z0-9]+)>/g;

function mentionIds(text: string): string[] {
  return [...text.matchAll(MENTION)].flatMap(([, id]) => (id === undefined ? [] : [id]));
}

function mentionedIn(messages: SlackMessage[]): string[] {
  return messages.flatMap(({ userId, text }) => [...(userId === null ? [] : [userId]), ...mentionIds(text)]);
}

async function lookUp(people: People, ids: string[]): Promise<Map<string, SlackPerson>> {
  const unique = [...new Set(ids)];
  const found = await Promise.all(unique.map((id) => people.find(id)));
  return new Map(found.flatMap((person) => (person === null ? [] : [[person.userId, person] as const])));
}

function withNames(text: string, known: ReadonlyMap<string, SlackPerson>): string {
  return text.replaceAll(MENTION, (_mention, id: string) => `@${known.get(id)?.name ?? id}`);
}

function quoted(
  message: SlackMessage,
  known: ReadonlyMap<string, SlackPerson>,
  pickedTs: string,
): QuotedMessage {
  const person = message.userId === null ? undefined : known.get(message.userId);
  return {
    author: message.appName ?? person?.name ?? message.userId ?? 'somebody',
    authorKind: authorKind(message, person),
    atMs: Number(message.ts) * 1000,
    text: withNames(message.text, known),
    files: message.files.map(({ name }) => name),
    picked: message.ts === pickedTs,
  };
}

function authorKind(message: SlackMessage, person: SlackPerson | undefined): QuotedMessage['authorKind'] {
  if (message.appName !== null || person?.kind === 'bot') return 'app';
  if (person?.kind === 'guest' || person?.kind === 'external') return person.kind;
  return 'member';
}

function placeName(channelName: string): string {
  const kind = placeKindOf(channelName);
  if (kind === 'direct') return 'a direct message';
  if (kind === null) return 'a channel';
  return kind === 'private' ? 'a private conversation' : `#${channelName}`;
}
