import { refusedAs } from '../failures.ts';
import { Refused } from '../queue/index.ts';
import { type EffectiveDraft, listedIn } from '../session/defaults.ts';
import { storedDraftSchema } from '../session/fields.ts';
import type { RequestChanges, SessionRequest } from '../store/requests.ts';
import type { CreateContext } from './context.ts';
import { notApproved } from './move.ts';

/** Why a card isn't where it was requested; beside Slack's own codes. */
export const PERSON_NOT_IN_CONVERSATION = 'person_not_in_conversation';

/** Slack delivers a command only from a conversation its author is in; that counts for a minute. */
const SLACKS_WORD_MS = 60_000;

/** `approved`: the limits that it may exceed; null: it needs an approval first. */
export type Identified = { changes: RequestChanges; approved: readonly string[] | null };

/** Who the session runs as, and whether the policy allows it now. */
export async function identify(c: CreateContext, request: SessionRequest): Promise<Identified> {
  const [identity, elsewhere] = await Promise.all([c.resolve(request), placeOf(c, request)]);
  if (identity.kind === 'refused') throw new Refused(refusedAs(identity));
  const named = request.state === 'accepted' ? await withIds(c, request.draft) : request.draft;
  const verdict = await judge(c, { ...request, draft: named, identity });
  const draft = c.withNames(await withTitle(c, verdict.draft));
  const changes = { identity, draft, ...elsewhere };
  return verdict.kind === 'allowed'
    ? { changes: { ...changes, rule: verdict.rule }, approved: verdict.approved }
    : { changes, approved: null };
}

/** Throws a `Refused` if the policy forbids it, or if what was approved is something else by now. */
export async function judge({ gate }: Pick<CreateContext, 'gate'>, request: SessionRequest) {
  const verdict = await gate.judge(request);
  if (verdict.kind === 'refused') throw new Refused(verdict.failure);
  if (verdict.kind === 'changed') throw new Refused(notApproved(verdict.approval, verdict.end));
  return verdict;
}

/** Nothing is posted in a conversation for a person who isn't in it. */
async function placeOf(c: CreateContext, request: SessionRequest): Promise<RequestChanges> {
  const { source, state, channelId, userId, createdAt } = request;
  if (state !== 'accepted' || request.cardElsewhere !== null) return {};
  if (source === 'command' && c.tuning.now() - createdAt.getTime() < SLACKS_WORD_MS) return {};
  const presence = await c.slack.presence({ channelId, userId });
  return presence === 'out' ? { cardElsewhere: PERSON_NOT_IN_CONVERSATION } : {};
}

/** Devin knows nobody by an id of Slack. */
async function withTitle({ slack }: CreateContext, draft: EffectiveDraft): Promise<EffectiveDraft> {
  const { title } = draft.values;
  if (title === undefined) return draft;
  return { ...draft, values: { ...draft.values, title: await slack.nameMentions(title) } };
}

/** With ids for names. Throws a `Refused` for the first that Devin doesn't list. Repositories have no ids. */
async function withIds({ devin }: CreateContext, draft: EffectiveDraft): Promise<EffectiveDraft> {
  const found: Record<string, unknown> = {};
  for (const { key, lookup, set, kind } of listedIn(draft.values)) {
    if (lookup === 'repositories') continue;
    const ids: string[] = [];
    for (const value of set) {
      const id = await devin.catalog.idOf(lookup, value);
      if (id === null) throw new Refused({ kind: 'not-listed', field: key, value });
      ids.push(id);
    }
    found[key] = kind === 'list' ? ids : ids[0];
  }
  return { ...draft, values: storedDraftSchema.parse({ ...draft.values, ...found }) };
}
