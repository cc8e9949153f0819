import { isOver, isOwnCap, type SessionPhase } from '../session/lifecycle.ts';
import type { ThreadState } from '../session/preferences.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { CardAction } from './ids.ts';

/** `listen`: the switch for what goes to Devin, if the thread has one. */
type Step = CardAction | 'listen';

/** What people can do with a session in each phase, most likely first. The card's menu has room for five. */
const IN_PHASE: Record<SessionPhase, readonly Step[]> = {
  queued: ['open', 'details', 'mute', 'listen', 'ask-stop'],
  starting: ['open', 'details', 'mute', 'listen', 'ask-stop'],
  working: ['reply', 'open', 'details', 'mute', 'listen', 'ask-stop'],
  'needs-you': ['answer', 'open', 'details', 'mute', 'listen', 'ask-stop'],
  'needs-approval': ['open', 'details', 'mute', 'listen', 'ask-stop'],
  finished: ['review', 'open', 'reply', 'start-again', 'archive', 'details', 'mute'],
  asleep: ['wake', 'open', 'archive', 'details', 'mute', 'listen'],
  capped: ['raise-cap', 'start-again', 'open', 'details', 'mute', 'listen'],
  failed: ['start-again', 'open', 'details'],
  unknown: ['check-again', 'start-anyway', 'details'],
  ended: ['start-again', 'open', 'details'],
  gone: ['start-again', 'details'],
  other: ['open', 'details', 'mute', 'listen', 'ask-stop'],
};

/** What the menu can switch the thread to. */
const SWITCH: Partial<Record<ThreadState, CardAction>> = {
  all: 'listen-mentions',
  requester: 'listen-thread',
};
/** Turns back on what is switched off: a button beside the line that says so. */
const UNDO: Partial<Record<ThreadState, CardAction>> = {
  untied: 'sync',
  muted: 'unmute',
  mentions: 'listen-thread',
};

/** These need a session that isn't over. */
const NEEDS_LIFE: ReadonlySet<CardAction> = new Set(['reply', 'answer', 'wake', 'ask-stop']);

type ActedOnRequest = Pick<SessionRequest, 'state' | 'failure' | 'hadSecrets'> & {
  draft: { values: Pick<SessionRequest['draft']['values'], 'max_acu_limit'> };
};
type SessionAnswer = { snapshot: Pick<SessionSnapshot, 'status' | 'statusDetail' | 'isArchived'> };
type Now = {
  phase: SessionPhase;
  /** null: nothing more goes to Devin from it. */
  thread: ThreadState | null;
};

/** Which buttons the card of a request has. */
export function cardActions(request: ActedOnRequest, session: SessionAnswer | null, now: Now): CardAction[] {
  switch (request.state) {
    case 'created':
      return session === null ? ['details'] : onSession(request, session, now);
    case 'unknown':
      // Without its secrets it can't be sent again as it is.
      return request.failure?.kind === 'secrets-lost'
        ? ['check-again', 'edit-and-try-again', 'details']
        : IN_PHASE.unknown.flatMap((step) => inThread(step, null));
    case 'refused':
    case 'failed':
      return afterFailure(request);
    case 'sending':
      return ['details'];
    default:
      return ['details', 'cancel'];
  }
}

/** The session stopped at its own cap, which can be higher for the next one. */
function canRaiseCap({ draft: { values } }: ActedOnRequest, statusDetail: string | null): boolean {
  return isOwnCap(statusDetail) && values.max_acu_limit !== undefined;
}

function onSession(request: ActedOnRequest, session: SessionAnswer, { phase, thread }: Now): CardAction[] {
  const { isArchived, statusDetail } = session.snapshot;
  const instead = canRaiseCap(request, statusDetail) ? 'start-again' : 'raise-cap';
  const over = isOver({ ...session, phase });
  const undo = thread === null ? undefined : UNDO[thread];
  const actions = IN_PHASE[phase].flatMap((step) => inThread(step, thread));
  return [...actions, ...(undo === undefined ? [] : [undo])].filter(
    (action) =>
      !(over && NEEDS_LIFE.has(action)) &&
      !(isArchived && action === 'archive') &&
      !(phase === 'capped' && action === instead),
  );
}

/** Leaves out switches that would change nothing in the thread. */
function inThread(step: Step, thread: ThreadState | null): CardAction[] {
  const isOff = thread === null || thread === 'muted' || thread === 'untied';
  if (step === 'mute') return isOff ? [] : [step];
  if (step !== 'listen') return [step];
  const to = thread === null ? undefined : SWITCH[thread];
  return to === undefined ? [] : [to];
}

function afterFailure(request: ActedOnRequest): CardAction[] {
  if (request.failure?.kind === 'cancelled') return ['start-again', 'details'];
  return canTryAgain(request)
    ? ['edit-and-try-again', 'try-again', 'details']
    : ['edit-and-try-again', 'details'];
}

/** The same again without the form: not if Devin refused it, nor if its secrets are gone. */
function canTryAgain({ failure, hadSecrets }: ActedOnRequest): boolean {
  if (hadSecrets) return false;
  // One click must not ask the approver who declined again.
  if (failure?.kind === 'approval' && failure.end !== 'expired') return false;
  return !(failure?.kind === 'devin' && failure.code === 'invalid-request');
}
