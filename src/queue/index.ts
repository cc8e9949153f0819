/** The exactly-once kit: the only way to do once what cannot be taken back. */
export { createPostOnce } from './post-once.ts';
export type { PostOnce } from './post-once.ts';
export { backOffMs, retryWindow } from './retry-window.ts';
export { createSearchUntilFound, LOOKS_AT_MS } from './search-until-found.ts';
export type { SearchUntilFound } from './search-until-found.ts';
export { createWithLease } from './with-lease.ts';
export type { Lease, Leased, WithLease } from './with-lease.ts';
