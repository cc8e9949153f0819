/** Jobs, and the exactly-once kit, for everything that can't be undone. */
export { createQueue, POLL_SECONDS, type Depth, type Enqueue, type EnqueueAll, type Queue } from './jobs.ts';
export {
  createPostOnce,
  createWithLease,
  HELD_WAIT_MS,
  IN_FLIGHT_MS,
  LEASE_MS,
  soonIfBusy,
  type Lease,
  type PostedOnce,
  type PostOnce,
  type WithLease,
} from './exactly-once.ts';
export {
  sharedKey,
  type AnswerTo,
  type Jobs,
  type LostSession,
  type Notice,
  type SearchPlace,
  type Resumption,
  type CardSearch,
  type SteeringVerb,
} from './payloads.ts';
export {
  againInMs,
  backOffMs,
  createSearchUntilFound,
  mayRetryRefusal,
  retrySlack,
  retryWindow,
  SEARCH_PAUSES_MS,
  type SearchUntilFound,
} from './retries.ts';
