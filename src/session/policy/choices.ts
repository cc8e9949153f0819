import { z } from 'zod';
import { omitFields } from '../defaults.ts';
import {
  DEVIN_MODES,
  fields,
  storedDraftSchema,
  type FieldKey,
  type FieldValues,
  type Lookup,
} from '../fields.ts';
import { channelOf, counts, decide, SESSION_LIMIT, setValues, standingInstructions } from './decide.ts';
import { ceilingLeftSchema, ceilingsOf } from './limits.ts';
import type { PolicyFacts, PolicyRequest } from './match.ts';
import { whenSchema, type Policy } from './schema.ts';

const fieldKey = z.enum(fields.map(({ key }) => key));
const refusalSchema = z.object({ rule: z.string(), say: z.string().nullable() });
/** Which rule or limit refuses, and what it says. */
type Refusal = z.infer<typeof refusalSchema>;

const asksApprovalSchema = refusalSchema.extend({ when: whenSchema.nullable() });
/** What needs an approval, and under which rule or limit; `when`: null: whatever is entered. */
export type AsksApproval = z.infer<typeof asksApprovalSchema>;

/** What the policy leaves to choose in a form, for one person in one place. */
export const choicesSchema = z.object({
  /** The rule that refuses whatever is entered; null: none does. */
  closed: refusalSchema.nullable(),
  /** Set in this place: shown, not asked for. */
  set: storedDraftSchema,
  modes: z.array(z.enum(DEVIN_MODES)),
  /** What is added to the task; null: nothing. */
  instructions: z.string().nullable(),
  /** The highest cap; null: any. */
  most: z.number().nullable(),
  /** What is left of each budget. */
  budgets: z.array(ceilingLeftSchema).default([]),
  approvals: z.array(asksApprovalSchema).default([]),
  /** Whether a request without a cap is refused. */
  needsCap: z.boolean(),
  /** Fields that may have no value at all. */
  refused: z.array(fieldKey),
  /** Fields with a value that is refused. */
  faulty: z.array(refusalSchema.extend({ key: fieldKey })),
});
export type Choices = z.infer<typeof choicesSchema>;

/** Why the policy refuses a value of a field; null: it doesn't, or it refuses the request even without the value. */
type RefusalOf = (key: FieldKey, value: unknown) => Refusal | null;

export function choicesOf(policy: Policy, facts: PolicyFacts): Choices {
  const refusalOf = refusalsOf(policy, facts);
  const isAllowed = (key: FieldKey, value: unknown): boolean => refusalOf(key, value) === null;
  const { modes, ...set } = channelOf(policy, facts.place)?.set ?? {};
  const isOneMode = modes?.length === 1;
  return {
    closed: closedBy(policy, facts),
    set: setValues({ ...set, ...(isOneMode && { modes }) }),
    modes: (modes ?? DEVIN_MODES).filter((mode) => isAllowed('devin_mode', mode)),
    instructions: standingInstructions(policy, facts.place),
    most: highestCap(policy, facts, (cap) => isAllowed('max_acu_limit', cap)),
    budgets: ceilingsOf(policy, { spend: facts.spend }),
    approvals: [...rulesThatAsk(policy, facts), ...limitThatAsks(policy, facts)],
    needsCap: needsCap(policy, facts),
    refused: PROBES.flatMap(([key, value]) => (isAllowed(key, value) ? [] : [key])),
    faulty: fields.flatMap(({ key }) => faultOf(key, facts.request.draft, refusalOf)),
  };
}

/** Valid, but nothing that begins like a name: only a pattern that holds for everything matches these. */
const PROBES: readonly (readonly [FieldKey, unknown])[] = [
  ['repos', ['_/_']],
  ['playbook_id', '~'],
  ['child_playbook_id', '~'],
  ['secret_ids', ['~']],
  ['session_secrets', true],
  ['attachment_urls', ['https://~.example']],
  ['platform', '~'],
  ['bypass_approval', true],
];

/** The fields that take their values from each of Devin's lists. */
const FIELDS_OF: Readonly<Record<Lookup, readonly FieldKey[]>> = {
  repositories: ['repos'],
  playbooks: ['playbook_id', 'child_playbook_id'],
  knowledge: ['knowledge_ids'],
  secrets: ['secret_ids'],
};

/** Whether a value of one of Devin's lists can be picked. */
export function isOffered(refusalOf: RefusalOf, lookup: Lookup, value: string): boolean {
  return FIELDS_OF[lookup].every((key) => refusalOf(key, value) === null && refusalOf(key, [value]) === null);
}

/** The least that can be asked for: what is refused with it is refused for its own sake. */
const LEAST: PolicyRequest = {
  draft: { max_acu_limit: 1 },
  hasSessionSecrets: false,
  hasAttachments: false,
  approved: [],
};

export function refusalsOf(policy: Policy, facts: PolicyFacts): RefusalOf {
  const refusal = refusing(policy, facts);
  return (key, value) => {
    const without = requestWith(facts.request, key, undefined);
    const base = refusal(without) === null ? without : LEAST;
    return refusal(base) === null ? refusal(requestWith(base, key, value)) : null;
  };
}

function refusing(policy: Policy, facts: PolicyFacts) {
  return (request: PolicyRequest): Refusal | null => {
    const decision = decide(policy, { ...facts, request });
    return decision.kind === 'refused' ? { rule: decision.rule, say: decision.say } : null;
  };
}

function needsCap(policy: Policy, facts: PolicyFacts): boolean {
  const refusal = refusing(policy, facts);
  return refusal(LEAST) === null && refusal({ ...LEAST, draft: {} }) !== null;
}

function requestWith(request: PolicyRequest, key: FieldKey, value: unknown): PolicyRequest {
  const given = storedDraftSchema.safeParse({ [key]: value });
  const has = value !== undefined;
  return {
    approved: [],
    draft: { ...omitFields(request.draft, [key]), ...given.data },
    hasSessionSecrets: key === 'session_secrets' ? has : request.hasSessionSecrets,
    hasAttachments: key === 'attachment_urls' ? has : request.hasAttachments,
  };
}

function faultOf(key: FieldKey, draft: FieldValues, refusalOf: RefusalOf): Choices['faulty'] {
  const refusal = draft[key] === undefined ? null : refusalOf(key, draft[key]);
  return refusal === null ? [] : [{ key, ...refusal }];
}

function highestCap(
  policy: Policy,
  { spend }: PolicyFacts,
  isAllowed: (cap: number) => boolean,
): number | null {
  if (isAllowed(Number.MAX_SAFE_INTEGER)) return null;
  const left = ceilingsOf(policy, { spend }).map((ceiling) => Math.floor(ceiling.left));
  const { limits, rules } = policy;
  const named = [limits.acu_per_session, ...rules.map(({ when }) => when?.acu_over), ...left];
  const caps = named.flatMap((cap = 0) => (cap >= 1 ? [cap] : [])).toSorted((a, b) => b - a);
  return caps.find(isAllowed) ?? null;
}

/** The rule that refuses this person here, whatever they ask for. */
function closedBy({ rules }: Policy, facts: PolicyFacts): Choices['closed'] {
  for (const { when, ...rule } of rules) {
    if (!counts(rule, facts)) continue;
    if (when === undefined)
      return rule.verdict === 'refuse' ? { rule: rule.name, say: rule.say ?? null } : null;
    if (rule.verdict !== 'refuse') return null;
  }
  return null;
}

/** Rules that may ask this person here, depending on what is entered. */
function rulesThatAsk({ rules }: Policy, facts: PolicyFacts): AsksApproval[] {
  const asking: AsksApproval[] = [];
  for (const { when = null, ...rule } of rules) {
    if (!counts(rule, facts)) continue;
    if (rule.verdict === 'approve') asking.push({ rule: rule.name, say: rule.say ?? null, when });
    if (when === null) break;
  }
  return asking;
}

/** Only the lowest: anything above a higher limit is above the lowest, too. */
function limitThatAsks(policy: Policy, { spend }: PolicyFacts): AsksApproval[] {
  const { over, acu_per_session: most } = policy.limits;
  if (over === 'refuse') return [];
  const limits = [
    ...(most === undefined ? [] : [{ rule: SESSION_LIMIT, acu: most }]),
    ...ceilingsOf(policy, { spend }).map(({ rule, left }) => ({ rule, acu: Math.floor(Math.max(0, left)) })),
  ];
  const lowest = limits.toSorted((a, b) => a.acu - b.acu).slice(0, 1);
  return lowest.map(({ rule, acu }) => ({ rule, say: null, when: whenSchema.parse({ acu_over: acu }) }));
}
