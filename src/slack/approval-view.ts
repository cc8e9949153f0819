import { omitFields } from '../session/defaults.ts';
import { isTooLong, instructionsIn } from '../session/prompt.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { titleOf } from './card-view.ts';
import { isDirectMessage } from './edge/places.ts';
import type { ApprovalView } from './views/approval.ts';

/** What everyone who was asked for this approval sees of a request; null: the approval is no longer known. */
export function approvalView(request: SessionRequest, number: number): ApprovalView | null {
  const { id, approvals, approvalUntil, userId, placeKind, channelId, secretNames, draft } = request;
  const approval = approvals[number];
  if (approval === undefined) return null;
  return {
    requestId: id,
    number,
    approval,
    title: titleOf(request, null),
    over: overOf(request, number),
    untilMs: approvalUntil?.getTime() ?? null,
    requester: userId,
    channelId: placeKind === 'direct' || isDirectMessage(channelId) ? null : channelId,
    task: draft.values.prompt ?? '',
    secretNames,
    asked: askedFor(request),
    names: draft.names ?? {},
  };
}

function askedFor({ id, draft, material, identity, prompt }: SessionRequest): ApprovalView['asked'] {
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

function overOf(request: SessionRequest, number: number): ApprovalView['over'] {
  const { state, failure, approvals } = request;
  const end = approvals[number]?.end ?? null;
  if (end === null && state === 'awaiting-approval') return null;
  const by = end?.kind === 'approved' ? (approvals[number]?.yes ?? []) : [end?.by ?? []].flat();
  return {
    kind: end?.kind ?? (state === 'created' ? 'started' : 'canceled'),
    by: by.map(({ name }) => name),
    canceledBy: end === null && failure?.kind === 'cancelled' ? failure.userId : null,
    reason: end?.reason ?? null,
    atMs: end?.atMs ?? null,
    started: startedOf(request, number),
  };
}

/** An attempt that was sent before it waited may have started a session; one that was approved may start one, until it ends. */
function startedOf({ state, sentAt, approvals }: SessionRequest, number: number) {
  const isApproved = approvals[number]?.end?.kind === 'approved';
  if (state === 'created' || (isApproved && state !== 'failed' && state !== 'refused')) return null;
  if (sentAt === null) return 'nothingStarted';
  return state === 'unknown' && number === approvals.length - 1 ? 'notSentAgain' : null;
}
