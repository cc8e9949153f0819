import type { Log } from '../log.ts';
import { givenApprovals, type Approval, type UnapprovedEnd } from '../session/approval.ts';
import type { MessageContext, PlaceKind } from '../session/context.ts';
import { applyDefaults, type EffectiveDraft, type WithNames } from '../session/defaults.ts';
import type { Failure } from '../session/failure.ts';
import type { StoredDraft } from '../session/fields.ts';
import { devinUserOf, type SlackPerson } from '../session/identity.ts';
import type { PolicyRequest } from '../session/policy/conditions.ts';
import {
  decide,
  explain,
  rulesAt,
  strictest,
  termsOf,
  type Explained,
  type Hurdle,
  type Terms,
  needsOf,
  type PolicyFacts,
  type PolicyPlace,
} from '../session/policy/decide.ts';
import type { Policy } from '../session/policy/schema.ts';
import type { Filled, QuickGate, Where } from '../slack/authority.ts';
import type { Groups } from '../slack/edge/people.ts';
import { type Conversations, isDirectMessage } from '../slack/edge/places.ts';
import type { Person } from '../store/identities.ts';
import type { SessionRequest } from '../store/requests.ts';
import type { Settings } from '../store/settings.ts';
import { fingerprintOf } from '../store/sql.ts';
import { inTime } from '../time.ts';
import { changeSince } from './approvers.ts';
import type { Budget } from './budget.ts';
import type { FileSource } from './file-source.ts';

/** `fingerprint`: of what the approval is for. `policy`: the SHA-256 of the file that asks for it. */
export type ApprovalNeeded = {
  kind: 'approval';
  draft: EffectiveDraft;
  hurdle: Hurdle;
  terms: Terms & { expiresMs: number };
  fingerprint: string;
  policy: string | null;
};

/** What the gate looks up, and where. */
export type GateContext = {
  policy: Pick<FileSource<Policy>, 'current' | 'sha256'>;
  people: { find: (userId: string) => Promise<SlackPerson | null> };
  groups: Pick<Groups, 'isIn' | 'idsOf'>;
  describePlace: Conversations['describePlace'];
  budget: Pick<Budget, 'ceilings'>;
};

export type Gate = ReturnType<typeof createGate>;

/** Asks the policy, with what it needs to know about the person and the place. Throws if Slack can't be asked. */
export function createGate(c: GateContext) {
  const { current } = c.policy;

  async function factsOf(policy: Policy, asking: Where & Person) {
    const [person, place, budgets] = await Promise.all([
      personOf(c, policy, asking.userId),
      placeOf(c, policy, asking),
      c.budget.ceilings(asking),
    ]);
    return { person, place, ...budgets };
  }

  return {
    /** Whether a request may start now. `draft`: with what the policy sets. `rule`: the one that allows it. */
    async judge(request: SessionRequest): Promise<
      /** `approved`: the limits it may exceed. */
      | { kind: 'allowed'; draft: EffectiveDraft; approved: readonly string[]; rule: string | null }
      | ApprovalNeeded
      /** What was approved is something else by now. */
      | { kind: 'changed'; approval: Approval; end: UnapprovedEnd }
      | { kind: 'refused'; failure: Failure }
    > {
      const [policy, sha256] = [current(), c.policy.sha256()];
      const given = givenApprovals(request);
      const approved = given.map(({ rule }) => rule);
      const facts = { ...(await factsOf(policy, request)), request: requestedBy(request) };
      const { draft, hurdles, rule } = decide(policy, facts, approved);
      const fingerprint = fingerprintOf(sentBy(request, draft));
      for (const approval of given) {
        const end = await changeSince(c, approval, {
          requester: request.userId,
          policy,
          sha256,
          fingerprint,
        });
        if (end !== null) return { kind: 'changed', approval, end };
      }
      const [hurdle] = hurdles;
      if (hurdle === undefined)
        return { kind: 'allowed', draft, approved, rule: rule ?? approved[0] ?? null };
      if (hurdle.verdict === 'approve') {
        const terms = termsOf(policy, hurdle.rule);
        return { kind: 'approval', draft, hurdle, terms, fingerprint, policy: sha256 };
      }
      const refusing = hurdles.filter(({ verdict }) => verdict === 'refuse');
      return { kind: 'refused', failure: { kind: 'policy', hurdles: refusing } };
    },

    /** What the policy says about what is filled in, and about the place. */
    async explain(asking: Filled): Promise<Explained> {
      const policy = current();
      return explain(policy, { ...(await factsOf(policy, asking)), request: filledIn(asking) });
    },

    /** What holds in a place. */
    async rulesAt(where: Where) {
      const policy = current();
      // The names and kinds that only its rules ask for don't matter.
      return rulesAt(policy, await placeOf(c, { ...policy, rules: [] }, where));
    },
  };
}

const DIRECT = { public: false, private: false, direct: true, shared: false };

async function placeOf(
  c: GateContext,
  policy: Policy,
  { channelId, placeKind = null }: Where,
): Promise<PolicyPlace> {
  if (placeKind === 'direct' || isDirectMessage(channelId)) return { channelId, name: '', is: DIRECT };
  const found = needsOf(policy).place ? await c.describePlace(channelId) : null;
  if (found === null) {
    const known = (kind: PlaceKind): boolean | null => (placeKind === null ? null : placeKind === kind);
    const is = { public: known('public'), private: known('private'), direct: known('direct'), shared: null };
    return { channelId, name: null, is };
  }
  const { name, isPrivate, isShared } = found;
  return { channelId, name, is: { public: !isPrivate, private: isPrivate, direct: false, shared: isShared } };
}

async function personOf(c: GateContext, policy: Policy, userId: string): Promise<PolicyFacts['person']> {
  const needs = needsOf(policy);
  const email = needs.email ? ((await c.people.find(userId))?.email ?? null) : null;
  const isIn = async (id: string) => [id, await c.groups.isIn(id, userId)] as const;
  const groups = await Promise.all(needs.groups.map(isIn));
  return { userId, email, groups: new Map(groups) };
}

/** What an approval is for. The instructions that are sent with it are the policy's own. */
function sentBy(request: SessionRequest, { values }: EffectiveDraft) {
  const { identity, slackFileIds, context, secretNames, material } = request;
  return { runsAs: devinUserOf(identity), values, slackFileIds, context, secretNames, material };
}

function requestedBy(request: SessionRequest): PolicyRequest {
  const { draft, secretNames, slackFileIds, context, uploads, material } = request;
  const files = [slackFileIds, uploads?.urls ?? [], material?.files ?? []].flat();
  return {
    draft,
    hasSessionSecrets: secretNames.length > 0,
    hasAttachments: hasFiles(draft.values, context, files),
  };
}

/** A form or command as it is filled in now. */
function filledIn({ draft, context, without, ...sent }: Filled): PolicyRequest {
  const { slackFileIds = [], hasSessionSecrets = false } = sent;
  const quoted = context && { ...context, ...(without && { without }) };
  return { draft, hasSessionSecrets, hasAttachments: hasFiles(draft.values, quoted, slackFileIds) };
}

/** Whether links, files of the message that weren't unticked, or other files are sent. */
function hasFiles(
  { attachment_urls: links = [] }: StoredDraft,
  context: MessageContext | null,
  others: readonly unknown[],
): boolean {
  const unticked = context?.without?.files ?? [];
  const quoted = context?.picked.files.filter(({ id }) => !unticked.includes(id)) ?? [];
  return links.length + quoted.length + others.length > 0;
}

/** Part of Slack's 3 s for an answer. */
const WITHIN_MS = 700;

/** What the policy says of a place; something else if Slack doesn't answer in time. */
async function quickly<T>(asking: Promise<T>, otherwise: T, log: Log): Promise<T> {
  const what = 'a place, for the policy,';
  return inTime(asking, { withinMs: WITHIN_MS, otherwise, what, log });
}

/** For listeners, which can't wait. The job that starts a session asks the gate again. */
export function createQuickGate(c: {
  gate: Gate;
  settings: Pick<Settings, 'layersFor'>;
  withNames: WithNames;
  log: Log;
}): QuickGate {
  return {
    async effectiveDraft(asker, { draft }) {
      const [layers, rules] = await Promise.all([
        c.settings.layersFor(asker),
        quickly<Awaited<ReturnType<Gate['rulesAt']>> | null>(c.gate.rulesAt(asker), null, c.log),
      ]);
      const channel = { ...rules?.defaults, ...layers.channel };
      const effective = applyDefaults({ ...layers, channel, request: draft });
      return c.withNames(rules?.fillIn(effective) ?? effective);
    },
    explain: async (asking) => quickly<Explained | null>(c.gate.explain(asking), null, c.log),
  };
}

/** Settings with those of the policy. If a place can't be looked up, the strictest of any place apply. */
export function withPolicy(
  settings: Settings,
  { policy, gate, log }: { policy: Pick<FileSource<Policy>, 'current'>; gate: Gate; log: Log },
): Settings {
  return {
    ...settings,
    async preferencesFor(place) {
      const { channels } = policy.current();
      const { channelId } = place;
      const here = gate.rulesAt({ channelId }).then(({ preferences }) => preferences);
      const { steer, listen, mentions } = await quickly(here, strictest(channels), log);
      return settings.preferencesFor(place, { steer, listen, mentions });
    },
  };
}
