import { z } from 'zod';
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
