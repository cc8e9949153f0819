import type { Kysely, Transaction } from 'kysely';
import type { EnqueueAll } from '../queue/index.ts';
import type { MessageContext } from '../session/context.ts';
import { applyForm } from '../session/defaults.ts';
import type { FieldKey, SessionDraft } from '../session/fields.ts';
import type { Wish } from '../session/intent.ts';
import type { LimitReached } from '../session/limits.ts';
import { appendAudit, requestEntries } from '../store/audit.ts';
import type { AuditEntry } from '../store/audit.ts';
import { beginCommit, inBatches, inTime } from '../store/commit.ts';
import type { Deadline } from '../store/commit.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { Form, Forms } from '../store/forms.ts';
import type { Limiter, Twin } from '../store/limiter.ts';
import { messageKey, newId, twinKey } from '../store/request-row.ts';
import type { NewRequest, SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { Tables } from '../store/tables.ts';
import { openForm, placeOf, withSecrets } from './form-inbox.ts';
import type { EffectiveDraftOf, Origin } from './form-inbox.ts';

type InboxDeps = {
  db: Kysely<Tables>;
  requests: Requests;
  forms: Pick<Forms, 'seal'>;
  envelopes: Envelopes;
  effectiveDraft: EffectiveDraftOf;
  limiter: Pick<Limiter, 'hold'>;
  enqueueAll: EnqueueAll;
  /** While the task runs, other work on the database steps back: Slack waits 3 s, a person less. */
  withPriority: <T>(task: () => Promise<T>) => Promise<T>;
};

/** A task as it was typed. */
type TypedTask = {
  draft: SessionDraft;
  files: readonly { id: string }[];
  reset?: readonly FieldKey[];
  /** Left out: nothing but what was typed. */
  context?: MessageContext | null;
};

type SubmittedForm = {
  viewId: string;
  userId: string;
  draft: SessionDraft;
  choice: MessageContext['choice'] | null;
  fileIds: string[];
};

export type RequestInbox = ReturnType<typeof createRequestInbox>;

/** Saves what people ask for, in one transaction with its jobs. The rest happens after Slack has its answer. */
export function createRequestInbox(deps: InboxDeps) {
  const { requests, forms, envelopes, effectiveDraft, withPriority } = deps;
  const write = createBatchedWrite(deps);

  /** Rejects with a `TooLateError` if it can't be saved before Slack stops waiting. False: it was saved before. */
  const accept = async (toRequest: () => Promise<NewRequest>): Promise<boolean> =>
    inTime(async (deadline) =>
      withPriority(async () => {
        const { isNew } = await write({ request: await toRequest(), deadline, unlessTwin: false });
        return isNew;
      }),
    );

  async function typedRequest(
    origin: Origin,
    dedupeKey: string,
    { draft, files, reset = [], context = null }: TypedTask,
  ): Promise<NewRequest> {
    const { session_secrets: sessionSecrets = [], ...stored } = draft;
    const id = newId();
    return {
      ...placeOf(origin),
      id,
      dedupeKey,
      source: 'command',
      draft: await effectiveDraft(origin, { draft: stored, reset }),
      context,
      slackFileIds: files.map(({ id: fileId }) => fileId),
      sealed: envelopes.close(id, { responseUrl: origin.responseUrl, sessionSecrets }),
      secretNames: sessionSecrets.map(({ key }) => key),
    };
  }

  return {
    /**
     * A task typed as a command; `triggerId` is Slack's name for this one delivery. If the person asked for the same in
     * the same place a moment ago, nothing is saved and that request is returned.
     */
    acceptCommand: async (
      origin: Origin,
      triggerId: string,
      { draft, reset }: Wish,
    ): Promise<SessionRequest | null> =>
      inTime(async (deadline) =>
        withPriority(async () => {
          const request = await typedRequest(origin, `command:${triggerId}`, { draft, reset, files: [] });
          const { twinId } = await write({ request, deadline, unlessTwin: true });
          return twinId === null ? null : requests.find(twinId);
        }),
      ),

    /** A task typed in a thread; `ts` names the message. */
    acceptInThread: async (origin: Origin, ts: string, task: TypedTask): Promise<boolean> =>
      accept(async () => typedRequest(origin, `thread:${origin.teamId}:${origin.channelId}:${ts}`, task)),

    /** A message to the app that is the task: once, however often it arrives. */
    acceptMessage: async (origin: Origin, ts: string, task: TypedTask): Promise<boolean> =>
      accept(async () => typedRequest(origin, messageKey({ ...origin, ts }), task)),

    /** A form that was submitted; `viewId` names this one opening of it. */
    async acceptForm(
      form: Form,
      { viewId, userId, draft, choice, fileIds }: SubmittedForm,
    ): Promise<boolean> {
      const { session_secrets: typed = [], ...stored } = draft;
      const { sessionSecrets: kept, ...urls } = openForm(envelopes, form);
      const sessionSecrets = withSecrets(kept, typed);
      const id = newId();
      const request: NewRequest = {
        ...placeOf(form),
        id,
        dedupeKey: `form:${viewId}`,
        source: 'form',
        userId,
        draft: applyForm(form.draft, stored, form.expanded),
        context: chosenContext(form, choice),
        slackFileIds: fileIds,
        sealed: envelopes.close(id, { ...urls, sessionSecrets }),
        secretNames: sessionSecrets.map(({ key }) => key),
        replaces: form.replaces,
      };
      const isNew = await accept(async () => Promise.resolve(request));
      if (kept.length > 0) await forms.seal(form.id, envelopes.withoutSecrets(form.id, form.sealed), []);
      return isNew;
    },

    /** A text that may have been a slip, which the person wants started as a task: once, however often they say so. */
    async acceptOffered(form: Form): Promise<boolean> {
      const { responseUrl } = openForm(envelopes, form);
      const id = newId();
      const request: NewRequest = {
        ...placeOf(form),
        id,
        dedupeKey: `offered:${form.id}`,
        source: 'command',
        draft: form.draft,
        context: form.context,
        slackFileIds: [],
        sealed: envelopes.close(id, { responseUrl, sessionSecrets: [] }),
      };
      return accept(async () => Promise.resolve(request));
    },
  };
}

function chosenContext(
  { context, without }: Form,
  choice: MessageContext['choice'] | null,
): MessageContext | null {
  if (context === null) return null;
  return { ...context, choice: choice ?? context.choice, ...(without !== null && { without }) };
}

/** `unlessTwin`: not if the person asked for the same there a moment ago. */
type PendingWrite = { request: NewRequest; deadline: Deadline; unlessTwin: boolean };
type Written = { isNew: boolean; twinId: string | null };
type Take = Awaited<ReturnType<Limiter['hold']>>['take'];

/** Requests that share a transaction when many come at once. */
const BATCH_SIZE = 50;

/** Rows and jobs in one transaction; a delivery that was seen before changes nothing. */
function createBatchedWrite({ db, requests, envelopes, limiter, enqueueAll }: InboxDeps) {
  /** The person is told why, and gets what they typed back in a form. */
  async function refuseBeyond(
    { id, sealed }: NewRequest,
    reached: LimitReached,
    trx: Transaction<Tables>,
  ): Promise<AuditEntry[]> {
    const failure = { kind: 'limit', ...reached } as const;
    const changes = { failure, sealed: envelopes.withoutSecrets(id, sealed) };
    const moved = await requests.advance({ id, from: 'accepted', to: 'refused', changes }, trx);
    const payload = { requestId: id, notice: 'refused' } as const;
    await enqueueAll('tell-person', [{ payload, key: id }], trx);
    return moved === null ? [] : requestEntries('accepted', moved);
  }

  /** Starts the ones within their person's limits. The audit comes last: it makes others wait. */
  async function startOrRefuse(
    inserted: readonly NewRequest[],
    take: Take,
    trx: Transaction<Tables>,
  ): Promise<void> {
    const refusals: AuditEntry[] = [];
    const jobs: { payload: { requestId: string }; key: string }[] = [];
    for (const request of inserted) {
      const { id } = request;
      const reached = take(request);
      if (reached === null) jobs.push({ payload: { requestId: id }, key: id });
      else refusals.push(...(await refuseBeyond(request, reached, trx)));
    }
    if (jobs.length > 0) await enqueueAll('create-session', jobs, trx);
    await appendAudit(refusals, trx);
  }

  return inBatches(async (batch: PendingWrite[]): Promise<Written[]> => {
    const deadlines = batch.map(({ deadline }) => deadline);
    // A request's time may have run out while it waited for the batch before.
    for (const deadline of deadlines) deadline.check();
    return db.transaction().execute(async (trx) => {
      const people = batch.map(({ request }) => request);
      const candidates = twinCandidates(batch);
      const keys = candidates.map((one) => one.twinKey);
      const { twins: known, take } = await limiter.hold(people, keys, trx);
      const twins = findTwins(candidates, known);
      const wanted = batch.flatMap(({ request }) => (twins.has(request.id) ? [] : [request]));
      const areNew = wanted.length === 0 ? [] : await requests.insert(wanted, trx);
      const inserted = wanted.filter((_request, at) => areNew[at]);
      if (inserted.length > 0) await startOrRefuse(inserted, take, trx);
      if (wanted.length > 0) beginCommit(deadlines);
      return batch.map(({ request: { id } }) => ({
        isNew: inserted.some((one) => one.id === id),
        twinId: twins.get(id) ?? null,
      }));
    });
  }, BATCH_SIZE);
}

function twinCandidates(batch: readonly PendingWrite[]): Twin[] {
  return batch.flatMap(({ request, unlessTwin }) =>
    unlessTwin ? [{ id: request.id, dedupeKey: request.dedupeKey, twinKey: twinKey(request) }] : [],
  );
}

/** Maps each request that was asked for before to the earlier one, by id. */
function findTwins(candidates: readonly Twin[], before: readonly Twin[]): Map<string, string> {
  const found = new Map<string, string>();
  const known = [...before];
  for (const one of candidates) {
    const earlier = known.filter((other) => other.twinKey === one.twinKey);
    // This very delivery was saved before.
    if (earlier.some(({ dedupeKey }) => dedupeKey === one.dedupeKey)) continue;
    const [twin] = earlier;
    if (twin === undefined) known.push(one);
    else found.set(one.id, twin.id);
  }
  return found;
}
