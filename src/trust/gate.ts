import type { Log } from '../log.ts';
import { givenApprovals } from '../session/approval.ts';
import type { PlaceKind } from '../session/context.ts';
import { applyDefaults, withoutFields, type EffectiveDraft, type WithNames } from '../session/defaults.ts';
import type { FieldKey, StoredDraft } from '../session/fields.ts';
import type { SlackPerson } from '../session/identity.ts';
import {
  decide,
  fillIn,
  placeDefaults,
  preferencesIn,
  standingInstructions,
  strictest,
} from '../session/policy/decide.ts';
import { choicesOf, explain, type Choices, type Explained } from '../session/policy/form.ts';
import { groupsIn, needsOf, type PolicyFacts, type PolicyPlace } from '../session/policy/match.ts';
import type { Policy } from '../session/policy/schema.ts';
import type { Preferences } from '../session/preferences.ts';
import type { DescribePlace } from '../slack/edge/conversations.ts';
import type { Groups } from '../slack/edge/people.ts';
import { isDirectMessage } from '../slack/edge/places.ts';
import type { Form } from '../store/forms.ts';
import type { Person } from '../store/identities.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Settings } from '../store/settings.ts';
import { fingerprintOf } from '../store/sql.ts';
import { createInTime } from '../time.ts';
import { changeSince, type MayApprove } from './approvers.ts';
import type { Budget } from './budget.ts';
import type { FileSource } from './file-source.ts';
import { askedOf, filledIn, sentOf, verdictOf, type Filled, type Verdict } from './verdict.ts';

type GateDeps = {
  policy: () => Policy | null;
  policySha256: () => string | null;
  findPerson: (userId: string) => Promise<SlackPerson | null>;
  isInGroup: Groups['isIn'];
  mayApprove: MayApprove;
  describePlace: DescribePlace;
  budget: Pick<Budget, 'spend'>;
};

type Where = { channelId: string; placeKind?: PlaceKind | null | undefined };
type Asking = Where & Person & Filled;

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

  /** `at`: as of when `spend` counts. */
  async function factsOf(policy: Policy, asking: Where & Person) {
    const [person, place, { at, spend }] = await Promise.all([
      personOf(policy, asking.userId),
      placeOf(policy, asking),
      deps.budget.spend(asking),
    ]);
    return { person, place, spend, at };
  }

  return {
    /** Whether a request may start now. */
    async judge(request: SessionRequest): Promise<Verdict> {
      const [policy, sha256] = [deps.policy(), deps.policySha256()];
      const given = givenApprovals(request);
      if (policy === null)
        return given[0] === undefined
          ? { kind: 'allowed', draft: request.draft, approved: [], rule: null }
          : { kind: 'changed', approval: given[0], end: 'policy-changed' };
      const facts = await factsOf(policy, request);
      const draft = fillIn(policy, facts.place, request.draft);
      const fingerprint = fingerprintOf(sentOf(request, draft));
      const now = { request, policy, sha256, fingerprint };
      for (const approval of given) {
        const end = await changeSince(approval, now, deps.mayApprove);
        if (end !== null) return { kind: 'changed', approval, end };
      }
      const approved = given.map(({ rule }) => rule);
      const decision = decide(policy, { ...facts, request: { ...askedOf(request), approved } });
      return verdictOf(decision, { policy, approved, fingerprint, sha256 });
    },

    /** What the policy says about a request and the place; null: there is no policy. */
    async explain(asking: Asking): Promise<Explained | null> {
      const policy = deps.policy();
      if (policy === null) return null;
      return explain(policy, { ...(await factsOf(policy, asking)), request: filledIn(asking) });
    },

    /** What a form says before it is sent; null: there is no policy. */
    async choicesFor(form: Asking): Promise<Choices | null> {
      const policy = deps.policy();
      if (policy === null) return null;
      return choicesOf(policy, { ...(await factsOf(policy, form)), request: filledIn(form) });
    },

    /** null: nothing special. */
    async rulesAt(where: Where) {
      const policy = deps.policy();
      if (policy === null) return null;
      const place = await placeOf(policy, where);
      return {
        defaults: placeDefaults(policy, place),
        /** Adds what the policy sets. */
        set: (draft: EffectiveDraft) => fillIn(policy, place, draft),
      };
    },

    /** What is sent to Devin with every task there; null: nothing. */
    async instructionsAt(where: Where): Promise<string | null> {
      const policy = deps.policy();
      return policy === null ? null : standingInstructions(policy, await placeOf(policy, where));
    },

    async preferencesAt(where: Where): Promise<Preferences> {
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

/** Part of Slack's 3 s for an answer. */
const WITHIN_MS = 700;

/** What the policy says of a place; something else if Slack doesn't answer in time. */
function createQuickly(log: Log) {
  const inTime = createInTime(log);
  const what = 'a place, for the policy,';
  return async <T>(asking: Promise<T>, otherwise: T): Promise<T> =>
    inTime(asking, { withinMs: WITHIN_MS, otherwise, what });
}

type QuickDeps = {
  gate: Gate;
  settings: Pick<Settings, 'layersFor'>;
  withNames: WithNames;
  log: Log;
};

export type TypedDraft = { draft: StoredDraft; reset?: readonly FieldKey[] };
export type QuickGate = ReturnType<typeof createQuickGate>;

/** For listeners, which can't wait. The job that starts a session asks the gate again. */
export function createQuickGate({ gate, settings, withNames, log }: QuickDeps) {
  const quickly = createQuickly(log);
  return {
    /** The draft that counts: what was typed, with defaults and with what the policy sets in the place. */
    async effectiveDraft(asker: Person & Where, { draft, reset = [] }: TypedDraft): Promise<EffectiveDraft> {
      const [layers, rules] = await Promise.all([
        settings.layersFor(asker),
        quickly(gate.rulesAt(asker), null),
      ]);
      const channel = { ...rules?.defaults, ...layers.channel };
      const effective = applyDefaults({ ...withoutFields({ ...layers, channel }, reset), request: draft });
      return withNames(rules === null ? effective : rules.set(effective));
    },
    /** null: there is no policy. `not-known`: Slack didn't answer in time. */
    explain: async (asking: Asking) =>
      quickly<Explained | null | 'not-known'>(gate.explain(asking), 'not-known'),
    /** null: everything can be chosen, as far as the app knows. */
    choicesFor: async (form: Form) => quickly(gate.choicesFor(form), null),
  };
}

type PolicyDeps = { policy: Pick<FileSource<Policy>, 'current'>; gate: Gate; log: Log };

/** Settings with those of the policy. If a place can't be looked up, the strictest of any place apply. */
export function withPolicy(settings: Settings, { policy, gate, log }: PolicyDeps): Settings {
  const quickly = createQuickly(log);
  return {
    ...settings,
    async preferencesFor(place) {
      const channels = policy.current()?.channels ?? [];
      if (channels.length === 0) return settings.preferencesFor(place);
      const { channelId } = place;
      const found = await quickly<Preferences | null>(gate.preferencesAt({ channelId }), strictest(channels));
      const { steer, listen, mentions } = found ?? {};
      return settings.preferencesFor(place, { steer, listen, mentions });
    },
  };
}
