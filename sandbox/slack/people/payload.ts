import type { Channel, User } from '../model.ts';
import { requireUser, type State } from '../state.ts';

/** Parts that every interaction payload has. https://docs.slack.dev/reference/interaction-payloads */
export function payloadBase(state: State, userId: string): Record<string, unknown> {
  const { teamId, teamDomain, appId } = state.workspace;
  const { id, name, teamId: homeTeamId } = requireUser(state, userId);
  return {
    team: { id: teamId, domain: teamDomain },
    user: { id, username: name, name, team_id: homeTeamId },
    api_app_id: appId,
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** Payloads do not tell the names of private conversations. */
export function payloadChannelName({ kind, name }: Channel): string {
  if (kind === 'im') return 'directmessage';
  return kind === 'public' ? name : 'privategroup';
}

/** Commands and shortcuts are offered to members of the installing workspace only. */
export function requireMember(state: State, userId: string): User {
  const user = requireUser(state, userId);
  if (user.deleted || ![user.teamId, ...user.teams].includes(state.workspace.teamId)) {
    throw new Error(`Slack offers no commands or shortcuts to ${user.name}, who is not of this workspace.`);
  }
  return user;
}
