import { retrySlack, soonIfBusy, type Jobs, type Lease } from '../queue/index.ts';
import { pendingApproval } from '../session/approval.ts';
import { approvalView } from '../slack/approval-view.ts';
import type { SlackFailure } from '../slack/edge/errors.ts';
import { approvalMetadata } from '../slack/edge/metadata.ts';
import { renderApproval } from '../slack/views/approval.ts';
import type { Rendered } from '../slack/views/objects.ts';
import type { ApprovalMessage } from '../store/approval-messages.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import { fingerprintOf } from '../store/sql.ts';
import type { ApproveContext } from './context.ts';

/** Asks each approver once, by direct message, and updates that message with what was decided, and by whom. */
export async function tellApprovers(
  context: ApproveContext,
  { requestId }: Jobs['tell-approvers'],
): Promise<number | null> {
  return soonIfBusy(
    context.withLease(`approval:${requestId}`, async (lease) => {
      const request = await context.store.requests.find(requestId);
      return request === null ? null : showAll(context, request, lease);
    }),
  );
}

/** null: done; otherwise how long to wait, in ms. */
async function showAll(
  context: ApproveContext,
  request: SessionRequest,
  lease: Lease,
): Promise<number | null> {
  const known = await context.store.approvalMessages.ofRequest(request.id);
  const waits: (number | null)[] = [];
  for (const message of known) waits.push(await edit(context, request, message));
  for (const unasked of withoutMessage(request, known))
    waits.push(await post(context, { request, lease, ...unasked }));
  const longestMs = Math.max(-1, ...waits.map((ms) => ms ?? -1));
  return longestMs < 0 ? null : longestMs;
}

/** Approvers who were not asked yet. */
function withoutMessage(request: SessionRequest, known: readonly ApprovalMessage[]) {
  const { number = 0, approval } = pendingApproval(request) ?? {};
  return (approval?.people ?? [])
    .map(({ userId }) => ({ number, userId }))
    .filter(({ userId }) => !known.some((one) => one.number === number && one.userId === userId));
}

type Recipient = { number: number; userId: string };
type Unasked = Recipient & { request: SessionRequest; lease: Lease };

async function post(
  context: ApproveContext,
  { request, lease, number, userId }: Unasked,
): Promise<number | null> {
  const { id: requestId } = request;
  const channelId = await context.slack.outbound.directChannel(userId);
  if (channelId === null) return refused(context, requestId, 'no_direct_message');
  const rendered = await render(context, request, { number, userId });
  if (rendered === null) return null;
  const posted = await context.postOnce({
    key: `approval:${requestId}:${number}:${userId}`,
    place: { channelId, threadTs: null },
    metadata: approvalMetadata(requestId, number),
    since: askedAt(request),
    lease,
    turnClass: 'needed',
    render: async () => rendered,
  });
  if (posted.kind !== 'posted') return waitAfter(context, request, posted);
  const shown = posted.earlier ? '' : fingerprintOf(rendered);
  const { approvalMessages } = context.store;
  await approvalMessages.posted({ requestId, number, userId, channelId, slackTs: posted.ts, shown });
  await context.redrawHome({ teamId: request.teamId, userId });
  return posted.earlier ? 0 : null;
}

async function edit(
  context: ApproveContext,
  request: SessionRequest,
  message: ApprovalMessage,
): Promise<number | null> {
  const { number, channelId, slackTs: ts } = message;
  const rendered = await render(context, request, message);
  const shown = fingerprintOf(rendered);
  if (rendered === null || shown === message.shown) return null;
  const { outbound } = context.slack;
  const updated = await outbound.edit({ channelId, ts }, approvalMetadata(request.id, number), rendered);
  const waitMs = updated.kind === 'updated' ? null : waitAfter(context, request, updated);
  if (waitMs !== null) return waitMs;
  await context.store.approvalMessages.shows({ ...message, shown });
  await context.redrawHome({ teamId: request.teamId, userId: message.userId });
  return null;
}

/** In the person's language; null: the approval is no longer known. */
async function render(
  { slack }: ApproveContext,
  request: SessionRequest,
  { number, userId }: Recipient,
): Promise<Rendered | null> {
  const view = approvalView(request, number);
  return view === null ? null : renderApproval(view, await slack.textFor(userId));
}

/** null: never. */
function waitAfter(context: ApproveContext, request: SessionRequest, failure: SlackFailure): number | null {
  const retry = retrySlack(failure, context.tuning.now() - request.updatedAt.getTime());
  return retry.kind === 'wait' ? retry.afterMs : refused(context, request.id, retry.code);
}

function refused({ tuning: { log } }: ApproveContext, requestId: string, code: string): null {
  log.warn({ requestId, code }, 'Slack refused a message to an approver');
  return null;
}
