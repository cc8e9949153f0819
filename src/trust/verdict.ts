import type { Approval, UnapprovedEnd } from '../session/approval.ts';
import type { MessageContext } from '../session/context.ts';
import { applyDefaults, type EffectiveDraft } from '../session/defaults.ts';
import type { Failure, OverCeiling } from '../session/failure.ts';
import type { StoredDraft } from '../session/fields.ts';
import { devinUserOf } from '../session/identity.ts';
import type { PolicyDecision, Terms } from '../session/policy/decide.ts';
import {
  PERIOD_OF,
  renewsAt,
  type CeilingKey,
  type CeilingLeft,
  type Over,
} from '../session/policy/limits.ts';
import type { PolicyFacts } from '../session/policy/match.ts';
import { isTooLong } from '../session/prompt.ts';
import type { Form } from '../store/forms.ts';
import type { SessionRequest } from '../store/request-row.ts';

/** `draft`: with what the policy sets. `rule`: the one that allows it. `approved`: the limits it may exceed. */
export type Verdict =
  | { kind: 'allowed'; draft: EffectiveDraft; approved: readonly string[]; rule: string | null }
  | ApprovalNeeded
  /** What was approved is something else by now. */
  | { kind: 'changed'; approval: Approval; end: UnapprovedEnd }
  | { kind: 'refused'; failure: Failure };

/** `fingerprint`: of what the approval is for. `policy`: the SHA-256 of the file that asks for it. */
export type ApprovalNeeded = {
  kind: 'approval';
  draft: EffectiveDraft;
  asks: Terms & {
    rule: string;
    say: string | null;
    expiresMs: number;
    /** What is left of the ceiling that it would exceed; null: it's not about one. */
    budget: CeilingLeft | null;
    /** The highest cap of a session, if it asks for more. */
    most?: number | undefined;
  };
  fingerprint: string;
  policy: string | null;
};

type Judging = {
  /** What the person asked for. */
  asked: EffectiveDraft;
  /** Without what is left of a ceiling as its cap. */
  draft: EffectiveDraft;
  approved: readonly string[];
  fingerprint: string;
  /** When what is left of the budgets was read. */
  at: Date;
  sha256: string | null;
};

/** What a decision of the policy means for what was asked. */
export function verdictOf(
  decision: PolicyDecision,
  { asked, draft, approved, fingerprint, at, sha256 }: Judging,
): Verdict {
  if (decision.kind === 'refused') {
    const { rule, say, over, most } = decision;
    const failure: Failure = { kind: 'policy', rule, say, over: over && overFacts(over, at), most };
    return { kind: 'refused', failure };
  }
  const { capOf, changes } = decision;
  const { max_acu_limit: cap } = changes;
  const isOfCeiling = capOf !== undefined && cap !== undefined;
  const left = isOfCeiling ? withCap(draft, cap, SOURCE_OF[PERIOD_OF[capOf]]) : draft;
  const capped = approved.length > 0 ? withinShown(left, asked) : left;
  if (decision.kind === 'allowed') {
    const rule = decision.rule ?? approved[0] ?? null;
    return { kind: 'allowed', draft: capped, approved, rule };
  }
  const { rule, say, approvers, need, expiresMs, over, most: sessionMost } = decision;
  const budget = over === undefined ? null : { key: over.key, most: over.most, left: over.left };
  const asks = { rule, say, approvers, need, expiresMs, budget, most: sessionMost };
  return { kind: 'approval', draft: capped, asks, fingerprint, policy: sha256 };
}

/** What a refusal says about a ceiling. */
function overFacts({ key, most, left, asked }: Over, at: Date): OverCeiling {
  return { key, most, left, asked, renewsAtMs: renewsAtMs(key, at) };
}

/** When a ceiling renews. */
export function renewsAtMs(key: CeilingKey, at: Date): number {
  return renewsAt(PERIOD_OF[key], at).getTime();
}

/** The source of a cap that nobody set: what was left of a ceiling. */
const SOURCE_OF = { day: 'left-today', month: 'left-this-month' } as const;

function isLeft({ sources: { max_acu_limit: source } }: EffectiveDraft): boolean {
  return source === SOURCE_OF.day || source === SOURCE_OF.month;
}

/** Without that cap, which is computed each time. */
export function withoutLeft(draft: EffectiveDraft): EffectiveDraft {
  if (!isLeft(draft)) return draft;
  const { max_acu_limit: _cap, ...values } = draft.values;
  const { max_acu_limit: _source, ...sources } = draft.sources;
  return { ...draft, values, sources };
}

/** No more than its approvers were shown as left, even if no ceiling limits it now. */
function withinShown(draft: EffectiveDraft, shown: EffectiveDraft): EffectiveDraft {
  const { max_acu_limit: most } = shown.values;
  const { max_acu_limit: source } = shown.sources;
  if (!isLeft(shown) || most === undefined || source === undefined) return draft;
  const { max_acu_limit: cap = Infinity } = draft.values;
  return cap <= most ? draft : withCap(draft, most, source);
}

type Source = NonNullable<EffectiveDraft['sources']['max_acu_limit']>;

function withCap(draft: EffectiveDraft, cap: number, source: Source): EffectiveDraft {
  return {
    ...draft,
    values: { ...draft.values, max_acu_limit: cap },
    sources: { ...draft.sources, max_acu_limit: source },
  };
}

/** What an approval is for. The instructions that are sent with it are the policy's own. */
export function sentOf(judged: SessionRequest, { values }: EffectiveDraft) {
  const { identity, slackFileIds, context, secretNames, material } = judged;
  return { runsAs: devinUserOf(identity), values, slackFileIds, context, secretNames, material };
}

export function askedOf(judged: SessionRequest): Omit<PolicyFacts['request'], 'approved'> {
  const { draft, hadSecrets, slackFileIds, context, uploads, material } = judged;
  const quoted = attached(draft.values, context);
  const files = [...quoted, ...slackFileIds, ...(uploads?.urls ?? []), ...(material?.files ?? [])];
  return {
    draft: draft.values,
    hasSessionSecrets: hadSecrets,
    hasAttachments: files.length > 0 || isTooLong(material?.quoted ?? null),
  };
}

export type Filled = Pick<Form, 'draft' | 'context' | 'without' | 'secretNames'>;

/** A form or command as it is filled in now; nothing is approved yet. */
export function filledIn({ draft, context, without, secretNames }: Filled): PolicyFacts['request'] {
  const quoted = context === null || without === null ? context : { ...context, without };
  return {
    draft: draft.values,
    hasSessionSecrets: (secretNames ?? []).length > 0,
    hasAttachments: attached(draft.values, quoted).length > 0,
    approved: [],
  };
}

function attached({ attachment_urls: addresses = [] }: StoredDraft, context: MessageContext | null) {
  const files = context?.picked.files.map(({ id }) => id) ?? [];
  return [...addresses, ...files.filter((id) => context?.without?.files.includes(id) !== true)];
}

/** With the values that nobody can override. */
export function withSet(draft: EffectiveDraft, changes: StoredDraft): EffectiveDraft {
  const { values, sources } = draft;
  const set = applyDefaults({ policy: changes });
  return { ...draft, values: { ...values, ...set.values }, sources: { ...sources, ...set.sources } };
}
