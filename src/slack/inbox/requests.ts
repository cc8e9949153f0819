import type { Transaction } from 'kysely';
import type { EnqueueAll } from '../../queue/index.ts';
import type { MessageContext } from '../../session/context.ts';
import { draftForOthers } from '../../session/credentials.ts';
import { applyForm, type EffectiveDraft } from '../../session/defaults.ts';
import { faultsOf, faultsOfFailure, type Faults, type Unsaved } from '../../session/failure.ts';
import type { SessionDraft } from '../../session/fields.ts';
import type { Problem, Wish } from '../../session/intent.ts';
import type { LimitReached } from '../../session/policy/limits.ts';
import type { RequestState } from '../../session/request.ts';
import { appendAudit, requestEntries, type AuditEntry } from '../../store/audit.ts';
import { beginCommit, inBatches, withDeadline, type Deadline, type Writes } from '../../store/commit.ts';
import { EMPTY_ENVELOPE, type Envelope } from '../../store/envelope.ts';
import type { Form } from '../../store/forms.ts';
import type { Limiter } from '../../store/limiter.ts';
import {
  newId,
  offeredKey,
  twinKey,
  type NewRequest,
  type SessionRequest,
  lostSecrets,
} from '../../store/requests.ts';
import type { Store, Tables } from '../../store/store.ts';
import type { QuickGate } from '../authority.ts';
import { placeColumns, type Origin } from '../edge/places.ts';

/** What people ask for is saved in one transaction with its jobs. The rest happens after Slack has its answer. */

export type RequestsContext = {
  store: Store;
  gate: QuickGate;
  save: Writes['save'];
  saveRequest: ReturnType<typeof createSaveRequest>;
};

/** Keeps what a form is filled in with until it is sent. A form's id goes into a button or a modal. */
async function keep(
  { store: { forms, envelopes } }: RequestsContext,
  origin: Origin & { id: string },
  content: {
    draft: EffectiveDraft;
    context: MessageContext | null;
    /** What was refused, by field. */
    faults: Faults;
    /** Names of session secrets that were not kept. */
    lostSecrets: string[] | null;
  },
): Promise<Form> {
  const { id } = origin;
  const sealed = envelopes.close(id, { responseUrl: origin.responseUrl });
  const form = { ...placeColumns(origin), id, ...content, sealed };
  await forms.insert(form);
  return { ...form, without: null, questions: null, sentIn: null };
}

/** `problems`: what could not be read. `id`: of one form, however often it is offered. */
type OfferedForm = {
  wish?: Wish & { problems?: readonly Problem[] };
  context?: MessageContext | null;
  id?: string;
};

/** With what could be read, and at its fields what could not. */
export async function offerForm(
  c: RequestsContext,
  origin: Origin,
  { wish = { draft: {} }, context = null, id = newId() }: OfferedForm = {},
): Promise<Form> {
  return withDeadline(async () => {
    const draft = await c.gate.effectiveDraft(origin, wish);
    const content = { draft, context, faults: faultsOf(wish.problems ?? []), lostSecrets: null };
    return keep(c, { ...origin, id }, content);
  });
}

/** Filled in like a request, to start the same again. */
export async function offerAgain(
  c: RequestsContext,
  { userId, responseUrl }: Pick<Origin, 'userId' | 'responseUrl'>,
  request: SessionRequest,
): Promise<Form> {
  const { teamId, channelId, threadTs, placeKind, draft, context, failure } = request;
  return keep(
    c,
    { id: newId(), teamId, userId, channelId, threadTs, placeKind, responseUrl },
    {
      draft: userId === request.userId ? draft : draftForOthers(draft),
      context,
      lostSecrets: lostSecrets(request),
      faults: faultsOfFailure(failure),
    },
  );
}

/** What is sealed with a form. */
function envelopeOf(envelopes: Store['envelopes'], { id, sealed }: Form): Envelope {
  return envelopes.open(id, sealed) ?? EMPTY_ENVELOPE;
}

/**
 * Rejects with a `TooLateError` if it can't be saved before Slack stops waiting. `unlessTwin`: not if the person asked
 * for the same there a moment ago; resolves with the id of that request.
 */
async function accept(
  { save, saveRequest }: RequestsContext,
  asked: NewRequest | Promise<NewRequest>,
  unlessTwin: boolean,
): Promise<string | null> {
  return withDeadline(async (deadline) => {
    const request = await asked;
    return save(async () => saveRequest({ request, deadline, unlessTwin }));
  });
}

/** A task typed as a command or as a message. `dedupeKey`: Slack's name for this one delivery. */
export type TypedTask = {
  dedupeKey: string;
  slackFileIds: string[];
  /** null: nothing but what was typed. */
  context: MessageContext | null;
};

async function typedRequest(
  { store: { envelopes } }: RequestsContext,
  { responseUrl, ...origin }: Origin,
  asked: TypedTask & { draft: EffectiveDraft | Promise<EffectiveDraft> },
): Promise<NewRequest> {
  const id = newId();
  const sealed = envelopes.close(id, { responseUrl });
  return { ...placeColumns(origin), ...asked, draft: await asked.draft, id, source: 'command', sealed };
}

/**
 * If the person asked for the same in the same place a moment ago, nothing is saved, and it resolves with the id of that
 * request.
 */
export async function acceptTask(
  c: RequestsContext,
  origin: Origin,
  { wish, ...task }: TypedTask & { wish: Wish },
): Promise<string | null> {
  const draft = c.gate.effectiveDraft(origin, wish);
  return accept(c, typedRequest(c, origin, { ...task, draft }), true);
}

type SubmittedForm = {
  viewId: string;
  userId: string;
  draft: SessionDraft;
  choice: MessageContext['choice'] | null;
  fileIds: string[];
  /** The person knows that they asked for the same before. */
  isAnother: boolean;
};

/**
 * A form that was submitted; `viewId` names this one opening of it. null: it is saved. Otherwise it was sent before:
 * in another view, or in this one if Slack lost the answer; or the person asked for the same there a moment ago.
 */
export async function acceptForm(
  c: RequestsContext,
  form: Form,
  { viewId, userId, draft, choice, fileIds, isAnother }: SubmittedForm,
): Promise<Unsaved | null> {
  if (!isAnother && form.sentIn !== null && form.sentIn !== viewId) return 'asked-before';
  const { requests, forms, envelopes } = c.store;
  const { session_secrets: sessionSecrets = [], ...stored } = draft;
  const id = newId();
  const request: NewRequest = {
    ...placeColumns(form),
    id,
    dedupeKey: `form:${viewId}`,
    source: 'form',
    userId,
    draft: applyForm(form.draft, stored),
    context: chosenContext(form, choice),
    slackFileIds: fileIds,
    sealed: envelopes.close(id, { ...envelopeOf(envelopes, form), sessionSecrets }),
    secretNames: sessionSecrets.map(({ key }) => key),
  };
  if ((await accept(c, request, !isAnother)) !== null) return 'asked-before';
  await forms.change(form.id, { sentIn: viewId });
  return (await requests.idOf(request.dedupeKey)) === id ? null : 'sent-before';
}

/**
 * A text that may have been a slip, which the person wants started as a task: once, however often they say so. False:
 * nothing is saved, since its form was sent.
 */
export async function acceptOffered(c: RequestsContext, form: Form): Promise<boolean> {
  const { forms, envelopes } = c.store;
  const { draft, context } = form;
  const dedupeKey = offeredKey(form.id);
  if (form.sentIn !== null && form.sentIn !== dedupeKey) return false;
  const origin = { ...form, responseUrl: envelopeOf(envelopes, form).responseUrl };
  await accept(c, typedRequest(c, origin, { dedupeKey, draft, context, slackFileIds: [] }), false);
  await forms.change(form.id, { sentIn: dedupeKey });
  return true;
}

function chosenContext(
  { context, without }: Form,
  choice: MessageContext['choice'] | null,
): MessageContext | null {
  if (context === null) return null;
  const chosen = { ...context, isOffered: false, choice: choice ?? context.choice };
  return { ...chosen, ...(without !== null && { without }) };
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

type Inserted = {
  inserted: readonly NewRequest[];
  take: Awaited<ReturnType<Limiter['hold']>>['take'];
};

/** Starts the ones within their person's limits. The audit comes last: it makes others wait. Returns their states. */
async function startOrRefuse(
  c: SavingContext,
  { inserted, take }: Inserted,
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
