import type { Failure } from '../session/failure.ts';
import type { Identity } from '../session/identity.ts';
import { isOpen } from '../session/request.ts';
import type { RequestState } from '../session/request.ts';
import type { AuditEntry } from './audit.ts';
import { askingMessage } from './request-row.ts';
import type { SessionRequest } from './request-row.ts';

/** What of a request's transition is recorded; empty: nothing. */
export function requestEntries(from: RequestState, moved: SessionRequest): AuditEntry[] {
  const { state, failure } = moved;
  if (state === 'awaiting-approval') return approvalEntries(moved);
  if (from === 'awaiting-approval' && state !== 'created') return approvalEntries(moved);
  if (from === state) return [];
  const entry = subjectOf(moved);
  switch (state) {
    case 'created': {
      const how = isOpen(from) ? 'created' : 'found-late';
      return [
        { ...entry, kind: 'start', rule: moved.rule, result: `${how}:${howEstablished(moved.identity)}` },
      ];
    }
    case 'unknown':
      return [{ ...entry, kind: 'outcome', result: 'unknown' }];
    case 'refused':
      return [{ ...entry, kind: 'refusal', ...refusalOf(failure) }];
    case 'failed':
      return failure?.kind === 'cancelled'
        ? [cancelEntry(moved, failure.userId)]
        : [{ ...entry, kind: 'outcome', result: `failed:${codeOf(failure)}` }];
    default:
      return [];
  }
}

/** Of a request that awaits an approval, or did until now: who decided what under which rule. */
function approvalEntries(moved: SessionRequest): AuditEntry[] {
  const { failure, approvals } = moved;
  if (failure?.kind === 'cancelled') return [cancelEntry(moved, failure.userId)];
  const last = approvals.at(-1);
  if (last === undefined) return [];
  const { rule, end, yes } = last;
  const by = end === null ? yes.at(-1) : end.by;
  const waits = by === undefined ? 'asked' : 'one-more';
  const userId = by === undefined ? moved.userId : (by?.userId ?? null);
  return [{ ...subjectOf(moved), kind: 'approval', userId, rule, result: end?.kind ?? waits }];
}

function cancelEntry(moved: SessionRequest, userId: string): AuditEntry {
  return { ...subjectOf(moved), kind: 'cancel', userId, result: 'done' };
}

/** Who asked for it, as whom, from where. */
export function subjectOf(request: SessionRequest): Omit<AuditEntry, 'kind' | 'result'> {
  return {
    userId: request.userId,
    devinUserId: devinUserOf(request.identity),
    channelId: request.channelId,
    messageTs: askingMessage(request),
    requestId: request.id,
    sessionId: request.sessionId,
  };
}

export function devinUserOf(identity: Identity | null | undefined): string | null {
  return identity?.kind === 'matched' ? identity.devinUserId : null;
}

function howEstablished(identity: Identity | null): string {
  return identity?.kind === 'matched' ? identity.how : 'service-user';
}

function refusalOf(failure: Failure | null): Pick<AuditEntry, 'rule' | 'result'> {
  switch (failure?.kind) {
    case 'policy':
      return { rule: failure.rule, result: 'policy' };
    case 'limit':
      return { result: `limit:${failure.limit}` };
    case 'identity':
      return { result: `identity:${failure.reason}` };
    default:
      return { result: codeOf(failure) };
  }
}

function codeOf(failure: Failure | null): string {
  if (failure === null) return 'not-known';
  return failure.kind === 'devin' || failure.kind === 'slack'
    ? `${failure.kind}:${failure.code}`
    : failure.kind;
}
