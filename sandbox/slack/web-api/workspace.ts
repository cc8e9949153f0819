import { z } from 'zod';
import type { State } from '../state.ts';
import { wireUser } from '../wire.ts';
import { openChannel, publicMessage, userOf } from './access.ts';
import { ApiError, flag, id, method } from './method.ts';

const reaction = z.object({ channel: id, timestamp: id, name: z.string().regex(/^[\w+'-]+$/) });

export const workspace = {
  'auth.test': method({
    args: z.object({}),
    run: (_args, { workspace: { teamId, teamName, teamDomain, botUserId, botId, botName } }) => ({
      url: `https://${teamDomain}.slack.com/`,
      team: teamName,
      user: botName,
      team_id: teamId,
      user_id: botUserId,
      bot_id: botId,
      is_enterprise_install: false,
    }),
  }),

  'users.info': method({
    scopes: ['users:read'],
    args: z.object({ user: id, include_locale: flag }),
    run(args, state) {
      const user = userOf(state, args.user);
      const wire = wireUser(user, state.workspace.scopes.has('users:read.email'));
      return { user: args.include_locale === true ? { ...wire, locale: user.locale } : wire };
    },
  }),

  /** Of active people only, whatever the case of the letters. */
  'users.lookupByEmail': method({
    scopes: ['users:read.email'],
    args: z.object({ email: id }),
    run({ email }, state) {
      const user = [...state.users.values()].find(
        (one) => !one.deleted && one.email?.toLowerCase() === email.toLowerCase(),
      );
      if (user === undefined) throw new ApiError('users_not_found');
      return { user: wireUser(user, true) };
    },
  }),

  /** https://docs.slack.dev/reference/methods/usergroups.users.list */
  'usergroups.users.list': method({
    scopes: ['usergroups:read'],
    args: z.object({ usergroup: id }),
    run({ usergroup }, state) {
      const members = state.groups.get(usergroup);
      if (members === undefined) throw new ApiError('no_such_subteam');
      return { users: [...members] };
    },
  }),

  'bots.info': method({
    scopes: ['users:read'],
    args: z.object({ bot: id }),
    run: ({ bot }, state) => ({ bot: findBot(state, bot) }),
  }),

  'reactions.add': method({
    scopes: ['reactions:write'],
    args: reaction,
    run({ channel, timestamp, name }, state) {
      const message = publicMessage(state, openChannel(state, channel).id, timestamp);
      const users = message.reactions.get(name) ?? new Set();
      if (users.has(state.workspace.botUserId)) throw new ApiError('already_reacted');
      message.reactions.set(name, users.add(state.workspace.botUserId));
      state.changes.emit({ kind: 'message', channelId: message.channelId, ts: message.ts });
      return {};
    },
  }),

  'reactions.remove': method({
    scopes: ['reactions:write'],
    args: reaction,
    run({ channel, timestamp, name }, state) {
      const message = publicMessage(state, openChannel(state, channel).id, timestamp);
      const users = message.reactions.get(name);
      if (users?.delete(state.workspace.botUserId) !== true) throw new ApiError('no_reaction');
      if (users.size === 0) message.reactions.delete(name);
      state.changes.emit({ kind: 'message', channelId: message.channelId, ts: message.ts });
      return {};
    },
  }),
};

/** Our own bot, or the one that wrote some message. */
function findBot(state: State, bot: string): Record<string, unknown> {
  const { botId, botName, botUserId, appId } = state.workspace;
  if (bot === botId) return { id: botId, deleted: false, name: botName, app_id: appId, user_id: botUserId };
  const message = [...state.messages.values()].flat().find((one) => one.botId === bot);
  if (message === undefined) throw new ApiError('bot_not_found');
  return {
    id: bot,
    deleted: false,
    name: message.username ?? state.users.get(message.userId ?? '')?.realName ?? 'bot',
    app_id: `A${bot.slice(1)}`,
    ...(message.userId !== null && { user_id: message.userId }),
  };
}
