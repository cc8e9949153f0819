import type { WebClient } from '@slack/web-api';
import { pages } from '../../bounds.ts';
import type { MessageContext, SlackMessage } from '../../session/context.ts';
import type { SlackPerson } from '../../session/identity.ts';
import type { QuotedMessage, QuotedThread } from '../../session/prompt.ts';
import { readThreadMessage } from '../command/message.ts';
import { refusalCode, slackFailure, unlessRefused } from './errors.ts';
import { isWritten, readMessage } from './messages.ts';
import { readBlockMetadata } from './metadata.ts';
import type { Outbound } from './outbound.ts';
import type { Message } from './payload.ts';
import { namesIn, type People } from './people.ts';
import { cursorAfter, type Conversations, placeKindOf } from './places.ts';

/** Of a longer thread, the first ones are read, and the picked one. */
const MOST_READ = 2000;
const PAGE = 200;

type Readable = Pick<Message, 'channelId' | 'ts' | 'threadTs' | 'slackText'>;

type ReaderDeps = {
  client: WebClient;
  people: People;
  presence: Conversations['presence'];
  permalink: Outbound['permalink'];
  botUserId: () => string;
};

export function createThreadReader({ client, people, presence, permalink, botUserId }: ReaderDeps) {
  return {
    /** The chosen messages, oldest first. null: the app can't read there, or the person isn't there. */
    async read(context: MessageContext, userId: string): Promise<SlackMessage[] | null> {
      const { channelId, picked, choice } = context;
      if (choice === 'message') return [picked];
      if ((await presence({ channelId, userId })) === 'out') return null;
      const read = await unlessRefused(readThread({ client, botUserId }, channelId, picked));
      return read?.filter(({ ts }) => choice === 'thread' || ts <= picked.ts) ?? null;
    },

    /**
     * A message as it is now, since Slack delivers it again as it was first sent, minutes later. null: it was deleted. If
     * Slack can't be asked: as it was.
     */
    async readAgain<Said extends Readable>(message: Said): Promise<Said | null> {
      const { channelId: channel, ts, threadTs } = message;
      const only = { oldest: ts, latest: ts, inclusive: true };
      try {
        const { messages = [] } = await client.conversations.replies({
          channel,
          ts: threadTs ?? ts,
          ...only,
        });
        const now = messages.find((one) => one.ts === ts && isWritten(one));
        if (now === undefined) return null;
        return { ...message, ...readMessage(now) };
      } catch (error) {
        slackFailure(error);
        return refusalCode(error) === 'thread_not_found' ? null : message;
      }
    },

    /** The messages as Devin reads them, with names instead of ids. */
    async quote(context: MessageContext, messages: readonly SlackMessage[]): Promise<QuotedThread> {
      const { channelId, picked } = context;
      const { ts: pickedTs, threadTs } = picked;
      const byPicked = messages.filter(({ ts }) => ts === pickedTs);
      const authors = await authorsOf([...byPicked, ...messages], people);
      const named = await namesIn(
        messages.map(({ text }) => text),
        people,
      );
      return {
        place: placeName(context.channelName),
        permalink: permalink({ channelId, ts: pickedTs, threadTs: threadTs === pickedTs ? null : threadTs }),
        messages: messages.map((message) => ({
          ...quoted(message, authors.get(message.userId)),
          text: named(message.text),
          picked: message.ts === pickedTs,
        })),
      };
    },
  };
}

/** The chosen messages without the task, and without the messages and files that the person unticked. */
export function tickedMessages(
  { picked, isTask, without }: MessageContext,
  chosen: readonly SlackMessage[],
): SlackMessage[] {
  const [noMessages, noFiles] = [new Set(without?.messages), new Set(without?.files)];
  return chosen
    .filter(({ ts }) => !noMessages.has(ts) && !(isTask === true && ts === picked.ts))
    .map((message) => ({ ...message, files: message.files.filter(({ id }) => !noFiles.has(id)) }));
}

/** Neither the app's own words, such as cards, nor what people keep from Devin; but what was picked. */
async function readThread(
  { client, botUserId }: Pick<ReaderDeps, 'client' | 'botUserId'>,
  channel: string,
  picked: SlackMessage,
): Promise<SlackMessage[]> {
  const ts = picked.threadTs ?? picked.ts;
  // It goes to Devin, even if Slack doesn't list it.
  const found = new Map([[picked.ts, picked]]);
  const read = async (cursor: string | null) =>
    client.conversations.replies({ channel, ts, limit: PAGE, ...(cursor !== null && { cursor }) });
  for await (const { messages = [] } of pages({ read, next: cursorAfter, most: MOST_READ / PAGE })) {
    for (const message of messages) {
      if (!isWritten(message)) continue;
      const { message: said, slackText } = readMessage(message);
      const isForDevin =
        said.userId === botUserId()
          ? readBlockMetadata(message)?.kind === 'message'
          : readThreadMessage(slackText, botUserId()).kind !== 'aside';
      // Each page can repeat the thread's first message.
      if (isForDevin) found.set(said.ts, said);
    }
  }
  return [...found.values()].toSorted((a, b) => (a.ts < b.ts ? -1 : 1));
}

/** Each id costs a call. Beyond this many, the rest stay as they are. */
const MOST_AUTHORS = 200;

/** What an author is matters, so it is asked until Slack answers. */
async function authorsOf(
  messages: readonly SlackMessage[],
  { find }: Pick<People, 'find'>,
): Promise<ReadonlyMap<string | null, SlackPerson>> {
  const ids = [...new Set(messages.flatMap(({ userId }) => userId ?? []))].slice(0, MOST_AUTHORS);
  const found = await Promise.all(ids.map(async (id) => find(id)));
  return new Map(found.flatMap((person) => (person === null ? [] : [[person.userId, person]])));
}

function quoted(message: SlackMessage, author: SlackPerson | undefined) {
  return {
    author: (message.appName ?? author?.name ?? message.userId) || null,
    authorKind: authorKind(message, author),
    atMs: Number(message.ts) * 1000,
    files: message.files.map(({ name }) => name),
  };
}

function authorKind(message: SlackMessage, person: SlackPerson | undefined): QuotedMessage['authorKind'] {
  if (message.appName !== null || person?.kind === 'bot') return 'app';
  if (person?.kind === 'guest' || person?.kind === 'external') return person.kind;
  return person === undefined ? 'unknown' : 'member';
}

function placeName(channelName: string): string {
  const kind = placeKindOf(channelName);
  if (kind === 'direct') return 'a direct message';
  if (kind === null) return 'a conversation';
  return kind === 'private' ? 'a private conversation' : `#${channelName}`;
}
