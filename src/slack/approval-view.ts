import { isAmong, type Approval, type AskedFor } from '../session/approval.ts';
import { omitFields } from '../session/defaults.ts';
import { instructionsIn, isTooLong } from '../session/prompt.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { ApprovalView } from './blocks/approval.ts';
import { isDirectMessage } from './places.ts';

type Shown = { number: number; userId: string };

/** What a person who was asked sees of a request. null: the approval is no longer known. */
export function approvalView(request: SessionRequest, { number, userId }: Shown): ApprovalView | null {
  const approval = request.approvals[number];
  if (approval === undefined) return null;
  return {
    requestId: request.id,
    number,
    approval,
    ended: endOf(request, approval, userId),
    started: startedOf(request, number),
    untilMs: request.approvalUntil?.getTime() ?? null,
    requester: request.userId,
    channelId:
      request.placeKind === 'direct' || isDirectMessage(request.channelId) ? null : request.channelId,
    task: request.draft.values.prompt ?? '',
    secretNames: request.secretNames,
    asked: approval.asked ?? askedFor(request),
    names: request.draft.names ?? {},
  };
}

type Asked = Pick<SessionRequest, 'id' | 'draft' | 'material' | 'identity' | 'prompt'>;

/** What is asked for, as the request is now. */
export function askedFor({ id, draft, material, identity, prompt }: Asked): AskedFor {
  return {
    values: omitFields(draft.values, ['prompt']),
    runsAs: identity?.kind === 'matched' ? identity.name : null,
    quotedMessages: material?.quoted?.messages.length ?? 0,
    files: material?.files.map(({ name }) => name) ?? [],
    leftOut: material?.leftOut.length ?? 0,
    instructions: prompt === null ? null : instructionsIn(prompt, id),
    hasTranscript: isTooLong(material?.quoted ?? null),
  };
}

/** An attempt that was sent before it waited may have started a session; one that was approved may start one, until it ends. */
function startedOf({ state, sentAt, approvals }: SessionRequest, number: number): ApprovalView['started'] {
  const isApproved = approvals[number]?.end?.kind === 'approved';
  if (isApproved && state !== 'failed' && state !== 'refused') return null;
  if (sentAt === null) return 'nothingStarted';
  return state === 'unknown' && number === approvals.length - 1 ? 'notSentAgain' : null;
}

/** null: it waits for them. */
function endOf({ state }: SessionRequest, { end, people }: Approval, reader: string): ApprovalView['ended'] {
  if (end !== null) return end.kind;
  if (state === 'awaiting-approval') return isAmong(people, { userId: reader }) ? null : 'notAsked';
  return state === 'created' ? 'started' : 'canceled';
}
