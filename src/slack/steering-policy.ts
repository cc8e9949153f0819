import { effectivePreferences } from '../session/preferences.ts';
import { maySteer } from '../session/steering.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Settings } from '../store/settings.ts';
import type { Text } from '../text/index.ts';
import { refuseSteering } from './steering-words.ts';

type Asked = Pick<SessionRequest, 'team_id' | 'channel_id' | 'user_id'>;

/**
 * Whether the settings alone keep a person from steering: then who may, with a mention; else null. Who is a member is
 * found out by the job, before anything is sent.
 */
export function createPolicyRefusal(defaults: Pick<Settings, 'preferencesFor'>, text: Text) {
  return async (request: Asked, userId: string): Promise<string | null> => {
    const { team_id: teamId, channel_id: channelId, user_id: requester } = request;
    const layers = await defaults.preferencesFor({ teamId, channelId, userId });
    const { steer: policy } = effectivePreferences(layers);
    const verdict = maySteer({ policy, requester, person: { userId, identity: null } });
    return verdict.kind === 'requester-only' ? refuseSteering(verdict, requester, text) : null;
  };
}
