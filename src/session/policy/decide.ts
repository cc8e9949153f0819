import { z } from 'zod';
import { applyDefaults, omitFields, type EffectiveDraft } from '../defaults.ts';
import {
  DEVIN_MODES,
  fieldKeySchema,
  storedDraftSchema,
  type FieldKey,
  type FieldValues,
  type StoredDraft,
} from '../fields.ts';
import type { Preferences } from '../preferences.ts';
import { anyOf, type Condition, eachOf, type Ternary, type PolicyRequest } from './conditions.ts';
import { ceilingSchema, overCeilings, renewsAt, PERIOD_OF, ruleOf, type Ceiling } from './limits.ts';
import { type PersonPattern, matchesGlob, type PlacePattern, type PlaceWord } from './patterns.ts';
import { DEFAULT_EXPIRY_MS, type Policy, type PolicyChannel, type PolicyRule } from './schema.ts';

/** What keeps a request from starting. `rule`: by its name in the file. `field`: where the form says so. */
const hurdleBase = z.object({
  verdict: z.enum(['refuse', 'approve']),
  rule: z.string(),
  say: z.string().nullable(),
  field: fieldKeySchema,
});
export const hurdleSchema = z.discriminatedUnion('kind', [
  hurdleBase.extend({ kind: z.literal('rule') }),
  /** The place sets another value than was typed. */
  hurdleBase.extend({ kind: z.literal('set'), value: storedDraftSchema }),
  /** The cap is above the highest of a session. */
  hurdleBase.extend({ kind: z.literal('cap'), asked: z.number(), most: z.number() }),
  /** The session might go over a budget. */
  hurdleBase.extend({
    kind: z.literal('budget'),
    asked: z.number(),
    ceiling: ceilingSchema,
    renewsAtMs: z.number(),
  }),
]);
export type Hurdle = z.infer<typeof hurdleSchema>;

export type Decision = {
  /** With what the policy sets, and the cap of a request that has none. */
  draft: EffectiveDraft;
  /** All there are, those that refuse first; the first one decides. None: it may start. */
  hurdles: Hurdle[];
  /** The first rule that matches; null: none. */
  rule: string | null;
};

/** `need`: how many of these have to approve. */
export type Terms = { approvers: readonly PersonPattern[]; need: number };

/** What a decision names if no rule of the file decided. */
export const SESSION_LIMIT = 'limits.acu_per_session';
const CHANNEL_SET = 'channels.set';

/**
 * May this person ask for this here? The first rule that matches decides; what the place sets and the limits always hold.
 * `approved`: the rules and limits that it was approved for.
 */
export function decide(policy: Policy, asked: PolicyFacts, approved: readonly string[] = []): Decision {
  const { place, request } = asked;
  const { set, fillIn } = rulesAt(policy, place);
  const draft = fillIn(request.draft);
  const facts = { ...asked, request: { ...request, draft } };
  const rule = policy.rules.find((candidate) => counts(candidate, facts)) ?? null;
  const hurdles = [
    ...(rule === null ? [] : ruleHurdles(rule)),
    ...setHurdles(set, draft),
    ...limitHurdles(policy, draft.values.max_acu_limit ?? 0, asked),
  ]
    .filter((hurdle) => hurdle.verdict === 'refuse' || !approved.includes(hurdle.rule))
    .toSorted((a, b) => Number(b.verdict === 'refuse') - Number(a.verdict === 'refuse'));
  return { draft, hurdles, rule: rule?.name ?? null };
}

function ruleHurdles({ verdict, name, say, when }: PolicyRule): Hurdle[] {
  if (verdict === 'allow') return [];
  return [{ kind: 'rule', verdict, rule: name, say: say ?? null, field: when[0]?.field ?? 'prompt' }];
}

function setHurdles(place: PolicyChannel['set'], draft: EffectiveDraft): Hurdle[] {
  const { values: set } = place;
  const fits = fitting(draft, place);
  return settable
    .filter((field) => set[field] !== undefined && isTyped(draft, field) && fits[field] !== true)
    .map((field) => ({
      kind: 'set',
      verdict: 'refuse',
      rule: CHANNEL_SET,
      say: null,
      field,
      value: { [field]: set[field] },
    }));
}

/** What a policy can set: secrets are in no file. */
const settable = storedDraftSchema.keyof().options;

/** Of what a place sets, what a draft has already: the same, one of its modes, or a lower cap. */
function fitting(
  { values: { devin_mode: mode, max_acu_limit: cap = Infinity, repos, tags } }: EffectiveDraft,
  { modes, values: set }: PolicyChannel['set'],
): FieldValues {
  return {
    repos: isSame(repos, set.repos),
    devin_mode: modes.some((one) => one === mode),
    max_acu_limit: cap <= (set.max_acu_limit ?? Infinity),
    tags: isSame(tags, set.tags),
  };
}

function isSame(one: readonly string[] = [], other: readonly string[] = []): boolean {
  return one.length === other.length && one.every((value) => other.includes(value));
}

function limitHurdles(policy: Policy, asked: number, { ceilings, at }: PolicyFacts): Hurdle[] {
  const { acu_per_session: most = Infinity, over: verdict } = policy.limits;
  const hurdle = { verdict, say: null, field: 'max_acu_limit', asked } as const;
  return [
    ...(asked > most ? [{ ...hurdle, kind: 'cap' as const, rule: SESSION_LIMIT, most }] : []),
    ...overCeilings(ceilings, asked).map((ceiling) => ({
      ...hurdle,
      kind: 'budget' as const,
      rule: ruleOf(ceiling.key),
      ceiling,
      renewsAtMs: renewsAt(PERIOD_OF[ceiling.key], at).getTime(),
    })),
  ];
}

/** How many have to approve what this rule or limit asks an approval for, and who can: the owners, unless it says. */
export function termsOf({ owners, rules }: Policy, name: string): Terms & { expiresMs: number } {
  const rule = rules.find((one) => one.name === name);
  const { approvers = owners, need = 1, expires: expiresMs = DEFAULT_EXPIRY_MS } = rule ?? {};
  return { approvers, need, expiresMs };
}

/** What holds in a place. */
export function rulesAt(policy: Policy, place: PolicyPlace) {
  const { set, defaults, listen, steer, mentions, instructions } = channelOf(policy, place);
  const said = [policy.instructions, instructions].filter((one) => one !== undefined);
  const preferences: Preferences = { listen, steer, mentions };
  return {
    set,
    defaults: defaults.values,
    /** Settings that nobody else can make. */
    preferences,
    /** What is sent to Devin with every task; null: nothing. */
    instructions: said.length === 0 ? null : said.join('\n\n'),
    /** Adds what the place sets where nobody typed a value, and `acu_per_session` if no cap is lower. */
    fillIn: (draft: EffectiveDraft) => fillIn(draft, set, policy.limits.acu_per_session),
  };
}

function fillIn(draft: EffectiveDraft, set: PolicyChannel['set'], most = Infinity): EffectiveDraft {
  const max_acu_limit = Math.min(set.values.max_acu_limit ?? Infinity, most);
  const values = { ...set.values, max_acu_limit };
  const fits = fitting(draft, { ...set, values });
  const kept = fieldKeySchema.options.filter((key) => isTyped(draft, key) || fits[key] === true);
  const filled = applyDefaults({ policy: omitFields(values, kept) });
  return {
    ...draft,
    values: { ...draft.values, ...filled.values },
    sources: { ...draft.sources, ...filled.sources },
  };
}

const isTyped = ({ sources }: EffectiveDraft, key: FieldKey): boolean => sources[key] === 'request';

/** While the place's name or kind is not known, the strictest of the entries that could match. */
function channelOf({ channels }: Policy, place: PolicyPlace): PolicyChannel {
  const found = channels.map((channel) => ({ channel, is: isPlace(channel.match, place) }));
  const end = found.findIndex(({ is }) => is === true);
  const possible = (end === -1 ? found : found.slice(0, end + 1)).filter(({ is }) => is !== false);
  return strictest(possible.map(({ channel }) => channel));
}

/** Each setting from the entry that allows least. */
export function strictest(channels: readonly PolicyChannel[]): PolicyChannel {
  const [first = NOTHING_SET, ...others] = channels.toSorted(
    (a, b) => fixedBy(b) - fixedBy(a) || capOf(a) - capOf(b),
  );
  if (others.length === 0) return first;
  const worst = <T>(order: readonly T[], of: (channel: PolicyChannel) => T): T | undefined =>
    order.find((one) => channels.some((channel) => of(channel) === one));
  return {
    ...first,
    mentions: worst(['off', 'ask'], ({ mentions }) => mentions),
    listen: worst(['mentions'], ({ listen }) => listen),
    steer: worst(['requester'], ({ steer }) => steer),
  };
}

const NOTHING = { modes: [], values: {} };
const NOTHING_SET: PolicyChannel = { match: [], set: NOTHING, defaults: NOTHING };

const fixedBy = ({ set }: PolicyChannel): number =>
  Object.values(set.values).filter((value) => value !== undefined).length;
const capOf = ({ set }: PolicyChannel): number => set.values.max_acu_limit ?? Infinity;

export type PolicyPlace = {
  channelId: string;
  /** '': it has none. null: not known. */
  name: string | null;
  is: Readonly<Record<PlaceWord, Ternary>>;
};

/** What a decision rests on. */
export type PolicyFacts = {
  person: {
    userId: string;
    /** '': there is none. null: not known. */
    email: string | null;
    /** Of the groups that the policy names. */
    groups: ReadonlyMap<string, Ternary>;
  };
  place: PolicyPlace;
  request: PolicyRequest;
  /** Those in force, without this request. */
  ceilings: readonly Ceiling[];
  /** As of when that counts. */
  at: Date;
};

function isPlace(patterns: readonly PlacePattern[], place: PolicyPlace): Ternary {
  return anyOf(patterns.map((pattern) => isThere(pattern, place)));
}

/**
 * Whether a rule counts. Parts are combined with "and", the entries of one
 * list with "or"; what is left out asks for nothing. If the request names several values, one that matches is enough to
 * refuse it or to ask; to allow it, all of them must match. What is not known never opens a door: it makes a rule match
 * that refuses, and not one that allows.
 */
function counts(rule: PolicyRule, facts: PolicyFacts): boolean {
  const { people, channels, when, verdict } = rule;
  const { person, place, request } = facts;
  const combine = verdict === 'allow' ? eachOf : anyOf;
  const parts = [
    people === undefined || anyOf(people.map((pattern) => isOne(pattern, person))),
    channels === undefined || isPlace(channels, place),
    ...when.map(({ matches }) => matches(request, combine)),
  ];
  return parts.every((found) => found ?? verdict !== 'allow');
}

function isOne(pattern: PersonPattern, { userId, email, groups }: PolicyFacts['person']): Ternary {
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

/** What has to be looked up to decide: a person's address, in which of these groups they are, and the place. */
export function needsOf({ rules, channels }: Policy) {
  const people = rules.flatMap((rule) => rule.people ?? []);
  const places = [...rules.flatMap((rule) => rule.channels ?? []), ...channels.flatMap(({ match }) => match)];
  return {
    email: people.some(({ kind }) => kind === 'email'),
    groups: [...new Set(people.flatMap((one) => (one.kind === 'group' ? [one.id] : [])))],
    place: places.some(({ kind }) => kind !== 'channel'),
  };
}

/** Each of its options is asked about. */
const MODE = 'devin_mode';

/** What the policy says in a form before anything is sent, for one person in one place. */
export type Choices = {
  /** The rule that refuses whatever is entered; null: none does. */
  closed: Hurdle | null;
  /** Set in this place. */
  set: StoredDraft;
  /** What becomes of each mode that can't simply be chosen. */
  modes: Readonly<Record<string, 'refuse' | 'approve'>>;
  /** What is added to the task; null: nothing. */
  instructions: string | null;
  /** The highest cap of a session, and the cap of one without; null: any. */
  most: number | null;
  budgets: readonly Ceiling[];
};

/** What values of a field may need an approval, or may be refused. */
export type Announcement = { field: FieldKey; verdict: 'refuse' | 'approve'; wanted: Condition['wanted'] };

/** A decision, and what else the policy says where it was asked. */
export type Explained = Pick<Decision, 'hurdles'> & {
  /** Of the first approval that is needed; null: none is. */
  terms: Terms | null;
  choices: Choices;
  announcements: Announcement[];
};

export function explain(policy: Policy, facts: PolicyFacts): Explained {
  const { hurdles } = decide(policy, facts);
  const approval = hurdles.find(({ verdict }) => verdict === 'approve');
  const terms = approval === undefined ? null : termsOf(policy, approval.rule);
  return { hurdles, terms, choices: choicesOf(policy, facts), announcements: announcementsOf(policy, facts) };
}

function choicesOf(policy: Policy, facts: PolicyFacts): Choices {
  const { place, ceilings: budgets } = facts;
  const { set, instructions } = rulesAt(policy, place);
  const rules = rulesFor(policy, facts);
  const isClosed = rules.every(({ verdict }) => verdict === 'refuse');
  const [closed = null] = isClosed ? rules.filter(({ when }) => when.length === 0).flatMap(ruleHurdles) : [];
  return {
    closed,
    set: omitFields(set.values, set.modes.length > 1 ? [MODE] : []),
    modes: Object.fromEntries(
      DEVIN_MODES.flatMap((mode) => {
        const verdict = modeHurdle(policy, facts, mode);
        return verdict === undefined ? [] : [[mode, verdict]];
      }),
    ),
    instructions,
    most: policy.limits.acu_per_session ?? null,
    budgets,
  };
}

/** What choosing a mode alone leads to; undefined: nothing. */
function modeHurdle(policy: Policy, facts: PolicyFacts, mode: (typeof DEVIN_MODES)[number]) {
  const draft = { values: { [MODE]: mode }, sources: { [MODE]: 'request' as const } };
  const request = { draft, hasSessionSecrets: false, hasAttachments: false };
  const { hurdles } = decide(policy, { ...facts, request });
  return hurdles.find(({ field }) => field === MODE)?.verdict;
}

/** The rules that could decide about this person here, depending on what is entered, and the one that ends them. */
function rulesFor({ rules }: Policy, facts: PolicyFacts): PolicyRule[] {
  const theirs = rules.filter((rule) => counts({ ...rule, when: [] }, facts));
  const end = theirs.findIndex(({ when }) => when.length === 0);
  return end === -1 ? theirs : theirs.slice(0, end + 1);
}

function announcementsOf(policy: Policy, facts: PolicyFacts): Announcement[] {
  return rulesFor(policy, facts).flatMap(({ verdict, when }) =>
    verdict === 'allow'
      ? []
      : when.filter(({ field }) => field !== MODE).map(({ field, wanted }) => ({ field, verdict, wanted })),
  );
}
