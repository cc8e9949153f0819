import type { Kysely, Transaction } from 'kysely';
import type { EnqueueAll } from '../queue/index.ts';
import type { LimitReached } from '../session/limits.ts';
import type { RequestState } from '../session/request.ts';
import { appendAudit, requestEntries, type AuditEntry } from '../store/audit.ts';
import { beginCommit, inBatches, type Deadline } from '../store/commit.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { Limiter, Twin } from '../store/limiter.ts';
import { twinKey, type NewRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { Tables } from '../store/tables.ts';

export type SaveDeps = {
  db: Kysely<Tables>;
  requests: Pick<Requests, 'insert' | 'advance'>;
  envelopes: Pick<Envelopes, 'withoutSecrets'>;
  limiter: Pick<Limiter, 'hold'>;
  enqueueAll: EnqueueAll;
  /** Called with each state that a request reaches here, after the commit. */
  onMoved: (state: RequestState) => void;
};

/** `unlessTwin`: not if the person asked for the same there a moment ago. */
type Pending = { request: NewRequest; deadline: Deadline; unlessTwin: boolean };
type Take = Awaited<ReturnType<Limiter['hold']>>['take'];

/** Requests that share a transaction when many come at once. */
const BATCH_SIZE = 50;

/** Rows and jobs in one transaction; a delivery that was seen before changes nothing. Resolves with the id of a twin. */
export function createSaveRequest({ db, requests, envelopes, limiter, enqueueAll, onMoved }: SaveDeps) {
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
    take: Take,
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
      const candidates = twinCandidates(batch);
      const keys = candidates.map((one) => one.twinKey);
      const { twins: known, take } = await limiter.hold(people, keys, trx);
      const twins = findTwins(candidates, known);
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

function twinCandidates(batch: readonly Pending[]): Twin[] {
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
