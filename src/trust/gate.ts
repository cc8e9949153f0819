import type { PlaceKind } from '../session/context.ts';
import { applyDefaults } from '../session/defaults.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import type { Failure } from '../session/failure.ts';
import type { StoredDraft } from '../session/fields.ts';
import type { SlackPerson } from '../session/person.ts';
import {
  decide,
  groupsIn,
  needsOf,
  placeDefaults,
  policyChanges,
  preferencesIn,
  standingInstructions,
} from '../session/policy/index.ts';
import type { Mentions, Policy, PolicyFacts, PolicyPlace } from '../session/policy/index.ts';
import type { Preferences } from '../session/preferences.ts';
import type { IsInGroup } from '../slack/groups.ts';
import type { DescribePlace } from '../slack/places.ts';
import type { SessionRequest } from '../store/request-row.ts';

type GateDeps = {
  policy: () => Policy | null;
  findPerson: (userId: string) => Promise<SlackPerson | null>;
  isInGroup: IsInGroup;
  describePlace: DescribePlace;
};

/** `draft`: with what the policy sets. */
export type Verdict = { kind: 'allowed'; draft: EffectiveDraft } | { kind: 'refused'; failure: Failure };

type Where = { channelId: string; placeKind?: PlaceKind | null | undefined };
type Judged = Where &
  Pick<SessionRequest, 'userId' | 'draft' | 'hadSecrets' | 'slackFileIds' | 'context' | 'uploads'>;

export type Gate = ReturnType<typeof createGate>;

/** The policy, and what it has to know of a person and a place. Each answer throws when Slack cannot be asked. */
export function createGate(deps: GateDeps) {
  async function placeOf(policy: Policy, { channelId, placeKind = null }: Where): Promise<PolicyPlace> {
    if (placeKind === 'direct' || channelId.startsWith('D')) return { channelId, name: '', is: DIRECT };
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

  return {
    /** Whether it may be started, as things are now. */
    async judge(request: Judged): Promise<Verdict> {
      const { draft, userId } = request;
      const policy = deps.policy();
      if (policy === null) return { kind: 'allowed', draft };
      const [person, place] = await Promise.all([personOf(policy, userId), placeOf(policy, request)]);
      const decision = decide(policy, { person, place, request: askedOf(request) });
      if (decision.kind === 'allowed') return { kind: 'allowed', draft: withSet(draft, decision.changes) };
      // Nobody can be asked for an approval yet: unanswered is never yes.
      const { rule, say } = decision;
      return { kind: 'refused', failure: { kind: 'policy', rule, say } };
    },

    /** null: nothing special. */
    async rulesAt(where: Where) {
      const policy = deps.policy();
      if (policy === null) return null;
      const place = await placeOf(policy, where);
      return {
        defaults: placeDefaults(policy, place),
        /** Puts in what cannot be overridden. */
        set: (draft: EffectiveDraft) => withSet(draft, policyChanges(policy, place, draft.values)),
      };
    },

    /** What goes to Devin with every task there; null: nothing. */
    async instructionsAt(where: Where): Promise<string | null> {
      const policy = deps.policy();
      return policy === null ? null : standingInstructions(policy, await placeOf(policy, where));
    },

    async preferencesAt(where: Where): Promise<Preferences & { mentions?: Mentions | undefined }> {
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

function withSet({ values, sources }: EffectiveDraft, changes: StoredDraft): EffectiveDraft {
  const set = applyDefaults({ policy: changes });
  return { values: { ...values, ...set.values }, sources: { ...sources, ...set.sources } };
}

function askedOf({ draft, hadSecrets, slackFileIds, context, uploads }: Judged): PolicyFacts['request'] {
  const { attachment_urls: addresses = [] } = draft.values;
  const quoted = context?.picked.files.filter(({ id }) => context.without?.files.includes(id) !== true) ?? [];
  const files = [...addresses, ...slackFileIds, ...quoted, ...(uploads?.urls ?? [])];
  return { draft: draft.values, hasSessionSecrets: hadSecrets, hasAttachments: files.length > 0 };
}
