import type { IdentityResolver } from '../../identity/resolve.ts';
import { effectivePreferences } from '../../session/preferences.ts';
import { maySteer } from '../../session/steering.ts';
import type { Steering } from '../../session/steering.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Settings } from '../../store/settings.ts';

type CheckDeps = { resolver: IdentityResolver; settings: Pick<Settings, 'preferencesFor'> };

/** Whether a person may steer what was asked for in this request, by the policy where it was asked for. */
export type SteeringCheck = (
  request: Pick<SessionRequest, 'team_id' | 'channel_id' | 'user_id'>,
  userId: string,
) => Promise<Steering>;

/** Throws when Slack or Devin cannot be asked who the person is. */
export function createSteeringCheck({ resolver, settings }: CheckDeps): SteeringCheck {
  return async ({ team_id: teamId, channel_id: channelId, user_id: requester }, userId) => {
    const { steer: policy } = effectivePreferences(
      await settings.preferencesFor({ teamId, channelId, userId }),
    );
    const first = maySteer({ policy, requester, person: { userId, identity: null } });
    if (first.kind !== 'members-only') return first;
    const identity = await resolver.resolve({ teamId, userId });
    return maySteer({ policy, requester, person: { userId, identity } });
  };
}
