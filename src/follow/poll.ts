import type { Devin } from '../devin/devin.ts';
import { DevinError, orDevinError, type DevinErrorCode } from '../devin/errors.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';

/** Devin sets no limit for the ids of a list; this keeps the URL short enough for servers. */
export const BATCH = 50;

/** What a poll of some sessions found. About those in none of these, nothing is known. */
export type PollResult = {
  answered: SessionSnapshot[];
  /** Ids that Devin doesn't know. */
  gone: Set<string>;
  /** By id: why Devin gives nothing that can be read about it, although it does about others. */
  failed: Map<string, Error>;
  /** Polling must pause. */
  trouble: DevinError | null;
};

/** Devin shows it to others, or not now. */
const HIDDEN: ReadonlySet<DevinErrorCode> = new Set(['forbidden', 'conflict']);

/** Devin failed without asking for a pause, or didn't answer in time, or in a form that can be read. */
const FAILURES: ReadonlySet<DevinErrorCode> = new Set(['unavailable', 'invalid-request', 'no-answer']);
const mayBeOfOne = ({ code, retryAfterMs }: DevinError): boolean =>
  retryAfterMs === null && FAILURES.has(code);

/**
 * Devin pushes nothing, so it is polled. One request; sessions that the list leaves out, or because of which it may fail, are
 * fetched one by one. `known`: at most a batch, as each was.
 */
export async function poll(
  { list, get }: Pick<Devin['sessions'], 'list' | 'get'>,
  known: readonly SessionSnapshot[],
  signal: AbortSignal,
): Promise<PollResult> {
  // What fails is polled again, and failures in a row count as an outage.
  const once = { signal, retry: 0 } as const;
  const isUp = async () => !((await orDevinError(list({ first: 1 }, once))) instanceof DevinError);
  const sessionIds = known.map(({ sessionId: id }) => id);
  const listed = await orDevinError(list({ sessionIds, first: BATCH }, { ...once, known }));
  const result: PollResult = { answered: [], gone: new Set(), failed: new Map(), trouble: null };
  if (!(listed instanceof DevinError)) result.answered = listed.items;
  else if (!mayBeOfOne(listed) || !(await isUp())) return { ...result, trouble: listed };
  // If Devin ignores the filter, it also lists others, which are not used.
  const found = new Set(result.answered.map(({ sessionId: id }) => id));
  for (const one of known.filter(({ sessionId: id }) => !found.has(id))) {
    if (result.trouble !== null || signal.aborted) break;
    const { sessionId } = one;
    const answer = await orDevinError(get(sessionId, { ...once, known: [one] }));
    if (!(answer instanceof DevinError)) result.answered.push(answer);
    else if (answer.code === 'not-found') result.gone.add(sessionId);
    else if (mayBeOfOne(answer) && (await isUp())) result.failed.set(sessionId, answer);
    else if (!HIDDEN.has(answer.code)) result.trouble = answer;
  }
  return result;
}
