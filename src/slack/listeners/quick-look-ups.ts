import type { ResolveIdentity } from '../../identity/resolve.ts';
import { nullIfFails, type Log } from '../../log.ts';
import type { Lookup } from '../../session/fields.ts';
import type { Identity, LookedUpIdentity } from '../../session/identity.ts';
import type { Person } from '../../store/identities.ts';
import { createInTime } from '../../time.ts';
import type { InConversation, Presence } from '../edge/conversations.ts';
import { createUploadedTextReader } from '../edge/files.ts';
import { nameMentions } from '../edge/people.ts';
import type { Slack } from '../edge/slack.ts';
import { keyRefused } from '../views/failures.ts';
import type { Suggestion } from '../views/form/elements.ts';

/** Slack allows 3 s for an answer or to open a view; this leaves time for the way there and back. */
const ANSWER_MS = 2000;
/** Parts of it: to find out who a person is, then whether they are in a conversation. */
const IDENTITY_MS = 1200;
const PRESENCE_MS = 700;
/** Part of the 3 s to open a form. Names that take longer are added when the task is sent. */
const NAMES_MS = 800;
/** Part of the 3 s for an answer to a form: to read its files. */
const FILES_MS = 1500;

export type QuickLookUpDeps = {
  /** Searches for suggestions in a form. */
  search: (lookup: Lookup, typed: string) => Promise<Suggestion[]>;
  resolve: ResolveIdentity;
  slack: Pick<Slack, 'people' | 'presence' | 'files'>;
  log: Log;
};

/** What people wait for: each has an answer in time, whatever Slack and Devin do. */
export function createQuickLookUps({ search, resolve, slack, log }: QuickLookUpDeps) {
  const { people, presence } = slack;
  const inTime = createInTime(log);

  async function suggested(person: Person, lookup: Lookup, typed: string): Promise<Suggestion[]> {
    const { kind } = await resolve(person);
    return kind === 'refused' ? [] : search(lookup, typed);
  }

  /** None if Devin is slow, busy or doesn't allow the look-up, nor for people who may not start a session. */
  async function suggest(person: Person, lookup: Lookup, typed: string): Promise<Suggestion[]> {
    const what = `suggestions for ${lookup}`;
    return inTime(suggested(person, lookup, typed), { withinMs: ANSWER_MS, otherwise: [], what });
  }

  const lookUpAtLength = async (person: Person): Promise<LookedUpIdentity> =>
    nullIfFails(resolve(person).catch(keyRefused), log, 'a form could not show who it will run as');

  async function lookUp(person: Person): Promise<LookedUpIdentity> {
    const asking = resolve(person).catch(keyRefused);
    return inTime(asking, { withinMs: IDENTITY_MS, otherwise: null, what: 'who a person is' });
  }

  return {
    suggest,
    readUploadedText: createUploadedTextReader({ files: slack.files, timeoutMs: FILES_MS }),
    lookUp,
    lookUpAtLength,
    /** null: nobody could tell in time. */
    async identify(person: Person): Promise<Identity | null> {
      const found = await lookUp(person);
      return found === 'key-refused' ? null : found;
    },
    /** The same. */
    presence: async (asked: InConversation): Promise<Presence | null> =>
      inTime(presence(asked), { withinMs: PRESENCE_MS, otherwise: null, what: 'who is in a conversation' }),
    nameMentions: async (text: string): Promise<string> =>
      inTime(nameMentions(text, people), { withinMs: NAMES_MS, otherwise: text, what: 'names' }),
    isMember: async (userId: string): Promise<boolean> => {
      const asking = people.find(userId).then((found) => found?.kind === 'member');
      return inTime(asking, { withinMs: NAMES_MS, otherwise: false, what: 'who wrote a message' });
    },
  };
}
