import type { Failure } from '../../session/failure.ts';
import { askedAt } from '../../store/request-row.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import { backOffMs } from '../back-off.ts';
import type { Transitions } from '../transitions.ts';
import type { StepOutcome } from './outcome.ts';

/** How long a request waits for a busy or unreachable Devin before it ends. */
const PATIENCE_MS = 60 * 60 * 1000;

type Waiting = { waiting: 'busy' | 'down'; retryAfterMs: number | null };
type WaitDeps = { transitions: Transitions; end: EndRequest; now: () => number };

export type EndRequest = (request: SessionRequest, failure: Failure) => Promise<StepOutcome>;

/**
 * Waits as long as Devin says, else longer each time in proportion to the request's age; says so on the card, or
 * privately where there is none yet. Where Devin asks for more than is left of the patience, nobody is kept waiting
 * for what can only fail.
 */
export async function waitFor(
  request: SessionRequest,
  { waiting, retryAfterMs }: Waiting,
  { transitions, end, now }: WaitDeps,
): Promise<StepOutcome> {
  const ageMs = now() - askedAt(request).getTime();
  if (ageMs > PATIENCE_MS) return end(request, { kind: 'gave-up', waiting });
  if (retryAfterMs !== null && ageMs + retryAfterMs > PATIENCE_MS)
    return end(request, { kind: 'gave-up', waiting, askedToWaitMs: retryAfterMs });
  if (request.waiting !== waiting) {
    const hasCard = request.card_ts !== null;
    await transitions.stay(request, { waiting }, hasCard ? { card: true } : { tell: 'queued' });
  }
  return { kind: 'later', afterMs: Math.max(retryAfterMs ?? 0, backOffMs(ageMs)) };
}
