import type { Approval, UnapprovedEnd } from '../session/approval.ts';
import type { MessageContext } from '../session/context.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import type { Failure } from '../session/failure.ts';
import type { StoredDraft } from '../session/fields.ts';
import { devinUserOf } from '../session/identity.ts';
import type { PolicyRequest } from '../session/policy/conditions.ts';
import { termsOf, type Decision, type Hurdle, type Terms } from '../session/policy/decide.ts';
import type { Ceiling } from '../session/policy/limits.ts';
import type { Policy } from '../session/policy/schema.ts';
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
    /** The ceiling that it would exceed; null: it's not about one. */
    budget: Ceiling | null;
    /** The highest cap of a session, if it asks for more. */
    most?: number | undefined;
    hurdle: Hurdle;
  };
  fingerprint: string;
  policy: string | null;
};

type Judged = { policy: Policy; approved: readonly string[]; fingerprint: string; sha256: string | null };

/** What a decision of the policy means for what was asked. */
export function verdictOf(decision: Decision, { policy, approved, fingerprint, sha256 }: Judged): Verdict {
  const { hurdles, draft } = decision;
  const [hurdle] = hurdles;
  if (hurdle === undefined) {
    const rule = decision.rule ?? approved[0] ?? null;
    return { kind: 'allowed', draft, approved, rule };
  }
  if (hurdle.verdict === 'refuse') {
    const refusing = hurdles.filter(({ verdict }) => verdict === 'refuse');
    return { kind: 'refused', failure: { kind: 'policy', hurdles: refusing } };
  }
  const { rule, say } = hurdle;
  const budget = hurdle.kind === 'budget' ? hurdle.ceiling : null;
  const most = hurdle.kind === 'cap' ? hurdle.most : undefined;
  const asks = { rule, say, ...termsOf(policy, rule), budget, most, hurdle };
  return { kind: 'approval', draft, asks, fingerprint, policy: sha256 };
}

/** What an approval is for. The instructions that are sent with it are the policy's own. */
export function sentOf(judged: SessionRequest, { values }: EffectiveDraft) {
  const { identity, slackFileIds, context, secretNames, material } = judged;
  return { runsAs: devinUserOf(identity), values, slackFileIds, context, secretNames, material };
}

export function askedOf(judged: SessionRequest): Omit<PolicyRequest, 'approved'> {
  const { draft, hadSecrets, slackFileIds, context, uploads, material } = judged;
  const quoted = attached(draft.values, context);
  const files = [...quoted, ...slackFileIds, ...(uploads?.urls ?? []), ...(material?.files ?? [])];
  return {
    draft,
    hasSessionSecrets: hadSecrets,
    hasAttachments: files.length > 0 || isTooLong(material?.quoted ?? null),
  };
}

/** `slackFileIds`: uploaded with the form. */
export type Filled = Pick<Form, 'draft' | 'context' | 'without'> & {
  slackFileIds?: readonly string[];
  hasSessionSecrets?: boolean;
};

/** A form or command as it is filled in now; nothing is approved yet. */
export function filledIn({ draft, context, without, ...sent }: Filled): PolicyRequest {
  const { slackFileIds = [], hasSessionSecrets = false } = sent;
  const quoted = context === null || without === null ? context : { ...context, without };
  return {
    draft,
    hasSessionSecrets,
    hasAttachments: attached(draft.values, quoted).length + slackFileIds.length > 0,
    approved: [],
  };
}

function attached({ attachment_urls: addresses = [] }: StoredDraft, context: MessageContext | null) {
  const files = context?.picked.files.map(({ id }) => id) ?? [];
  return [...addresses, ...files.filter((id) => context?.without?.files.includes(id) !== true)];
}
