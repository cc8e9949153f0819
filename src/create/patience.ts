import type { Failure } from '../session/failure.ts';
import { askedAt } from '../store/request-row.ts';
import { retryWindow } from '../queue/index.ts';
import { hasCard } from '../cards/index.ts';
import type { Transitions } from './transitions.ts';
import type { Run, StepOutcome } from './outcome.ts';

type Waiting = { waiting: 'busy' | 'down'; retryAfterMs: number | null };
type WaitDeps = { transitions: Transitions; end: EndRequest; now: () => number };

export type EndRequest = (run: Run, failure: Failure) => Promise<StepOutcome>;

/** Waits as long as Devin says, else longer each time; says so on the card, or privately if there is none yet. */
export async function waitFor(
  run: Run,
  { waiting, retryAfterMs }: Waiting,
  { transitions, end, now }: WaitDeps,
): Promise<StepOutcome> {
  const { request } = run;
  const retry = retryWindow('devin', { triedForMs: now() - askedAt(request).getTime(), retryAfterMs });
  if (retry.kind === 'over') {
    const { askedToWaitMs } = retry;
    return end(run, { kind: 'gave-up', waiting, ...(askedToWaitMs !== null && { askedToWaitMs }) });
  }
  if (request.waiting !== waiting) {
    // Before it is known who asks, there is no card: a refusal leaves none behind.
    await transitions.stay(run, { waiting }, hasCard(request) ? { card: true } : { tell: 'queued' });
  }
  return { kind: 'later', afterMs: retry.afterMs };
}
