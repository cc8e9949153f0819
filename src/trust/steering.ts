import type { Identity } from '../session/identity.ts';
import { maySteer, ownershipOf, type Steering } from '../session/preferences.ts';
import type { Person } from '../store/identities.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Settings } from '../store/settings.ts';

type CheckDeps = {
  resolve: (person: Person) => Promise<Identity>;
  settings: Pick<Settings, 'preferencesFor'>;
};
type Asked = Pick<SessionRequest, 'teamId' | 'channelId' | 'userId' | 'source' | 'identity'>;

/** Whether a person may steer a request's session, by the rules of its channel. `identity`: if it was just resolved. */
export type SteeringCheck = (request: Asked, userId: string, identity?: Identity) => Promise<Steering>;

/** Throws if Slack or Devin can't be asked who the person is. */
export function createSteeringCheck({ resolve, settings }: CheckDeps): SteeringCheck {
  return async (request, userId, resolved) => {
    const { teamId, channelId } = request;
    const [identity, { steer: policy }] = await Promise.all([
      resolved ?? resolve({ teamId, userId }),
      settings.preferencesFor({ teamId, channelId, userId }),
    ]);
    return maySteer({ policy, ownership: ownershipOf(request), person: { userId, identity } });
  };
}
