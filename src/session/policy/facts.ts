import type { StoredDraft } from '../fields.ts';
import type { Spend } from './ceilings.ts';
import type { PlaceWord } from './patterns.ts';

/** null: not known. What is not known counts for a rule that refuses, and not for one that allows. */
export type Known = boolean | null;

export type PolicyPerson = {
  userId: string;
  /** '': there is none. null: not known. */
  email: string | null;
  /** Of the groups that the policy names; one that is missing is not known. */
  groups: ReadonlyMap<string, boolean>;
};

export type PolicyPlace = {
  channelId: string;
  /** '': it has none. null: not known. */
  name: string | null;
  is: Readonly<Record<PlaceWord, Known>>;
};

export type PolicyRequest = {
  draft: StoredDraft;
  hasSessionSecrets: boolean;
  hasAttachments: boolean;
  /** Rules and limits whose approval it has. */
  approved: readonly string[];
};

/** What a decision rests on. */
export type PolicyFacts = {
  person: PolicyPerson;
  place: PolicyPlace;
  request: PolicyRequest;
  /** What counts under each ceiling without this request; left out: nothing. */
  spend?: Spend | undefined;
};
