import type { FieldValues, StoredDraft } from '../fields.ts';
import type { Preferences } from '../preferences.ts';
import { ceilingsOf, leftAsCap, overCeiling, type Ceiling, type CeilingKey, type Over } from './limits.ts';
import { isPlace, mismatches, type PolicyFacts, type PolicyPlace, type PolicyRequest } from './match.ts';
import type { PersonPattern } from './patterns.ts';
import { expiryOf, type Policy, type PolicyChannel, type PolicyRule, type PolicyValues } from './schema.ts';

/** What the policy makes of a draft: values that it sets, whatever was asked for. */
type PolicyChanges = Pick<StoredDraft, 'repos' | 'devin_mode' | 'max_acu_limit' | 'tags'>;

/** `capOf`: nobody set a cap, so it is what is left of this ceiling. */
type Changed = { changes: PolicyChanges; capOf?: CeilingKey | undefined };

/** Which rule or limit decides, and what it says. */
type Decides = {
  rule: string;
  say: string | null;
  /** The ceiling that the request would go over, if that decides. */
  over?: Over | undefined;
  /** The highest cap of a session, if the request asks for more. */
  most?: number | undefined;
};

export type PolicyDecision =
  | ({ kind: 'allowed'; rule: string | null } & Changed)
  | ({ kind: 'approval'; expiresMs: number } & Terms & Decides & Changed)
  | ({ kind: 'refused' } & Decides);

export type Approvers = readonly PersonPattern[];

/** `need`: how many of these have to approve. */
export type Terms = { approvers: Approvers; need: number };

/** A decision, and what else the policy does where it was asked. */
export type Explained = {
  decision: PolicyDecision;
  /** Whatever is asked for; of several modes, the list. */
  set: FieldValues;
  defaults: PolicyChanges;
  instructions: string | null;
  /** The highest cap of a session; null: any. */
  most: number | null;
  /** With what is left of each. */
  ceilings: readonly Ceiling[];
  /** When the ceiling that decides renews; null: none decides. */
  renewsAtMs: number | null;
};

/** What a decision names if a limit decided, not a rule: the limit's key in the file. */
export const SESSION_LIMIT = 'limits.acu_per_session';

/** May this person ask for this here? The first rule that matches decides; the limits hold for all that is allowed. */
export function decide(policy: Policy, facts: PolicyFacts): PolicyDecision {
  const { changes, capOf, ceilings, filledIn } = valuesOf(policy, facts);
  const rule = policy.rules.find((candidate) => counts(candidate, filledIn));
  const limit = overLimit(policy, filledIn.request, ceilings);
  if (rule?.verdict === 'refuse') return { kind: 'refused', rule: rule.name, say: rule.say ?? null };
  if (limit?.then === 'refuse')
    return { kind: 'refused', rule: limit.rule, say: null, over: limit.over, most: limit.most };
  const isApproved = (name: string): boolean => facts.request.approved.includes(name);
  if (rule?.verdict === 'approve' && !isApproved(rule.name)) {
    const { name, say = null } = rule;
    const asks = { ...termsOf(policy, name), expiresMs: expiryOf(rule) };
    return { kind: 'approval', rule: name, say, ...asks, changes, capOf };
  }
  if (limit?.then === 'approve') {
    const { rule: name, over, most } = limit;
    const asks = { ...termsOf(policy, name), expiresMs: expiryOf({}) };
    return { kind: 'approval', rule: name, say: null, ...asks, changes, capOf, over, most };
  }
  return { kind: 'allowed', rule: rule?.name ?? null, changes, capOf };
}

/** How many have to approve what this rule or limit asks an approval for, and who can: the owners, unless it says. */
export function termsOf({ owners = [], rules }: Policy, name: string): Terms {
  const { approvers = owners, need = 1 } = rules.find((rule) => rule.name === name) ?? {};
  return { approvers, need };
}

/** What the policy sets, what is left of a ceiling as the cap of a request that would have none included. */
function valuesOf(policy: Policy, facts: PolicyFacts) {
  const { place, request, spend } = facts;
  const set = policyChanges(policy, place, request.draft);
  const ceilings = ceilingsOf(policy, { spend, approved: request.approved });
  const cap = leftAsCap(ceilings, { ...request.draft, ...set });
  const changes: PolicyChanges = { ...set, ...(cap !== null && { max_acu_limit: cap.acu }) };
  const filledIn = { ...facts, request: { ...request, draft: { ...request.draft, ...changes } } };
  return { changes, capOf: cap?.of.key, ceilings, filledIn };
}

/** What holds in a place; null: nothing special. A place that is not known is none of those that are described. */
export function channelOf({ channels }: Policy, place: PolicyPlace): PolicyChannel | null {
  return channels.find(({ match }) => isPlace(match, place) === true) ?? null;
}

/** Values that nobody can override in a place. */
export function placeSet(policy: Policy, place: PolicyPlace): Explained['set'] {
  const { set = {} } = channelOf(policy, place) ?? {};
  const { modes = [] } = set;
  return { ...setValues(set), ...(modes.length > 1 && { devin_mode: modes }) };
}

/** The defaults of a place, as a draft. */
export function placeDefaults(policy: Policy, place: PolicyPlace): PolicyChanges {
  const channel = channelOf(policy, place);
  return channel === null ? {} : setValues(channel.defaults);
}

export type MentionsSetting = NonNullable<PolicyChannel['mentions']>;

/** Settings of a place that nobody else can make. */
export function preferencesIn(
  policy: Policy,
  place: PolicyPlace,
): Preferences & { mentions?: MentionsSetting | undefined } {
  const { listen, steer, mentions } = channelOf(policy, place) ?? {};
  return { listen, steer, mentions };
}

/** What is sent to Devin with every task in a place; null: nothing. */
export function standingInstructions(policy: Policy, place: PolicyPlace): string | null {
  const all = [policy.instructions, channelOf(policy, place)?.instructions];
  const said = all.filter((one) => one !== undefined);
  return said.length === 0 ? null : said.join('\n\n');
}

export function counts(rule: PolicyRule, facts: PolicyFacts): boolean {
  return mismatches(rule, facts).length === 0;
}

/** The rules before the one that counts, each with what keeps it from counting. */
export function passedOver(policy: Policy, facts: PolicyFacts): { name: string; parts: string[] }[] {
  const { filledIn } = valuesOf(policy, facts);
  const all = policy.rules.map((rule) => ({ name: rule.name, parts: mismatches(rule, filledIn) }));
  const end = all.findIndex(({ parts }) => parts.length === 0);
  return end === -1 ? all : all.slice(0, end);
}

/** What it sets there, and the cap of a request that has none. */
export function policyChanges(policy: Policy, place: PolicyPlace, draft: StoredDraft): PolicyChanges {
  const { acu_per_session: cap } = policy.limits;
  const { set = {} } = channelOf(policy, place) ?? {};
  const kept = draft.devin_mode !== undefined && set.modes?.includes(draft.devin_mode) === true;
  const { devin_mode: mode, ...changes } = setValues(set);
  return {
    ...(draft.max_acu_limit === undefined && cap !== undefined && { max_acu_limit: cap }),
    ...(mode !== undefined && !kept && { devin_mode: mode }),
    ...changes,
  };
}

/** Of several modes the first is what is meant if none of them was asked for. */
export function setValues({ modes, acu, repos, tags }: PolicyValues): PolicyChanges {
  return {
    ...(modes?.[0] !== undefined && { devin_mode: modes[0] }),
    ...(acu !== undefined && { max_acu_limit: acu }),
    ...(repos !== undefined && { repos }),
    ...(tags !== undefined && { tags }),
  };
}

/** null: the request is within all of them, or may go over. */
function overLimit(
  { limits }: Policy,
  { draft: { max_acu_limit: asked }, approved }: PolicyRequest,
  ceilings: readonly Ceiling[],
): { then: 'refuse' | 'approve'; rule: string; over?: Over; most?: number } | null {
  const { acu_per_session: most = Infinity, over: then } = limits;
  const mayPass = then === 'approve' && approved.includes(SESSION_LIMIT);
  if ((asked ?? 0) > most && !mayPass) return { then, rule: SESSION_LIMIT, most };
  const over = overCeiling(ceilings, asked);
  return over === null ? null : { then, rule: over.rule, over };
}
