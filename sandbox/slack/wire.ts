import { publicMessages } from './messages.ts';
import type { Channel, Message, SlackFile, User } from './model.ts';
import type { State } from './state.ts';

/** The local Slack's records in the shapes of Slack's API and payloads. */

export function wireUser(user: User, withEmail: boolean): Record<string, unknown> {
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    real_name: user.realName,
    deleted: user.deleted,
    profile: {
      real_name: user.realName,
      display_name: user.realName,
      ...(withEmail && user.email !== null && { email: user.email }),
      team: user.teamId,
    },
    is_admin: user.isAdmin,
    is_owner: false,
    is_restricted: user.isGuest,
    is_ultra_restricted: false,
    is_bot: user.isBot,
    is_email_confirmed: user.emailConfirmed,
    ...(user.teams.length > 0 && {
      enterprise_user: { id: user.id, enterprise_id: 'E0LOCAL', teams: user.teams },
    }),
  };
}

export function wireChannel(state: State, channel: Channel): Record<string, unknown> {
  const { kind, members } = channel;
  const isDirect = kind === 'im';
  return {
    id: channel.id,
    ...(isDirect
      ? { user: otherMember(state, channel) }
      : { name: channel.name, name_normalized: channel.name }),
    is_channel: kind === 'public',
    is_group: kind === 'private',
    is_im: isDirect,
    is_mpim: kind === 'mpim',
    is_private: kind !== 'public',
    is_archived: channel.isArchived,
    is_member: members.has(state.workspace.botUserId),
    is_ext_shared: channel.isExternal,
    is_shared: channel.isExternal,
    is_org_shared: false,
    context_team_id: state.workspace.teamId,
  };
}

function otherMember(state: State, { members }: Channel): string {
  return [...members].find((id) => id !== state.workspace.botUserId) ?? state.workspace.botUserId;
}

export function wireMessage(state: State, message: Message, withMetadata = false): Record<string, unknown> {
  const files = message.fileIds.flatMap((id) => state.files.get(id) ?? []);
  const blocks = message.blocks.length === 0 && message.botId === null ? typed(message) : message.blocks;
  return {
    type: 'message',
    ...author(state, message),
    ...(message.isTombstone && { subtype: 'tombstone', hidden: true }),
    text: message.text,
    ts: message.ts,
    team: state.users.get(message.userId ?? '')?.teamId ?? state.workspace.teamId,
    ...(message.threadTs !== null && { thread_ts: message.threadTs }),
    ...threadFacts(state, message),
    ...(blocks.length > 0 && { blocks }),
    ...(message.attachments.length > 0 && { attachments: message.attachments }),
    ...(files.length > 0 && { files: files.map((file) => wireFile(state, file)) }),
    ...(message.editedTs !== null && { edited: { user: message.userId ?? '', ts: message.editedTs } }),
    ...(message.reactions.size > 0 && { reactions: reactions(message) }),
    ...(withMetadata && message.metadata !== null && { metadata: message.metadata }),
  };
}

/** People write rich text, which repeats their text. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
function typed({ text, ts }: Message): unknown[] {
  const parts = text.split(/(<[^>]*>)/).filter((part) => part !== '');
  if (parts.length === 0) return [];
  const section = { type: 'rich_text_section', elements: parts.map(leafOf) };
  return [{ type: 'rich_text', block_id: ts, elements: [section] }];
}

function leafOf(part: string): Record<string, string> {
  const [, sign = '', token = ''] = /^<([@#!]?)([^|>]*)/.exec(part) ?? [];
  if (token === '') return { type: 'text', text: unescaped(part) };
  if (sign === '@') return { type: 'user', user_id: token };
  if (sign === '#') return { type: 'channel', channel_id: token };
  return sign === '!' ? { type: 'broadcast', range: token } : { type: 'link', url: unescaped(token) };
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** People's messages carry `user`; bots' `bot_id` and `bot_profile`; webhooks have no user at all. */
function author(state: State, { userId, botId, username }: Message): Record<string, unknown> {
  if (botId === null) return { user: userId };
  if (userId === null) return { subtype: 'bot_message', bot_id: botId, username: username ?? 'bot' };
  const isOurs = botId === state.workspace.botId;
  return {
    user: userId,
    bot_id: botId,
    app_id: isOurs ? state.workspace.appId : `A${botId.slice(1)}`,
    bot_profile: {
      id: botId,
      app_id: isOurs ? state.workspace.appId : `A${botId.slice(1)}`,
      name: username ?? state.users.get(userId)?.realName ?? state.workspace.botName,
      team_id: state.workspace.teamId,
      deleted: false,
    },
  };
}

function threadFacts(state: State, message: Message): Record<string, unknown> {
  const all = publicMessages(state, message.channelId);
  if (message.threadTs !== null) {
    const began = all.find(({ ts }) => ts === message.threadTs)?.userId;
    return began == null ? {} : { parent_user_id: began };
  }
  const replies = all.filter(({ threadTs }) => threadTs === message.ts);
  const last = replies.at(-1);
  if (last === undefined) return {};
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    latest_reply: last.ts,
  };
}

function reactions(message: Message): { name: string; users: string[]; count: number }[] {
  return [...message.reactions].map(([name, users]) => ({ name, users: [...users], count: users.size }));
}

export function wireFile(state: State, file: SlackFile): Record<string, unknown> {
  const folder = `${state.url}/files-pri/${state.workspace.teamId}-${file.id}`;
  const name = encodeURIComponent(file.name);
  return {
    id: file.id,
    timestamp: Math.floor(file.createdAtMs / 1000),
    name: file.name,
    mimetype: file.mimetype,
    filetype: file.name.split('.').at(-1) ?? 'binary',
    user: file.ownerId,
    size: file.content.byteLength,
    mode: 'hosted',
    url_private: `${folder}/${name}`,
    url_private_download: `${folder}/download/${name}`,
    permalink: `https://${state.workspace.teamDomain}.slack.com/files/${file.ownerId}/${file.id}/${name}`,
  };
}
