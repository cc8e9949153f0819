import { MANIFEST } from '../manifest.ts';
import { addFile, type NewFile } from './files.ts';
import { randomId } from './ids.ts';
import type { Channel, User, Workspace } from './model.ts';
import { directChannel, requireChannel, requireUser, type State } from './state.ts';

/** What the app has otherwise is in its manifest. */
export type WorkspaceOptions = { withoutScopes?: readonly string[]; botEvents?: readonly string[] };

export function createWorkspace({ withoutScopes = [], botEvents }: WorkspaceOptions): Workspace {
  const removed = new Set(withoutScopes);
  return {
    teamId: 'T0LOCAL',
    teamDomain: 'acme',
    teamName: 'Acme',
    appId: 'A0LOCAL',
    botId: 'B0LOCAL',
    botUserId: 'U0DEVINBOT',
    botName: 'devin',
    botToken: 'xoxb-local-bot-token',
    appToken: 'xapp-local-app-token',
    signingSecret: 'local-signing-secret',
    scopes: new Set(MANIFEST.scopes.filter((scope) => !removed.has(scope))),
    botEvents: new Set(botEvents ?? MANIFEST.botEvents),
  };
}

export type NewUser = { name: string } & Partial<Omit<User, 'name'>>;

export type NewChannel = {
  id?: string;
  name: string;
  isPrivate?: boolean;
  /** A conversation between `members` only; with two or fewer of them it has no name. */
  isDm?: boolean;
  isExternal?: boolean;
  isArchived?: boolean;
  members: readonly string[];
  /** True unless said otherwise; in a DM false. */
  botIsMember?: boolean;
};

export function createSeed(state: State) {
  const { botUserId, botName, teamId } = state.workspace;
  addUser({ id: botUserId, name: botName, isBot: true });

  /** A full, confirmed member of this workspace unless said otherwise. Returns the id. */
  function addUser({ name, id = randomId('U'), ...given }: NewUser): string {
    const usual = {
      teamId,
      teams: [],
      realName: name,
      email: null,
      emailConfirmed: true,
      locale: 'en-US',
    };
    const flags = { isGuest: false, isBot: false, isAdmin: false, deleted: false };
    state.users.set(id, { id, name, ...usual, ...flags, ...given });
    return id;
  }

  function addChannel(given: NewChannel): string {
    const { isDm = false, isExternal = false, isArchived = false, botIsMember = !isDm } = given;
    const id = given.id ?? randomId(isDm ? 'D' : 'C');
    const members = new Set([...given.members, ...(botIsMember ? [botUserId] : [])]);
    state.channels.set(id, { id, name: given.name, kind: kindOf(given), isExternal, isArchived, members });
    return id;
  }

  return {
    addUser,
    addChannel,
    /** A user group, or its members as they are now. */
    setGroup: (groupId: string, members: readonly string[]): void => {
      state.groups.set(groupId, new Set(members));
    },
    addFile: (file: NewFile): string => addFile(state, file).id,
    changeChannel(
      channelId: string,
      change: Partial<Pick<Channel, 'name' | 'kind' | 'isArchived' | 'isExternal'>>,
    ): void {
      Object.assign(requireChannel(state, channelId), change);
    },
    setBotMember(channelId: string, isMember: boolean): void {
      const { members } = requireChannel(state, channelId);
      if (isMember) members.add(botUserId);
      else members.delete(botUserId);
    },
    joinChannel: (userId: string, channelId: string): void => {
      requireChannel(state, channelId).members.add(requireUser(state, userId).id);
    },
    leaveChannel: (userId: string, channelId: string): void => {
      requireChannel(state, channelId).members.delete(userId);
    },
    /** The direct conversation between a person and the app. */
    directMessages: (userId: string): string => directChannel(state, requireUser(state, userId).id).id,
  };
}

function kindOf({ isDm = false, isPrivate = false, members }: NewChannel): Channel['kind'] {
  if (isDm) return members.length > 2 ? 'mpim' : 'im';
  return isPrivate ? 'private' : 'public';
}
