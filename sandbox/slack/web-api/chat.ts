import { z } from 'zod';
import { addBotMessage, editMessage, publicMessages } from '../messages.ts';
import { LIMIT } from '../rules/limits.ts';
import { areBlocksTooLong, checkMessage } from '../rules/message.ts';
import { addProblem, type State } from '../state.ts';
import { wireMessage } from '../wire.ts';
import { openChannel, postableChannel, publicMessage, threadOf, userOf, visibleChannel } from './access.ts';
import { ApiError, id, method, refusal } from './method.ts';

const content = {
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  metadata: z.unknown().optional(),
};

const postArgs = z.object({
  channel: id,
  ...content,
  thread_ts: id.optional(),
});

export const chat = {
  'chat.postMessage': method({
    scopes: ['chat:write'],
    args: postArgs,
    run(args, state) {
      const channel = postableChannel(state, args.channel);
      const message = addBotMessage(state, {
        channelId: channel.id,
        ...checked(args, LIMIT.messageText),
        threadTs: threadOf(state, channel, args.thread_ts),
        metadata: args.metadata ?? null,
      });
      return { channel: channel.id, ts: message.ts, message: wireMessage(state, message) };
    },
  }),

  /** Slack takes one for a thread that nobody has replied in, and shows it nowhere. */
  'chat.postEphemeral': method({
    scopes: ['chat:write'],
    args: z.object({ channel: id, user: id, ...content, thread_ts: id.optional() }),
    run(args, state) {
      const channel = openChannel(state, args.channel);
      const user = userOf(state, args.user);
      if (!channel.members.has(user.id)) throw new ApiError('user_not_in_channel');
      const content = checked(args, LIMIT.messageText);
      const threadTs = args.thread_ts ?? null;
      if (threadTs !== null && !isActiveThread(state, channel.id, threadTs)) {
        addProblem(state, 'chat.postEphemeral: nobody sees it, because its thread has no replies');
        return { message_ts: state.nextTs() };
      }
      const message = addBotMessage(state, {
        channelId: channel.id,
        ...content,
        threadTs,
        ephemeralFor: user.id,
      });
      return { message_ts: message.ts };
    },
  }),

  /** Text without blocks removes the blocks; metadata stays when it is left out. */
  'chat.update': method({
    scopes: ['chat:write'],
    args: z.object({ channel: id, ts: id, ...content }),
    run(args, state) {
      const channel = visibleChannel(state, args.channel);
      const message = publicMessage(state, channel.id, args.ts);
      if (message.botId !== state.workspace.botId) throw new ApiError('cant_update_message');
      if (channel.isArchived) throw new ApiError('is_archived');
      editMessage(state, message, {
        ...checked(args, LIMIT.updateText),
        ...(args.metadata !== undefined && { metadata: args.metadata }),
      });
      return {
        channel: channel.id,
        ts: message.ts,
        text: message.text,
        message: wireMessage(state, message),
      };
    },
  }),
};

type Content = { [K in keyof typeof content]?: unknown };

function checked(given: Content, textLimit: number) {
  const text = typeof given.text === 'string' ? given.text : '';
  const blocks = given.blocks ?? [];
  const hasBlocks = Array.isArray(blocks) && blocks.length > 0;
  if (text.trim() === '' && !hasBlocks) throw new ApiError('no_text');
  if (text.length > textLimit) throw new ApiError('msg_too_long');
  if (areBlocksTooLong(blocks)) throw new ApiError('msg_blocks_too_long');
  const violations = checkMessage({ text: 'checked above', blocks, metadata: given.metadata });
  if (violations.length > 0) {
    const inMetadata = violations.every((violation) => violation.includes('json-pointer:/metadata'));
    if (inMetadata) throw new ApiError('invalid_metadata_format');
    throw refusal('invalid_blocks', violations);
  }
  return { text, blocks: z.array(z.unknown()).parse(blocks) };
}

function isActiveThread(state: State, channelId: string, threadTs: string): boolean {
  return publicMessages(state, channelId).some((message) => message.threadTs === threadTs);
}
