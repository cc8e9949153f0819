import { anyOf, eachOf, type Ternary, type PolicyRequest } from './conditions.ts';
import type { Spend } from './limits.ts';
import { matchesGlob, type PersonPattern, type PlacePattern, type PlaceWord } from './patterns.ts';
import type { Policy, PolicyRule } from './schema.ts';

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
  is: Readonly<Record<PlaceWord, Ternary>>;
};

/** What a decision rests on. */
export type PolicyFacts = {
  person: PolicyPerson;
  place: PolicyPlace;
  request: PolicyRequest;
  /** What counts under each ceiling without this request. */
  spend: Spend;
  /** As of when that counts. */
  at: Date;
};

export function isPlace(patterns: readonly PlacePattern[], place: PolicyPlace): Ternary {
  return anyOf(patterns.map((pattern) => isThere(pattern, place)));
}

/**
 * The parts of a rule that keep it from counting; none: it counts. Parts are combined with "and", the entries of one
 * list with "or"; what is left out asks for nothing. If the request names several values, one that matches is enough to
 * refuse it or to ask; to allow it, all of them must match. What is not known never opens a door: it makes a rule match
 * that refuses, and not one that allows.
 */
export function mismatches(rule: PolicyRule, facts: PolicyFacts): string[] {
  const { people, channels, when, verdict } = rule;
  const { person, place, request } = facts;
  const combine = verdict === 'allow' ? eachOf : anyOf;
  const parts: (readonly [string, Ternary])[] = [
    ['people', people === undefined || anyOf(people.map((pattern) => isOne(pattern, person)))],
    ['channels', channels === undefined || isPlace(channels, place)],
    ...when.map(({ key, matches }) => [key, matches(request, combine)] as const),
  ];
  return parts.flatMap(([part, found]) => ((found ?? verdict !== 'allow') ? [] : [part]));
}

function isOne(pattern: PersonPattern, { userId, email, groups }: PolicyPerson): Ternary {
  switch (pattern.kind) {
    case 'user':
      return pattern.id === userId;
    case 'group':
      return groups.get(pattern.id) ?? null;
    case 'email':
      return email === null ? null : matchesGlob(pattern.glob, email);
  }
}

function isThere(pattern: PlacePattern, { channelId, name, is }: PolicyPlace): Ternary {
  switch (pattern.kind) {
    case 'channel':
      return pattern.id === channelId;
    case 'name':
      return name === null ? null : name !== '' && matchesGlob(pattern.glob, name);
    case 'word':
      return is[pattern.word];
  }
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
export function everyGroupIn({ owners, rules }: Policy): string[] {
  return groupIds([
    ...owners,
    ...rules.flatMap(({ people = [], approvers = [] }) => [...people, ...approvers]),
  ]);
}

function groupIds(patterns: readonly PersonPattern[]): string[] {
  return [...new Set(patterns.flatMap((one) => (one.kind === 'group' ? [one.id] : [])))];
}
