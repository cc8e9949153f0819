import { findMessage } from '../messages.ts';
import type { Channel, Message, User } from '../model.ts';
import { addProblem, directChannel, type State } from '../state.ts';
import { ApiError } from './method.ts';

/** What the bot user can see, with Slack's error code for what it can't. */

function requireScope(state: State, scope: string): void {
  if (state.workspace.scopes.has(scope)) return;
  throw new ApiError('missing_scope', { needed: scope, provided: [...state.workspace.scopes].join(',') });
}

export function userOf(state: State, userId: string): User {
  const user = state.users.get(userId);
  if (user === undefined) throw new ApiError('user_not_found');
  return user;
}

/** Private conversations do not exist for those outside. */
export function visibleChannel(state: State, channelId: string): Channel {
  const channel = state.channels.get(channelId);
  if (channel === undefined) throw new ApiError('channel_not_found');
  if (channel.kind !== 'public' && !isMember(state, channel)) throw new ApiError('channel_not_found');
  return channel;
}

function joinedChannel(state: State, channelId: string): Channel {
  const channel = visibleChannel(state, channelId);
  if (!isMember(state, channel)) throw new ApiError('not_in_channel');
  return channel;
}

/** One that takes ephemeral messages and reactions. https://docs.slack.dev/reference/methods/reactions.add#errors */
export function openChannel(state: State, channelId: string): Channel {
  const channel = joinedChannel(state, channelId);
  if (channel.isArchived) throw new ApiError('is_archived');
  return channel;
}

/** A user id means the direct conversation with that person. */
export function postableChannel(state: State, channelId: string): Channel {
  const target = state.users.has(channelId) ? directChannel(state, channelId).id : channelId;
  const channel = visibleChannel(state, target);
  if (channel.isArchived) throw new ApiError('is_archived');
  const mayPost = isMember(state, channel) || state.workspace.scopes.has('chat:write.public');
  if (!mayPost) throw new ApiError('not_in_channel');
  return channel;
}

const HISTORY_SCOPE = {
  public: 'channels:history',
  private: 'groups:history',
  im: 'im:history',
  mpim: 'mpim:history',
} as const;

export function readableChannel(state: State, channelId: string): Channel {
  const channel = joinedChannel(state, channelId);
  requireScope(state, HISTORY_SCOPE[channel.kind]);
  return channel;
}

const READ_SCOPE = {
  public: 'channels:read',
  private: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
} as const;

export function describedChannel(state: State, channelId: string): Channel {
  const channel = visibleChannel(state, channelId);
  requireScope(state, READ_SCOPE[channel.kind]);
  return channel;
}

export function publicMessage(state: State, channelId: string, ts: string): Message {
  const message = findMessage(state, channelId, ts);
  if (message === undefined || message.isTombstone || message.ephemeralFor !== null)
    throw new ApiError('message_not_found');
  return message;
}

/** Of a message that the app posts. */
export function threadOf(state: State, channel: Channel, threadTs: string | undefined): string | null {
  if (threadTs === undefined) return null;
  const parent = findMessage(state, channel.id, threadTs);
  if (parent === undefined) throw new ApiError('thread_not_found');
  if (parent.threadTs === null || parent.threadTs === parent.ts) return threadTs;
  addProblem(state, "thread_ts is a reply's ts, not its parent's");
  return parent.threadTs;
}

function isMember(state: State, channel: Channel): boolean {
  return channel.members.has(state.workspace.botUserId);
}
