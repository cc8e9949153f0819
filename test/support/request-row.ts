import type { Failure } from '../../src/session/failure.ts';
import type { Hurdle } from '../../src/session/policy/decide.ts';
import type { NewRequest, SessionRequest } from '../../src/store/requests.ts';

/** A command of U1, in T1 and C1. */
export function newRequest(id: string, changes: Partial<NewRequest> = {}): NewRequest {
  return {
    id,
    dedupeKey: id,
    source: 'command',
    teamId: 'T1',
    userId: 'U1',
    channelId: 'C1',
    threadTs: null,
    draft: { values: { prompt: 'fix it' }, sources: {} },
    context: null,
    slackFileIds: [],
    sealed: null,
    ...changes,
  };
}

/** The request of a session that was created, in T1 and C1. */
export function requestRow(changes: Partial<SessionRequest> = {}): SessionRequest {
  return {
    ...newRequest('request'),
    state: 'created',
    draft: { values: {}, sources: {} },
    placeKind: null,
    secretNames: [],
    identity: null,
    cardChannelId: 'C1',
    cardTs: '1.0',
    cardElsewhere: null,
    rule: null,
    resumedAt: null,
    checkedAt: null,
    approvals: [],
    approved: [],
    approvalUntil: null,
    material: null,
    prompt: null,
    uploads: null,
    waiting: null,
    heldUntil: null,
    sentAt: null,
    sessionId: 's',
    failure: null,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    ...changes,
  };
}

/** A rule that decides. */
const ruleHurdle = (rule: string, verdict: Hurdle['verdict'] = 'refuse'): Hurdle => ({
  kind: 'rule',
  verdict,
  rule,
  say: null,
  field: 'prompt',
});

/** A rule of the policy refuses it. */
export const refusedBy = (rule: string): Failure => ({ kind: 'policy', hurdles: [ruleHurdle(rule)] });
