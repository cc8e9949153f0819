import { z } from 'zod';
import type { SessionPhase } from '../session/lifecycle.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { CardAction } from './blocks/card-buttons.ts';

/** What can be done with a session in each phase, the likeliest first. */
const IN_PHASE: Record<SessionPhase, readonly CardAction[]> = {
  queued: ['open', 'details', 'stop'],
  starting: ['open', 'details'],
  working: ['reply', 'open', 'details', 'stop'],
  'needs-you': ['answer', 'open', 'details', 'stop'],
  'needs-approval': ['open', 'details', 'stop'],
  finished: ['review', 'open', 'reply', 'start-again', 'archive', 'details'],
  asleep: ['wake', 'open', 'archive', 'details'],
  capped: ['raise-cap', 'start-again', 'open', 'details'],
  failed: ['start-again', 'open', 'details'],
  unknown: ['check-again', 'start-anyway', 'details'],
  ended: ['start-again', 'open', 'details'],
  gone: ['start-again', 'details'],
  other: ['open', 'details'],
};

/** What takes a session that still goes on. */
const NEEDS_LIFE: ReadonlySet<CardAction> = new Set(['reply', 'answer', 'wake', 'stop']);

const stateSchema = z.object({
  status: z.string(),
  status_detail: z.string().nullish(),
  is_archived: z.boolean().optional(),
});

type Asked = Pick<SessionRequest, 'state' | 'failure' | 'hadSecrets'> & {
  draft: { values: Pick<SessionRequest['draft']['values'], 'max_acu_limit'> };
};
type InDevin = Pick<SessionRow, 'response'> & Partial<Pick<SessionRow, 'muted'>>;

/** Which buttons the card of a request has. */
export function cardActions(request: Asked, session: InDevin | null, phase: SessionPhase): CardAction[] {
  switch (request.state) {
    case 'created':
      return session === null ? ['details'] : onSession(request, session, phase);
    case 'unknown':
      return [...IN_PHASE.unknown];
    case 'refused':
    case 'failed':
      return afterFailure(request);
    case 'sending':
      return ['details'];
    default:
      return ['details', 'cancel'];
  }
}

/** It takes no more messages. */
export function isOver({ response }: InDevin, phase: SessionPhase): boolean {
  const { status } = stateSchema.parse(response);
  return status === 'exit' || status === 'error' || phase === 'gone';
}

/** The session's own cap, which the next one can have higher. */
function isOwnCap({ draft: { values } }: Asked, statusDetail: string | null): boolean {
  return statusDetail === 'usage_limit_exceeded' && values.max_acu_limit !== undefined;
}

function onSession(request: Asked, session: InDevin, phase: SessionPhase): CardAction[] {
  const { is_archived: isArchived = false, status_detail: statusDetail = null } = stateSchema.parse(
    session.response,
  );
  const instead = isOwnCap(request, statusDetail) ? 'start-again' : 'raise-cap';
  const over = isOver(session, phase);
  const actions = IN_PHASE[phase].filter(
    (action) =>
      !(over && NEEDS_LIFE.has(action)) &&
      !(isArchived && action === 'archive') &&
      !(phase === 'capped' && action === instead),
  );
  return session.muted === true && !over ? [...actions, 'unmute'] : actions;
}

function afterFailure(request: Asked): CardAction[] {
  if (request.failure?.kind === 'cancelled') return ['start-again', 'details'];
  return canTryAgain(request)
    ? ['edit-and-try-again', 'try-again', 'details']
    : ['edit-and-try-again', 'details'];
}

/** As it is, without its form: not if Devin refused it, nor if its secrets are gone. */
function canTryAgain({ failure, hadSecrets }: Asked): boolean {
  if (hadSecrets) return false;
  return !(failure?.kind === 'devin' && failure.code === 'invalid-request');
}
