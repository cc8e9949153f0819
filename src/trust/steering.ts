import type { Log } from '../log.ts';
import type { Identity } from '../session/identity.ts';
import type { Policy } from '../session/policy/schema.ts';
import { maySteer, ownershipOf, type Preferences, type Steering } from '../session/preferences.ts';
import type { Person } from '../store/identities.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Settings } from '../store/settings.ts';
import type { FileSource } from './file-source.ts';
import { createQuickly, type Gate } from './gate.ts';

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

type PolicyDeps = { policy: Pick<FileSource<Policy>, 'current'>; gate: Gate; log: Log };

/** Settings with those of the policy. If a place can't be looked up, the strictest of any place apply. */
export function withPolicy(settings: Settings, { policy, gate, log }: PolicyDeps): Settings {
  const quickly = createQuickly(log);
  return {
    ...settings,
    async preferencesFor(place) {
      const channels = policy.current()?.channels ?? [];
      if (channels.length === 0) return settings.preferencesFor(place);
      const otherwise: Pick<Preferences, 'steer' | 'listen'> = {
        ...(channels.some(({ steer }) => steer === 'requester') && { steer: 'requester' }),
        ...(channels.some(({ listen }) => listen === 'mentions') && { listen: 'mentions' }),
      };
      const { channelId } = place;
      const asking = gate.preferencesAt({ channelId }).then(({ steer, listen }) => ({ steer, listen }));
      return settings.preferencesFor(place, await quickly(asking, otherwise));
    },
  };
}
