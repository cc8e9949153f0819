/** Jobs, and the exactly-once kit, for everything that can't be undone. */
export { createQueue, type Enqueue, type EnqueueAll, type Queue } from './jobs.ts';
export { createWithLease, HELD_WAIT_MS, LeaseLostError, type Lease, type WithLease } from './with-lease.ts';
export { type AnswerTo, type Jobs, type Notice } from './payloads.ts';
export {
  backOffMs,
  createSearchUntilFound,
  Later,
  Refused,
  retryWindow,
  sooner,
  Unclear,
  type FailureWord,
  type SearchUntilFound,
} from './retries.ts';
