import type { Kysely, Transaction } from 'kysely';
import type { EnqueueAll } from '../../queue/index.ts';
import type { MessageContext } from '../../session/context.ts';
import { applyForm } from '../../session/defaults.ts';
import type { Unsaved } from '../../session/failure.ts';
import type { SessionDraft } from '../../session/fields.ts';
import type { Wish } from '../../session/intent.ts';
import type { LimitReached } from '../../session/policy/limits.ts';
import type { RequestState } from '../../session/request.ts';
import { appendAudit, requestEntries, type AuditEntry } from '../../store/audit.ts';
import { beginCommit, inBatches, withDeadline, type Deadline, type Writes } from '../../store/commit.ts';
import type { Envelopes } from '../../store/envelope.ts';
import type { Form, Forms } from '../../store/forms.ts';
import type { Limiter, Twin } from '../../store/limiter.ts';
import { messageKey, newId, offeredKey, twinKey, type NewRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { Tables } from '../../store/tables.ts';
import type { QuickGate } from '../../trust/index.ts';
import { placeColumns, type Origin } from '../edge/places.ts';
import { openForm } from './form-inbox.ts';

type InboxDeps = {
  db: Kysely<Tables>;
  requests: Pick<Requests, 'insert' | 'advance' | 'idOf'>;
  forms: Pick<Forms, 'change'>;
  envelopes: Envelopes;
  effectiveDraft: QuickGate['effectiveDraft'];
  limiter: Pick<Limiter, 'hold'>;
  enqueueAll: EnqueueAll;
  /** Called with each state that a request reaches here, after the commit. */
  onMoved: (state: RequestState) => void;
  save: Writes['save'];
};

type Asked = Pick<NewRequest, 'dedupeKey' | 'draft' | 'context' | 'slackFileIds'>;

export type TypedTask = {
  wish: Wish;
  files: readonly { id: string }[];
  /** null: nothing but what was typed. */
  context: MessageContext | null;
};

type SubmittedForm = {
  viewId: string;
  userId: string;
  draft: SessionDraft;
  choice: MessageContext['choice'] | null;
  fileIds: string[];
  /** The person knows that they asked for the same before. */
  isAnother: boolean;
};

/** Saves what people ask for, in one transaction with its jobs. The rest happens after Slack has its answer. */
export function createRequestInbox(deps: InboxDeps) {
  const { requests, forms, envelopes, effectiveDraft, save } = deps;
  const saveRequest = createSaveRequest(deps);

  /**
   * Rejects with a `TooLateError` if it can't be saved before Slack stops waiting. `unlessTwin`: not if the person asked
   * for the same there a moment ago; resolves with the id of that request.
   */
  const accept = async (toRequest: () => Promise<NewRequest>, unlessTwin = false): Promise<string | null> =>
    withDeadline(async (deadline) =>
      save(async () => saveRequest({ request: await toRequest(), deadline, unlessTwin })),
    );

  function commandRequest({ responseUrl, ...origin }: Origin, asked: Asked): NewRequest {
    const id = newId();
    const sealed = envelopes.close(id, { responseUrl });
    return { ...placeColumns(origin), ...asked, id, source: 'command', sealed };
  }

  async function typedRequest(
    origin: Origin,
    dedupeKey: string,
    { wish, files, context }: TypedTask,
  ): Promise<NewRequest> {
    const draft = await effectiveDraft(origin, wish);
    return commandRequest(origin, { dedupeKey, draft, context, slackFileIds: files.map(({ id }) => id) });
  }

  return {
    /**
     * A task typed as a command; `triggerId` is Slack's name for this one delivery. If the person asked for the same in
     * the same place a moment ago, nothing is saved, and it resolves with the id of that request.
     */
    acceptCommand: async (origin: Origin, triggerId: string, wish: Wish): Promise<string | null> =>
      accept(
        async () => typedRequest(origin, `command:${triggerId}`, { wish, files: [], context: null }),
        true,
      ),

    /** The same for a message that is the task, to the app or in a session's thread: once, however often it arrives. */
    acceptMessage: async (origin: Origin, ts: string, task: TypedTask): Promise<string | null> =>
      accept(async () => typedRequest(origin, messageKey({ ...origin, ts }), task), true),

    /**
     * A form that was submitted; `viewId` names this one opening of it. null: it is saved. Otherwise it was sent before:
     * in another view, or in this one if Slack lost the answer; or the person asked for the same there a moment ago.
     */
    async acceptForm(form: Form, submitted: SubmittedForm): Promise<Unsaved | null> {
      const { viewId, userId, draft, choice, fileIds, isAnother } = submitted;
      if (!isAnother && form.sentIn !== null && form.sentIn !== viewId) return 'asked-before';
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
        sealed: envelopes.close(id, { ...openForm(envelopes, form), sessionSecrets }),
        secretNames: sessionSecrets.map(({ key }) => key),
      };
      if ((await accept(async () => request, !isAnother)) !== null) return 'asked-before';
      await forms.change(form.id, { sentIn: viewId });
      return (await requests.idOf(request.dedupeKey)) === id ? null : 'sent-before';
    },

    /**
     * A text that may have been a slip, which the person wants started as a task: once, however often they say so. False:
     * nothing is saved, since its form was sent.
     */
    async acceptOffered(form: Form): Promise<boolean> {
      const { draft, context } = form;
      const dedupeKey = offeredKey(form.id);
      if (form.sentIn !== null && form.sentIn !== dedupeKey) return false;
      const origin = { ...form, responseUrl: openForm(envelopes, form).responseUrl };
      const request = commandRequest(origin, { dedupeKey, draft, context, slackFileIds: [] });
      await accept(async () => request);
      await forms.change(form.id, { sentIn: dedupeKey });
      return true;
    },
  };
}

function chosenContext(
  { context, without }: Form,
  choice: MessageContext['choice'] | null,
): MessageContext | null {
  if (context === null) return null;
  const chosen = { ...context, isOffered: false, choice: choice ?? context.choice };
  return { ...chosen, ...(without !== null && { without }) };
}

/** `unlessTwin`: not if the person asked for the same there a moment ago. */
type Pending = { request: NewRequest; deadline: Deadline; unlessTwin: boolean };

function twinOf({ request, unlessTwin }: Pending): Twin[] {
  const { id, dedupeKey } = request;
  return unlessTwin ? [{ id, dedupeKey, twinKey: twinKey(request) }] : [];
}

/** Requests that share a transaction when many come at once. */
const BATCH_SIZE = 50;

/** Rows and jobs in one transaction; a delivery that was seen before changes nothing. Resolves with the id of a twin. */
function createSaveRequest({ db, requests, envelopes, limiter, enqueueAll, onMoved }: InboxDeps) {
  /** The person is told why, and gets what they typed back in a form. */
  async function refuseBeyond(
    { id, sealed }: NewRequest,
    reached: LimitReached,
    trx: Transaction<Tables>,
  ): Promise<AuditEntry[]> {
    const failure = { kind: 'limit', ...reached } as const;
    const changes = { failure, sealed: envelopes.withoutSecrets(id, sealed) };
    const moved = await requests.advance({ id, from: 'accepted', to: 'refused', changes }, trx);
    await enqueueAll('tell-person', [{ requestId: id, notice: 'refused' }], trx);
    return moved === null ? [] : requestEntries('accepted', moved);
  }

  /** Starts the ones within their person's limits. The audit comes last: it makes others wait. Returns their states. */
  async function startOrRefuse(
    inserted: readonly NewRequest[],
    take: Awaited<ReturnType<Limiter['hold']>>['take'],
    trx: Transaction<Tables>,
  ): Promise<RequestState[]> {
    const refused: RequestState[] = [];
    const refusals: AuditEntry[] = [];
    const jobs: { requestId: string }[] = [];
    for (const request of inserted) {
      const reached = take(request);
      if (reached === null) jobs.push({ requestId: request.id });
      else {
        refused.push('refused');
        refusals.push(...(await refuseBeyond(request, reached, trx)));
      }
    }
    if (jobs.length > 0) await enqueueAll('create-session', jobs, trx);
    await appendAudit(refusals, trx);
    return [...inserted.map(() => 'accepted' as const), ...refused];
  }

  return inBatches(async (batch: Pending[]): Promise<(string | null)[]> => {
    const deadlines = batch.map(({ deadline }) => deadline);
    // A request's time may have run out while it waited for the batch before.
    for (const deadline of deadlines) deadline.check();
    const states: RequestState[] = [];
    const saved = await db.transaction().execute(async (trx) => {
      const people = batch.map(({ request }) => request);
      const { twins, take } = await limiter.hold(people, batch.flatMap(twinOf), trx);
      const wanted = batch.flatMap(({ request }) => (twins.has(request.id) ? [] : [request]));
      const areNew = wanted.length === 0 ? [] : await requests.insert(wanted, trx);
      const inserted = wanted.filter((_request, at) => areNew[at]);
      if (inserted.length > 0) states.push(...(await startOrRefuse(inserted, take, trx)));
      if (wanted.length > 0) beginCommit(deadlines);
      return batch.map(({ request: { id } }) => twins.get(id) ?? null);
    });
    states.forEach(onMoved);
    return saved;
  }, BATCH_SIZE);
}
