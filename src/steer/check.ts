import type { IdentityResolver } from '../identity/resolve.ts';
import { effectivePreferences } from '../session/preferences.ts';
import { maySteer, ownershipOf } from '../session/steering.ts';
import type { Steering } from '../session/steering.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Settings } from '../store/settings.ts';

type CheckDeps = { resolver: IdentityResolver; settings: Pick<Settings, 'preferencesFor'> };
type Asked = Pick<SessionRequest, 'teamId' | 'channelId' | 'userId' | 'source' | 'identity'>;

/** Whether a person may steer what was asked for in this request, by the policy where it was asked for. */
export type SteeringCheck = (request: Asked, userId: string) => Promise<Steering>;

/** Throws when Slack or Devin cannot be asked who the person is. */
export function createSteeringCheck({ resolver, settings }: CheckDeps): SteeringCheck {
  return async (request, userId) => {
    const { teamId, channelId } = request;
    const [identity, layers] = await Promise.all([
      resolver.resolve({ teamId, userId }),
      settings.preferencesFor({ teamId, channelId, userId }),
    ]);
    const { steer: policy } = effectivePreferences(layers);
    return maySteer({ policy, ownership: ownershipOf(request), person: { userId, identity } });
  };
}
