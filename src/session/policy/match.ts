import type { StoredDraft } from '../fields.ts';
import { withoutHost } from '../repository.ts';
import type { Spend } from './limits.ts';
import { matchesGlob, type PersonPattern, type PlacePattern, type PlaceWord } from './patterns.ts';
import type { Policy, PolicyRule } from './schema.ts';

/** null: not known. What is not known counts for a rule that refuses, and not for one that allows. */
type Known = boolean | null;

type PolicyPerson = {
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
  /** Rules and limits that it was approved for. */
  approved: readonly string[];
};

/** What a decision rests on. */
export type PolicyFacts = {
  person: PolicyPerson;
  place: PolicyPlace;
  request: PolicyRequest;
  /** What counts under each ceiling without this request. */
  spend: Spend;
};

export function isPlace(patterns: readonly PlacePattern[], place: PolicyPlace): Known {
  return anyOf(patterns.map((pattern) => isThere(pattern, place)));
}

/**
 * The parts of a rule that keep it from counting; none: it counts. Parts are combined with "and", the entries of one
 * list with "or"; what is left out asks for nothing. If the request names several values, one that matches is enough to
 * refuse it or to ask; to allow it, all of them must match. What is not known never opens a door: it makes a rule match
 * that refuses, and not one that allows.
 */
export function mismatches(rule: PolicyRule, facts: PolicyFacts): string[] {
  const { people, channels, when = NEVER_MIND, verdict } = rule;
  const { person, place, request } = facts;
  const parts: Record<string, Known> = {
    people: people === undefined || anyOf(people.map((pattern) => isOne(pattern, person))),
    channels: channels === undefined || isPlace(channels, place),
    ...matchesOf(when, request, verdict === 'allow' ? eachOf : anyOf),
  };
  return Object.entries(parts).flatMap(([part, found]) => ((found ?? verdict !== 'allow') ? [] : [part]));
}

type When = NonNullable<PolicyRule['when']>;
const NEVER_MIND: When = { repos: [], modes: [], platforms: [], playbooks: [], secrets: [] };

function isOne(pattern: PersonPattern, { userId, email, groups }: PolicyPerson): Known {
  switch (pattern.kind) {
    case 'user':
      return pattern.id === userId;
    case 'group':
      return groups.get(pattern.id) ?? null;
    case 'email':
      return email === null ? null : matchesGlob(pattern.glob, email);
  }
}

function isThere(pattern: PlacePattern, { channelId, name, is }: PolicyPlace): Known {
  switch (pattern.kind) {
    case 'channel':
      return pattern.id === channelId;
    case 'name':
      return name === null ? null : name !== '' && matchesGlob(pattern.glob, name);
    case 'word':
      return is[pattern.word];
  }
}

/** Whether the values that a request names match, given whether each does. */
type Combine = (found: readonly Known[]) => Known;

function matchesOf(when: When, request: PolicyRequest, combine: Combine): Record<keyof When, Known> {
  const { draft, hasSessionSecrets, hasAttachments } = request;
  const { acu_over: most } = when;
  // A session without a cap may use any number.
  const isOver = most === undefined || (draft.max_acu_limit ?? Infinity) > most;
  return {
    acu_over: isOver,
    repos: areAmong(when.repos, draft.repos, { combine, isOne: isRepository }),
    modes: areAmong(when.modes, draft.devin_mode, { combine }),
    platforms: areAmong(when.platforms, draft.platform, { combine }),
    playbooks: areAmong(when.playbooks, [draft.playbook_id, draft.child_playbook_id], { combine }),
    secrets: areAmong(when.secrets, draft.secret_ids, { combine }),
    session_secrets: isAs(when.session_secrets, hasSessionSecrets),
    attachments: isAs(when.attachments, hasAttachments),
    bypass_approval: isAs(when.bypass_approval, draft.bypass_approval ?? false),
  };
}

/** With a host in front of one of them, they may be the same. */
function isRepository(glob: string, name: string): Known {
  if (matchesGlob(glob, name)) return true;
  return matchesGlob(withoutHost(glob), withoutHost(name)) ? null : false;
}

function areAmong(
  globs: readonly string[],
  values: string | undefined | readonly (string | undefined)[],
  { combine, isOne = matchesGlob }: { combine: Combine; isOne?: (glob: string, value: string) => Known },
): Known {
  const given = [values].flat().filter((value) => value !== undefined);
  return globs.length === 0 || combine(given.map((value) => anyOf(globs.map((glob) => isOne(glob, value)))));
}

function isAs(wanted: boolean | undefined, found: boolean): boolean {
  return wanted === undefined || wanted === found;
}

function anyOf(found: readonly Known[]): Known {
  if (found.includes(true)) return true;
  return found.includes(null) ? null : false;
}

/** A request that names nothing doesn't match. */
function eachOf(found: readonly Known[]): Known {
  if (found.length === 0 || found.includes(false)) return false;
  return found.includes(null) ? null : true;
}

/** What has to be looked up to decide. */
export function needsOf({ rules, channels }: Policy): { email: boolean; place: boolean } {
  const people = rules.flatMap((rule) => rule.people ?? []);
  const places = [...rules.flatMap((rule) => rule.channels ?? []), ...channels.flatMap(({ match }) => match)];
  return {
    email: people.some(({ kind }) => kind === 'email'),
    place: places.some(({ kind }) => kind !== 'channel'),
  };
}

/** The user groups that a policy names: whether a person is in them has to be known to decide. */
export function groupsIn({ rules }: Policy): string[] {
  return groupIds(rules.flatMap(({ people = [] }) => people));
}

/** Also as owners and approvers. */
export function everyGroupIn({ owners = [], rules }: Policy): string[] {
  return groupIds([
    ...owners,
    ...rules.flatMap(({ people = [], approvers = [] }) => [...people, ...approvers]),
  ]);
}

function groupIds(patterns: readonly PersonPattern[]): string[] {
  return [...new Set(patterns.flatMap((one) => (one.kind === 'group' ? [one.id] : [])))];
}
