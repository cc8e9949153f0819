import { refusedAs } from '../failures.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { EffectiveDraft, WithNames } from '../session/defaults.ts';
import {
  fields,
  storedDraftSchema,
  type FieldKey,
  type FieldValues,
  type Lookup,
} from '../session/fields.ts';
import type { Identity, RefusedIdentity } from '../session/identity.ts';
import { buildPrompt, type QuotedThread } from '../session/prompt.ts';
import { isOutside, type PresenceOf } from '../slack/edge/conversations.ts';
import { isSaid, type RequestChanges, type SessionRequest } from '../store/request-row.ts';
import type { Gate } from '../trust/index.ts';
import type { CreateStep, Flow, Run, StepOutcome } from './run.ts';
import type { Send } from './send.ts';

type IdentifyDeps = {
  gate: Pick<Gate, 'judge'>;
  resolve: ResolveIdentity;
  idOf: IdOf;
  presence: PresenceOf;
  flow: Flow;
  withNames: WithNames;
  nameMentions: NameMentions;
  now: () => number;
};

type NameMentions = (text: string) => Promise<string>;

/** Why a card isn't where it was requested; beside Slack's own codes. */
export const PERSON_NOT_IN_CONVERSATION = 'person_not_in_conversation';

/** Slack delivers a command only from a conversation its author is in; that counts for a minute. */
const SLACKS_WORD_MS = 60_000;

type AcceptedIdentity = Exclude<Identity, RefusedIdentity>;
/** What is saved about who asks. */
export type Found = Pick<RequestChanges, 'cardElsewhere'> & {
  identity: AcceptedIdentity;
  draft: EffectiveDraft;
  rule: string | null;
};
/** `approved`: the limits that it may exceed. */
type Identified =
  | { kind: 'found'; found: Found; approved: readonly string[] }
  | { kind: 'not'; outcome: StepOutcome };
export type Identify = (run: Run) => Promise<Identified>;

/** Who the session runs as, and whether the policy allows it now. */
export function createIdentify(deps: IdentifyDeps): Identify {
  const { resolve, flow } = deps;

  /** Nothing is posted in a conversation for a person who isn't in it. */
  async function placeChanges(request: SessionRequest): Promise<Pick<RequestChanges, 'cardElsewhere'>> {
    const { source, state, channelId, userId } = request;
    if (state !== 'accepted' || request.cardElsewhere !== null) return {};
    if (source === 'command' && deps.now() - request.createdAt.getTime() < SLACKS_WORD_MS) return {};
    const presence = await deps.presence({ channelId, userId });
    return isOutside(presence) ? { cardElsewhere: PERSON_NOT_IN_CONVERSATION } : {};
  }

  /** Devin knows nobody by an id of Slack. */
  async function withTitle(draft: EffectiveDraft): Promise<EffectiveDraft> {
    const { title } = draft.values;
    if (title === undefined) return draft;
    return { ...draft, values: { ...draft.values, title: await deps.nameMentions(title) } };
  }

  async function find(run: Run): Promise<Identified> {
    const { request } = run;
    const [identity, placing] = await Promise.all([resolve(request), placeChanges(request)]);
    if (identity.kind === 'refused')
      return { kind: 'not', outcome: await flow.end(run, refusedAs(identity)) };
    const named = request.state === 'accepted' ? await withIds(deps.idOf, request.draft) : request.draft;
    if ('kind' in named) return { kind: 'not', outcome: await flow.end(run, named) };
    const verdict = await deps.gate.judge({ ...request, draft: named, identity });
    if (verdict.kind === 'refused') return { kind: 'not', outcome: await flow.end(run, verdict.failure) };
    if (verdict.kind === 'changed') return { kind: 'not', outcome: await flow.endApproval(run, verdict) };
    const draft = deps.withNames(await withTitle(verdict.draft));
    const found = { identity, draft, ...placing };
    if (verdict.kind === 'approval') return { kind: 'not', outcome: await toIdentified(flow, run, found) };
    const { rule, approved } = verdict;
    return { kind: 'found', found: { ...found, rule }, approved };
  }

  return async (run) => {
    try {
      return await find(run);
    } catch (error) {
      return { kind: 'not', outcome: await flow.afterLookup(run, error) };
    }
  };
}

type Quoted = { thread: QuotedThread | null; transcript: string | null };
export type WritePrompt = (request: SessionRequest, quoted: Quoted) => Promise<string>;

type PromptDeps = {
  /** What the policy adds to every task there. */
  gate: Pick<Gate, 'instructionsAt'>;
  nameMentions: NameMentions;
};

export function createWritePrompt({ gate, nameMentions }: PromptDeps): WritePrompt {
  return async (request, { thread, transcript }) =>
    buildPrompt({
      task: await nameMentions(request.draft.values.prompt ?? ''),
      instructions: await gate.instructionsAt(request),
      thread,
      transcript,
      requestId: request.id,
    });
}

type IdentifyStepDeps = {
  identify: Identify;
  writePrompt: WritePrompt;
  send: Send;
  flow: Flow;
  undoMs: number;
  now: () => number;
};

/**
 * accepted -> held if a message asked for it, or identified, or refused. A task without context or files is sent at once: nothing can happen between
 * identifying and sending that would have to be saved.
 */
export function createIdentifyStep(deps: IdentifyStepDeps): CreateStep {
  const { identify, writePrompt, send, flow, undoMs } = deps;
  return async (run) => {
    const { request } = run;
    const now = await identify(run);
    if (now.kind === 'not') return now.outcome;
    const { found, approved } = now;
    // Whoever restarted it has seen it already.
    if (undoMs > 0 && isSaid(request) && request.resumedAt === null) {
      const changes = { ...found, heldUntil: new Date(deps.now() + undoMs) };
      return flow.advance(run, { to: 'held', changes, effects: { card: 'now' } });
    }
    if (request.context === null && request.slackFileIds.length === 0) {
      const prompt = await writePrompt({ ...request, ...found }, BARE);
      return send(run, { found: { ...found, prompt, uploads: { urls: [], leftOut: [] } }, approved });
    }
    return toIdentified(flow, run, found);
  };
}

/** held -> identified, once nobody canceled it in time. */
export function createHoldStep({ flow, now }: { flow: Flow; now: () => number }): CreateStep {
  return async (run) => {
    const afterMs = (run.request.heldUntil?.getTime() ?? 0) - now();
    return afterMs > 0 ? { kind: 'later', afterMs } : toIdentified(flow, run, {});
  };
}

const BARE = { thread: null, transcript: null };

/** The next step collects what is sent, and asks for an approval if the policy wants one. */
async function toIdentified(flow: Flow, run: Run, changes: RequestChanges): Promise<StepOutcome> {
  return flow.advance(run, { to: 'identified', changes, effects: { card: 'soon' } });
}

/** The id of what is given by its name or id; null: there is none. Throws DevinError. */
type IdOf = (lookup: Exclude<Lookup, 'repositories'>, typed: string) => Promise<string | null>;

type Unlisted = { kind: 'not-listed'; field: FieldKey; value: string };

/** With ids for names, or the first that Devin doesn't list: nothing is sent then. Repositories have no ids. */
async function withIds(idOf: IdOf, draft: EffectiveDraft): Promise<EffectiveDraft | Unlisted> {
  const values: FieldValues = draft.values;
  const found: Record<string, unknown> = {};
  for (const { key, input } of fields) {
    const lookup = 'lookup' in input ? input.lookup : undefined;
    const typed = [values[key] ?? []].flat().filter((one) => typeof one === 'string');
    if (lookup === undefined || lookup === 'repositories' || typed.length === 0) continue;
    const ids: string[] = [];
    for (const value of typed) {
      const id = await idOf(lookup, value);
      if (id === null) return { kind: 'not-listed', field: key, value };
      ids.push(id);
    }
    found[key] = input.kind === 'list' ? ids : ids[0];
  }
  return { ...draft, values: storedDraftSchema.parse({ ...draft.values, ...found }) };
}
