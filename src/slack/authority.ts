import type { Identity } from '../session/identity.ts';
import { effectivePreferences } from '../session/preferences.ts';
import { maySteer, ownershipOf } from '../session/steering.ts';
import type { Person } from '../store/identities.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Settings } from '../store/settings.ts';
import type { Text } from '../text/index.ts';
import { escape } from './blocks/text.ts';
import { refusalSentence } from './identity-words.ts';
import type { InConversation, Presence } from './presence.ts';
import { refuseSteering } from './steering-words.ts';

type AuthorityDeps = {
  /** null: nobody could tell in the time that Slack gives. */
  identify: (person: Person) => Promise<Identity | null>;
  /** The same. */
  presence: (asked: InConversation) => Promise<Presence | null>;
  defaults: Pick<Settings, 'preferencesFor'>;
  text: Text;
};

export type Authority = ReturnType<typeof createAuthority>;

/**
 * What a person may do or see, asked at the moment they want to. Each answer is the reason why not, escaped; null: they
 * may. Jobs ask again before they act: these answers are for what is shown, and to refuse at once.
 */
export function createAuthority({ identify, presence, defaults, text }: AuthorityDeps) {
  async function accepted(person: Person): Promise<Identity | { why: string }> {
    const identity = await identify(person);
    if (identity === null) return { why: text.steering.notLookedUp };
    return identity.kind === 'refused' ? { why: escape(refusalSentence(identity, text)) } : identity;
  }

  async function placeRefusal(channelId: string, userId: string, sentence: string): Promise<string | null> {
    const found = await presence({ channelId, userId });
    if (found === null) return text.steering.notLookedUp;
    return found === 'out' ? sentence : null;
  }

  return {
    /** Whether the person may do anything here at all. */
    async refusalOf(person: Person): Promise<string | null> {
      const identity = await accepted(person);
      return 'why' in identity ? identity.why : null;
    },

    /** To steer what was asked for in this request. */
    async steeringRefusal(request: SessionRequest, person: Person): Promise<string | null> {
      const { teamId, channelId } = request;
      const { userId } = person;
      const identity = await identify(person);
      if (identity === null) return text.steering.notLookedUp;
      const layers = await defaults.preferencesFor({ teamId, channelId, userId });
      const { steer: policy } = effectivePreferences(layers);
      const ownership = ownershipOf(request);
      const verdict = maySteer({ policy, ownership, person: { userId, identity } });
      return refuseSteering(verdict, { request, userId }, text);
    },

    /** To write, other than in its thread, to a session that is followed there. */
    writingRefusal: async ({ channelId }: SessionRow, userId: string): Promise<string | null> =>
      placeRefusal(channelId, userId, text.steering.notInConversation),

    /** To read what another person asked for. */
    async readingRefusal(request: SessionRequest, userId: string): Promise<string | null> {
      if (request.source !== 'follow' && request.userId === userId) return null;
      return placeRefusal(request.channelId, userId, text.steering.notYoursToRead);
    },
  };
}
