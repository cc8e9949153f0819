import { omitFields } from '../defaults.ts';
import { DEVIN_MODES, type FieldKey, type StoredDraft } from '../fields.ts';
import type { Condition } from './conditions.ts';
import {
  counts,
  decide,
  ruleHurdles,
  rulesAt,
  termsOf,
  type Decision,
  type Hurdle,
  type Terms,
  type PolicyFacts,
} from './decide.ts';
import type { Ceiling } from './limits.ts';
import type { Policy, PolicyRule } from './schema.ts';

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
