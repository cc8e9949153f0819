import type { Twin } from '../store/limiter.ts';
import { twinKey, type NewRequest } from '../store/request-row.ts';

type Wanted = { request: NewRequest; unlessTwin: boolean };

/** `unlessTwin`: what isn't saved if the person asked for the same there a moment ago. */
export function twinCandidates(batch: readonly Wanted[]): Twin[] {
  return batch.flatMap(({ request, unlessTwin }) =>
    unlessTwin ? [{ id: request.id, dedupeKey: request.dedupeKey, twinKey: twinKey(request) }] : [],
  );
}

/** Maps each request that was asked for before to the earlier one, by id. */
export function findTwins(candidates: readonly Twin[], before: readonly Twin[]): Map<string, string> {
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
