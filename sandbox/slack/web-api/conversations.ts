import { z } from 'zod';
import { publicMessages } from '../messages.ts';
import type { Message } from '../model.ts';
import { directChannel, type State } from '../state.ts';
import { wireChannel, wireMessage } from '../wire.ts';
import { describedChannel, readableChannel, userOf } from './access.ts';
import { ApiError, limit, flag, id, method, type Reply } from './method.ts';

const page = {
  cursor: z.string().optional(),
  limit,
  oldest: z.string().optional(),
  latest: z.string().optional(),
  inclusive: flag,
  include_all_metadata: flag,
};
type Page = z.output<z.ZodObject<typeof page>>;

export const conversations = {
  /** The newest message first; replies only when they were sent to the channel as well. */
  'conversations.history': method({
    args: z.object({ channel: id, ...page }),
    run(args, state) {
      const channel = readableChannel(state, args.channel);
      const messages = publicMessages(state, channel.id).filter(
        ({ threadTs, ts }) => (threadTs ?? ts) === ts,
      );
      return messagePage(state, messages.filter(within(args)).toReversed(), args);
    },
  }),

  /** The parent, then its replies, the oldest first. The ts of a reply gives that reply alone. */
  'conversations.replies': method({
    args: z.object({ channel: id, ts: id, ...page }),
    run(args, state) {
      const channel = readableChannel(state, args.channel);
      const all = publicMessages(state, channel.id);
      const thread = all.filter(({ ts, threadTs }) => ts === args.ts || threadTs === args.ts);
      if (!thread.some(({ ts }) => ts === args.ts)) throw new ApiError('thread_not_found');
      const isWanted = within(args);
      return messagePage(
        state,
        thread.filter((message) => message.ts === args.ts || isWanted(message)),
        args,
      );
    },
  }),

  'conversations.info': method({
    args: z.object({ channel: id }),
    run: (args, state) => ({ channel: wireChannel(state, describedChannel(state, args.channel)) }),
  }),

  'conversations.members': method({
    args: z.object({ channel: id, cursor: z.string().optional(), limit }),
    run(args, state) {
      const channel = describedChannel(state, args.channel);
      const { items, next } = cut([...channel.members], args);
      return { members: items, response_metadata: { next_cursor: next } };
    },
  }),

  /** With one person: the app has no group conversations. */
  'conversations.open': method({
    scopes: ['im:write'],
    args: z.object({ users: id.optional() }),
    run({ users }, state) {
      if (users === undefined) throw new ApiError('users_list_not_supplied');
      const user = userOf(state, users);
      if (user.isBot) throw new ApiError('cannot_dm_bot');
      if (user.deleted) throw new ApiError('user_disabled');
      return { channel: { id: directChannel(state, user.id).id } };
    },
  }),
};

function within({ oldest, latest, inclusive = false }: Page): (message: Message) => boolean {
  return ({ ts }) => {
    const edge = inclusive && (ts === oldest || ts === latest);
    return edge || ((oldest === undefined || ts > oldest) && (latest === undefined || ts < latest));
  };
}

function messagePage(state: State, messages: Message[], args: Page): Reply {
  const { items, next } = cut(messages, args);
  return {
    messages: items.map((message) => wireMessage(state, message, args.include_all_metadata)),
    has_more: next !== '',
    ...(next !== '' && { response_metadata: { next_cursor: next } }),
  };
}

/** Cursors are opaque: base64, as Slack's are. */
function cut<T>(all: readonly T[], { cursor, limit }: { cursor?: string | undefined; limit: number }) {
  const start = cursor === undefined || cursor === '' ? 0 : readCursor(cursor);
  const end = start + limit;
  const next = end < all.length ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { items: all.slice(start, end), next };
}

function readCursor(cursor: string): number {
  const match = /^next:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString());
  if (match === null) throw new ApiError('invalid_cursor');
  return Number(match[1]);
}
