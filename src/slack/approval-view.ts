import { isTooLong, instructionsIn } from '../session/prompt.ts';
import type { Approval } from '../session/approval.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { ApprovalMessage } from './blocks/approval.ts';

/** What an approver sees of a request. `number`: which of its approvals; null: it is not known any more. */
export function approvalView(request: SessionRequest, number: number): ApprovalMessage | null {
  const approval = request.approvals[number];
  if (approval === undefined) return null;
  const { material, draft, identity, secretNames } = request;
  return {
    requestId: request.id,
    number,
    approval,
    ended: endOf(request, approval),
    untilMs: request.approvalUntil?.getTime() ?? null,
    requester: request.userId,
    channelId: request.placeKind === 'direct' || request.channelId.startsWith('D') ? null : request.channelId,
    draft: draft.values,
    runsAs: identity?.kind === 'matched' ? identity.name : null,
    quotedMessages: material?.quoted?.messages.length ?? 0,
    files: material?.files.map(({ name }) => name) ?? [],
    leftOut: material?.leftOut.length ?? 0,
    secretNames,
    instructions: request.prompt === null ? null : instructionsIn(request.prompt, request.id),
    hasTranscript: material?.quoted != null && isTooLong(material.quoted),
  };
}

/** null: it waits. */
function endOf({ state }: SessionRequest, { end }: Approval): ApprovalMessage['ended'] {
  if (end !== null) return end.kind;
  if (state === 'awaiting-approval') return null;
  return state === 'created' ? 'started' : 'canceled';
}
