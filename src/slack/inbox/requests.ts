import type { Transaction } from 'kysely';
import type { EnqueueAll } from '../../queue/index.ts';
import type { MessageContext } from '../../session/context.ts';
import { draftForOthers } from '../../session/credentials.ts';
import { applyForm, type EffectiveDraft } from '../../session/defaults.ts';
import { faultsOf, faultsOfFailure, type Unsaved } from '../../session/failure.ts';
import type { SessionDraft } from '../../session/fields.ts';
import type { Problem, Wish } from '../../session/intent.ts';
import type { LimitReached } from '../../session/policy/limits.ts';
import type { RequestState } from '../../session/request.ts';
import { appendAudit, requestEntries, type AuditEntry } from '../../store/audit.ts';
import { beginCommit, inBatches, withDeadline, type Deadline } from '../../store/commit.ts';
import { EMPTY_ENVELOPE, type Envelope } from '../../store/envelope.ts';
import type { Form } from '../../store/forms.ts';
import type { Limiter } from '../../store/limiter.ts';
import { newId, offeredKey, twinKey, type NewRequest, type SessionRequest } from '../../store/requests.ts';
import type { Store, Tables } from '../../store/store.ts';
import type { QuickGate } from '../authority.ts';
import { placeColumns, type Origin } from '../edge/places.ts';

/** What people ask for is saved in one transaction with its jobs. The rest happens after Slack has its answer. */

export type RequestsContext = {
  store: Store;
  gate: QuickGate;
  saveRequest: ReturnType<typeof createSaveRequest>;
};

/** Keeps what a form is filled in with until it is sent. A form's id goes into a button or a modal. */
async function keep(
  { store: { forms, envelopes } }: RequestsContext,
  origin: Origin & { id: string },
  content: Pick<Form, 'draft' | 'context' | 'faults' | 'secretNames'>,
): Promise<Form> {
  const { id, responseUrl = null } = origin;
  const sealed = envelopes.close(id, { responseUrl });
  const form = { ...placeColumns(origin), id, ...content, sealed };
  await forms.insert(form);
  return { ...form, without: null, questions: null, sentIn: null };
}

/** With what could be read, and `problems` at their fields. `id`: of one form, however often offered. */
export async function offerForm(
  c: RequestsContext,
  origin: Origin,
  {
    wish = { draft: {} },
    context = null,
    id = newId(),
  }: { wish?: Wish & { problems?: readonly Problem[] }; context?: Form['context']; id?: string } = {},
): Promise<Form> {
  return withDeadline(async () => {
    const draft = await c.gate.effectiveDraft(origin, wish);
    const content = { draft, context, faults: faultsOf(wish.problems ?? []), secretNames: [] };
    return keep(c, { ...origin, id }, content);
  });
}

/** Filled in like a request, to start the same again. */
export async function offerAgain(
  c: RequestsContext,
  { userId, responseUrl }: Pick<Origin, 'userId' | 'responseUrl'>,
  request: SessionRequest,
): Promise<Form> {
  const { teamId, channelId, threadTs, placeKind, draft, context, failure, secretNames } = request;
  const origin = { id: newId(), teamId, userId, channelId, threadTs, placeKind, responseUrl };
  return keep(c, origin, {
    draft: userId === request.userId ? draft : draftForOthers(draft),
    context,
    secretNames,
    faults: faultsOfFailure(failure),
  });
}

/** `dedupeKey`: Slack's name for the one delivery that asks. */
export type TypedTask = {
  dedupeKey: string;
  slackFileIds: string[];
  /** null: nothing but what was typed. */
  context: MessageContext | null;
};

type TaskAsked = TypedTask & {
  source: 'command' | 'form';
  draft: EffectiveDraft | Promise<EffectiveDraft>;
  sessionSecrets: Envelope['sessionSecrets'];
  /** Not if the person asked for the same there a moment ago. */
  unlessTwin: boolean;
};

/** Rejects with a `TooLateError` if it can't be saved before Slack stops waiting. `twinId`: nothing was saved. */
async function accept(
  { saveRequest, store: { envelopes } }: RequestsContext,
  origin: Origin,
  { draft, sessionSecrets, unlessTwin, ...asked }: TaskAsked,
): Promise<{ id: string; twinId: string | null }> {
  const id = newId();
  const { responseUrl = null } = origin;
  const sealed = envelopes.close(id, { responseUrl, sessionSecrets });
  const secretNames = sessionSecrets.map(({ key }) => key);
  return withDeadline(async (deadline) => {
    const request = { ...placeColumns(origin), ...asked, id, draft: await draft, sealed, secretNames };
    return { id, twinId: await saveRequest({ request, deadline, unlessTwin }) };
  });
}

const TYPED: Pick<TaskAsked, 'source' | 'sessionSecrets'> = { source: 'command', sessionSecrets: [] };

/** A task typed as a command or as a message. Resolves with the id of its twin, if it has one. */
export async function acceptTask(
  c: RequestsContext,
  origin: Origin,
  { wish, ...task }: TypedTask & { wish: Wish },
): Promise<string | null> {
  const draft = c.gate.effectiveDraft(origin, wish);
  return (await accept(c, origin, { ...TYPED, ...task, draft, unlessTwin: true })).twinId;
}

/** null: it is saved. */
async function acceptKept(c: RequestsContext, form: Form, asked: TaskAsked): Promise<Unsaved | null> {
  const { requests, forms, envelopes } = c.store;
  const { responseUrl } = envelopes.open(form.id, form.sealed) ?? EMPTY_ENVELOPE;
  const { id, twinId } = await accept(c, { ...form, responseUrl }, asked);
  if (twinId !== null) return 'asked-before';
  await forms.change(form.id, { sentIn: asked.dedupeKey });
  return (await requests.idOf(asked.dedupeKey)) === id ? null : 'sent-before';
}

/** In another view, or as it was offered. */
const wasSent = ({ sentIn }: Form, dedupeKey: string): boolean => sentIn !== null && sentIn !== dedupeKey;

/**
 * A form that was submitted; `viewId` names this one opening of it. null: it is saved. Otherwise it was sent before:
 * in another view, or in this one if Slack lost the answer; or the person asked for the same there a moment ago.
 */
export async function acceptForm(
  c: RequestsContext,
  form: Form,
  {
    viewId,
    draft,
    fileIds: slackFileIds,
    isAnother,
  }: {
    viewId: string;
    draft: SessionDraft;
    fileIds: string[];
    /** The person knows that they asked for the same before. */
    isAnother: boolean;
  },
): Promise<Unsaved | null> {
  const dedupeKey = `form:${viewId}`;
  if (!isAnother && wasSent(form, dedupeKey)) return 'asked-before';
  const { session_secrets: sessionSecrets = [], ...stored } = draft;
  return acceptKept(c, form, {
    dedupeKey,
    source: 'form',
    draft: applyForm(form.draft, stored),
    context: chosenContext(form),
    slackFileIds,
    sessionSecrets,
    unlessTwin: !isAnother,
  });
}

/** A text that may have been a slip, as a task: once. False: nothing is saved, since its form was sent. */
export async function acceptOffered(c: RequestsContext, form: Form): Promise<boolean> {
  const { draft, context } = form;
  const dedupeKey = offeredKey(form.id);
  if (wasSent(form, dedupeKey)) return false;
  await acceptKept(c, form, { ...TYPED, dedupeKey, draft, context, slackFileIds: [], unlessTwin: false });
  return true;
}

function chosenContext({ context, without }: Form): MessageContext | null {
  return context && { ...context, isOffered: false, ...(without !== null && { without }) };
}

type SavingContext = {
  store: Store;
  limiter: Limiter;
  enqueueAll: EnqueueAll;
  /** Called with each state that a request reaches here, after the commit. */
  onMoved: (state: RequestState) => void;
};

/** `unlessTwin`: not if the person asked for the same there a moment ago. */
type Pending = { request: NewRequest; deadline: Deadline; unlessTwin: boolean };

/** Requests that share a transaction when many come at once. */
const BATCH_SIZE = 50;

/** Rows and jobs in one transaction; a delivery that was seen before changes nothing. Resolves with the id of a twin. */
export function createSaveRequest(c: SavingContext) {
  const { store, limiter, onMoved } = c;
  return inBatches(async (batch: Pending[]): Promise<(string | null)[]> => {
    const deadlines = batch.map(({ deadline }) => deadline);
    // A request's time may have run out while it waited for the batch before.
    for (const deadline of deadlines) deadline.check();
    const states: RequestState[] = [];
    const saved = await store.db.transaction().execute(async (trx) => {
      const all = batch.map(({ request }) => request);
      const mayBeTwins = batch.filter(({ unlessTwin }) => unlessTwin).map(({ request }) => request);
      const candidates = mayBeTwins.map((one) => ({ ...one, twinKey: twinKey(one) }));
      const { twins, take } = await limiter.hold(all, candidates, trx);
      const wanted = all.filter(({ id }) => !twins.has(id));
      const areNew = wanted.length === 0 ? [] : await store.requests.insert(wanted, trx);
      const inserted = wanted.filter((_request, at) => areNew[at]);
      if (inserted.length > 0) states.push(...(await startOrRefuse(c, { inserted, take }, trx)));
      if (wanted.length > 0) beginCommit(deadlines);
      return all.map(({ id }) => twins.get(id) ?? null);
    });
    states.forEach(onMoved);
    return saved;
  }, BATCH_SIZE);
}

/** Starts the ones within their person's limits. The audit comes last: it makes others wait. Returns their states. */
async function startOrRefuse(
  c: SavingContext,
  {
    inserted,
    take,
  }: { inserted: readonly NewRequest[] } & Pick<Awaited<ReturnType<Limiter['hold']>>, 'take'>,
  trx: Transaction<Tables>,
): Promise<RequestState[]> {
  const refusals: AuditEntry[][] = [];
  const jobs: { requestId: string }[] = [];
  for (const request of inserted) {
    const reached = take(request);
    if (reached === null) jobs.push({ requestId: request.id });
    else refusals.push(await refuseBeyond(c, { request, reached }, trx));
  }
  if (jobs.length > 0) await c.enqueueAll('create-session', jobs, trx);
  await appendAudit(refusals.flat(), trx);
  return [...inserted.map(() => 'accepted' as const), ...refusals.map(() => 'refused' as const)];
}

/** The person is told why, and gets what they typed back in a form. */
async function refuseBeyond(
  { store: { requests, envelopes }, enqueueAll }: SavingContext,
  { request: { id, sealed }, reached }: { request: NewRequest; reached: LimitReached },
  trx: Transaction<Tables>,
): Promise<AuditEntry[]> {
  const failure = { kind: 'limit', ...reached } as const;
  const changes = { failure, sealed: envelopes.withoutSecrets(id, sealed) };
  const moved = await requests.advance({ id, from: 'accepted', to: 'refused', changes }, trx);
  await enqueueAll('tell-person', [{ requestId: id, notice: 'refused' }], trx);
  return moved === null ? [] : requestEntries('accepted', moved);
}
