import { Refused, type Later } from '../queue/index.ts';
import { hasCard } from '../reconcile/index.ts';
import { pendingApproval, type Approval } from '../session/approval.ts';
import { isEndedByPeople, isRefusal, type Failure } from '../session/failure.ts';
import { askedAt, type SessionRequest } from '../store/requests.ts';
import type { CreateContext, Next } from './context.ts';

/** So soon after they asked, people hear of a failure privately: nobody needs a ping. */
const STILL_THERE_MS = 60_000;

/** Ends a request without a session. Why it was refused only its person hears. */
export function ended(request: SessionRequest, failure: Failure, nowMs: number): Next {
  const isRefused = isRefusal(failure);
  const isSoon = nowMs - askedAt(request).getTime() < STILL_THERE_MS;
  const isQuiet = isRefused || (!isEndedByPeople(failure) && (isSoon || !hasCard(request)));
  const approvals = failure.kind === 'approval' && closed(request.approvals, failure, nowMs);
  return {
    to: isRefused ? 'refused' : 'failed',
    changes: { failure, ...(approvals !== false && { approvals }) },
    ...(isQuiet ? { tell: 'refused' } : { outcome: true }),
  };
}

/** What becomes of a request that Devin, or somebody else, refuses, or that is for later. Nothing was done. */
export function after(
  { tuning }: Pick<CreateContext, 'tuning'>,
  request: SessionRequest,
  word: Later | Refused,
): Next {
  if (word instanceof Refused) return ended(request, word.failure, tuning.now());
  return { to: request.state, changes: { waiting: word.why }, later: word };
}

type NotApproved = Extract<Failure, { kind: 'approval' }>;

function closed(
  approvals: readonly Approval[],
  { rule, end: kind, by, reason }: NotApproved,
  atMs: number,
): Approval[] {
  return approvals.map((one) =>
    one === approvals.findLast((other) => other.rule === rule)
      ? { ...one, end: { kind, by, reason, atMs } }
      : one,
  );
}

/** An approval that ended, or that is for something else by now. */
export function notApproved({ rule }: Approval, end: NotApproved['end']): NotApproved {
  return { kind: 'approval', end, rule, by: null, reason: null };
}

export type MoveLocked = (id: string, plan: (locked: SessionRequest) => Next | null) => Promise<boolean>;

/** Ends a request for which nobody has decided in time; false: there is time left. */
export async function expireApproval(
  { moveLocked, now }: { moveLocked: MoveLocked; now: () => number },
  requestId: string,
): Promise<boolean> {
  return moveLocked(requestId, (locked) => {
    const pending = pendingApproval(locked);
    const untilMs = locked.approvalUntil?.getTime() ?? Infinity;
    return pending === null || untilMs > now()
      ? null
      : ended(locked, notApproved(pending.approval, 'expired'), now());
  });
}
