import type { MessageContext, PlaceKind } from '../session/context.ts';
import { applyDefaults, type EffectiveDraft } from '../session/defaults.ts';
import type { Lookup, StoredDraft } from '../session/fields.ts';
import { devinUserOf, type SlackPerson } from '../session/identity.ts';
import { choicesOf, isOffered, refusalsOf } from '../session/policy/choices.ts';
import {
  decide,
  placeDefaults,
  placeSet,
  policyChanges,
  preferencesIn,
  standingInstructions,
  termsOf,
  type Explained,
  type MentionsSetting,
} from '../session/policy/decide.ts';
import { ceilingsOf } from '../session/policy/limits.ts';
import { groupsIn, needsOf, type PolicyFacts, type PolicyPlace } from '../session/policy/match.ts';
import type { Policy } from '../session/policy/schema.ts';
import type { Preferences } from '../session/preferences.ts';
import { isTooLong } from '../session/prompt.ts';
import type { DescribePlace } from '../slack/conversations.ts';
import type { Groups } from '../slack/people.ts';
import { isDirectMessage } from '../slack/places.ts';
import type { Form } from '../store/forms.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { fingerprintOf } from '../store/sql.ts';
import type { MayApprove } from './approvers.ts';
import type { Budget } from './budget.ts';
import { renewsAtMs, verdictOf, withoutLeft, type Verdict } from './verdict.ts';

type GateDeps = {
  policy: () => Policy | null;
  findPerson: (userId: string) => Promise<SlackPerson | null>;
  isInGroup: Groups['isIn'];
  mayApprove: MayApprove;
  describePlace: DescribePlace;
  budget: Pick<Budget, 'spend'>;
};

type Where = { channelId: string; placeKind?: PlaceKind | null | undefined };
type Judged = Where &
  Pick<
    SessionRequest,
    | 'teamId'
    | 'userId'
    | 'identity'
    | 'draft'
    | 'hadSecrets'
    | 'secretNames'
    | 'slackFileIds'
    | 'context'
    | 'uploads'
    | 'material'
    | 'approvals'
    | 'approved'
    | 'approvedAs'
  >;

type Asking = Where & { teamId: string; userId: string; draft: EffectiveDraft };

export type Gate = ReturnType<typeof createGate>;

/** Asks the policy, with what it needs to know about the person and the place. Throws if Slack can't be asked. */
export function createGate(deps: GateDeps) {
  async function placeOf(policy: Policy, { channelId, placeKind = null }: Where): Promise<PolicyPlace> {
    if (placeKind === 'direct' || isDirectMessage(channelId)) return { channelId, name: '', is: DIRECT };
    const found = needsOf(policy).place ? await deps.describePlace(channelId) : null;
    if (found === null) return { channelId, name: null, is: { ...asKnown(placeKind), shared: null } };
    const { name, isPrivate, isShared } = found;
    return {
      channelId,
      name,
      is: { public: !isPrivate, private: isPrivate, direct: false, shared: isShared },
    };
  }

  async function personOf(policy: Policy, userId: string): Promise<PolicyFacts['person']> {
    const email = needsOf(policy).email ? ((await deps.findPerson(userId))?.email ?? null) : null;
    const groups = new Map<string, boolean>();
    for (const group of groupsIn(policy)) {
      const isIn = await deps.isInGroup(group, userId);
      if (isIn !== null) groups.set(group, isIn);
    }
    return { userId, email, groups };
  }

  async function whoAndWhere(policy: Policy, { userId, ...where }: Where & { userId: string }) {
    const [person, place] = await Promise.all([personOf(policy, userId), placeOf(policy, where)]);
    return { person, place };
  }

  /** Whether the people who approved it still may, and are as many as the policy wants now. */
  async function isApproved(policy: Policy, { userId, approvals }: Judged, rule: string): Promise<boolean> {
    const { approvers, need } = termsOf(policy, rule);
    const given = approvals.findLast((one) => one.rule === rule && one.end?.kind === 'approved');
    if (given === undefined) return false;
    const among = given.yes.map((one) => one.userId);
    return (await deps.mayApprove(approvers, { among, requester: userId })).size >= need;
  }

  /** Rules and limits whose approval counts. If anything changed since, it isn't approved. */
  async function approvedOf(policy: Policy, request: Judged, fingerprint: string): Promise<string[]> {
    const counting: string[] = [];
    for (const rule of request.approvedAs === fingerprint ? request.approved : [])
      if (await isApproved(policy, request, rule)) counting.push(rule);
    return counting;
  }

  return {
    /** Whether a request may start now. */
    async judge(request: Judged): Promise<Verdict> {
      const policy = deps.policy();
      if (policy === null) return { kind: 'allowed', draft: request.draft, approved: [], rule: null };
      const [{ person, place }, { at, spend }] = await Promise.all([
        whoAndWhere(policy, request),
        deps.budget.spend(request),
      ]);
      const open = withoutLeft(request.draft);
      const draft = withSet(open, policyChanges(policy, place, open.values));
      // What is left of a ceiling changes by itself, so it isn't part of what is approved.
      const fingerprint = fingerprintOf(sentOf(request, draft));
      const approved = await approvedOf(policy, request, fingerprint);
      const asked = { ...askedOf({ ...request, draft: open }), approved };
      const decision = decide(policy, { person, place, request: asked, spend });
      return verdictOf(decision, { asked: request.draft, draft, approved, fingerprint, at });
    },

    /** What the policy says about a request and the place; null: there is no policy. */
    async explain({ draft, ...where }: Asking): Promise<Explained | null> {
      const policy = deps.policy();
      if (policy === null) return null;
      const [{ person, place }, { at, spend }] = await Promise.all([
        whoAndWhere(policy, where),
        deps.budget.spend(where),
      ]);
      const request = filledIn({ draft, context: null, without: null, secretNames: null });
      const decision = decide(policy, { person, place, request, spend });
      const over = decision.kind === 'allowed' ? undefined : decision.over;
      return {
        decision,
        set: placeSet(policy, place),
        defaults: placeDefaults(policy, place),
        instructions: standingInstructions(policy, place),
        most: policy.limits.acu_per_session ?? null,
        ceilings: ceilingsOf(policy, { spend }),
        renewsAtMs: over === undefined ? null : renewsAtMs(over.key, at),
      };
    },

    /** What can be chosen in a form, as it is filled in now; null: everything. */
    async choicesFor(form: Asking & Filled) {
      const policy = deps.policy();
      if (policy === null) return null;
      const [who, { spend }] = await Promise.all([whoAndWhere(policy, form), deps.budget.spend(form)]);
      const facts = { ...who, request: filledIn(form), spend };
      const refusalOf = refusalsOf(policy, facts);
      return {
        choices: choicesOf(policy, facts),
        offers: (lookup: Lookup, value: string): boolean => isOffered(refusalOf, lookup, value),
      };
    },

    /** null: nothing special. */
    async rulesAt(where: Where) {
      const policy = deps.policy();
      if (policy === null) return null;
      const place = await placeOf(policy, where);
      return {
        defaults: placeDefaults(policy, place),
        /** Adds the values that nobody can override. */
        set: (draft: EffectiveDraft) => withSet(draft, policyChanges(policy, place, draft.values)),
      };
    },

    /** What is sent to Devin with every task there; null: nothing. */
    async instructionsAt(where: Where): Promise<string | null> {
      const policy = deps.policy();
      return policy === null ? null : standingInstructions(policy, await placeOf(policy, where));
    },

    async preferencesAt(where: Where): Promise<Preferences & { mentions?: MentionsSetting | undefined }> {
      const policy = deps.policy();
      return policy === null ? {} : preferencesIn(policy, await placeOf(policy, where));
    },
  };
}

const DIRECT = { public: false, private: false, direct: true, shared: false };

function asKnown(placeKind: PlaceKind | null): Omit<PolicyPlace['is'], 'shared'> {
  if (placeKind === null) return { public: null, private: null, direct: null };
  return { public: placeKind === 'public', private: placeKind === 'private', direct: placeKind === 'direct' };
}

function withSet(draft: EffectiveDraft, changes: StoredDraft): EffectiveDraft {
  const { values, sources } = draft;
  const set = applyDefaults({ policy: changes });
  return { ...draft, values: { ...values, ...set.values }, sources: { ...sources, ...set.sources } };
}

/** What an approval is for. The instructions that are sent with it are the policy's own. */
function sentOf(judged: Judged, { values }: EffectiveDraft) {
  const { identity, slackFileIds, context, secretNames, material } = judged;
  return { runsAs: devinUserOf(identity), values, slackFileIds, context, secretNames, material };
}

function askedOf(judged: Judged): Omit<PolicyFacts['request'], 'approved'> {
  const { draft, hadSecrets, slackFileIds, context, uploads, material } = judged;
  const quoted = attached(draft.values, context);
  const files = [...quoted, ...slackFileIds, ...(uploads?.urls ?? []), ...(material?.files ?? [])];
  return {
    draft: draft.values,
    hasSessionSecrets: hadSecrets,
    hasAttachments: files.length > 0 || isTooLong(material?.quoted ?? null),
  };
}

type Filled = Pick<Form, 'draft' | 'context' | 'without' | 'secretNames'>;

/** A form or command as it is filled in now; nothing is approved yet. */
function filledIn({ draft, context, without, secretNames }: Filled): PolicyFacts['request'] {
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
