/** Jobs, and the exactly-once kit: the only way to do once what cannot be taken back. */
export { createQueue, POLL_SECONDS } from './jobs.ts';
export type { Depth, Enqueue, EnqueueAll, Queue, Unqueued } from './jobs.ts';
export { createPostOnce, createWithLease, HELD_WAIT_MS, LEASE_MS, soonIfBusy } from './exactly-once.ts';
export type { Lease, PostedOnce, PostOnce, WithLease } from './exactly-once.ts';
export { sharedKey } from './payloads.ts';
export type {
  AnswerTo,
  ApprovalAct,
  Jobs,
  Lost,
  Notice,
  Place,
  Resumption,
  Search,
  SteeringVerb,
} from './payloads.ts';
export { backOffMs, mayRetryRefusal, retrySlack, retryWindow } from './retry-window.ts';
export { createSearchUntilFound, RECHECK_DELAYS_MS } from './search-until-found.ts';
export type { SearchUntilFound } from './search-until-found.ts';
