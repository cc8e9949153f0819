import type { RedrawHome } from '../home/index.ts';
import type { Log } from '../log.ts';
import {
  retrySlack,
  soonIfBusy,
  type Jobs,
  type Lease,
  type PostOnce,
  type WithLease,
} from '../queue/index.ts';
import { pendingApproval } from '../session/approval.ts';
import { approvalView } from '../slack/approval-view.ts';
import { renderApproval } from '../slack/blocks/approval.ts';
import type { Rendered } from '../slack/blocks/objects.ts';
import type { SlackFailure } from '../slack/errors.ts';
import { approvalMetadata } from '../slack/metadata.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { ApprovalMessage } from '../store/approval-messages.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import { fingerprintOf } from '../store/sql.ts';
import type { StoreParts } from '../store/store.ts';

type NotifyDeps = {
  store: StoreParts<{ requests: 'find'; approvalMessages: 'ofRequest' | 'posted' | 'shows' }>;
  outbound: Pick<Outbound, 'directChannel' | 'edit'>;
  withLease: WithLease;
  postOnce: PostOnce;
  redrawHome: RedrawHome;
  now: () => number;
  log: Log;
  textFor: TextFor;
};

/** Asks each approver once, by direct message, and updates that message with what was decided, and by whom. */
export function createApproverNotifier(deps: NotifyDeps) {
  const { requests, approvalMessages: messages } = deps.store;
  const { withLease } = deps;

  /** null: done; otherwise how long to wait, in ms. */
  async function show(request: SessionRequest, lease: Lease): Promise<number | null> {
    const known = await messages.ofRequest(request.id);
    const acts = [
      ...known.map((message) => async () => edit(deps, request, message)),
      ...unasked(request, known).map((unsaid) => async () => post(deps, { request, lease, ...unsaid })),
    ];
    let longestMs: number | null = null;
    for (const act of acts) {
      const waitMs = await act();
      if (waitMs !== null) longestMs = Math.max(longestMs ?? 0, waitMs);
    }
    return longestMs;
  }

  return async ({ requestId }: Jobs['tell-approvers']): Promise<number | null> =>
    soonIfBusy(
      withLease(`approval:${requestId}`, async (lease) => {
        const request = await requests.find(requestId);
        return request === null ? null : show(request, lease);
      }),
    );
}

/** Approvers without a message. */
function unasked(request: SessionRequest, known: readonly ApprovalMessage[]) {
  const pending = pendingApproval(request);
  if (pending === null) return [];
  const { number, approval } = pending;
  return approval.people
    .map(({ userId }) => ({ number, userId }))
    .filter(({ userId }) => !known.some((one) => one.number === number && one.userId === userId));
}

type Sent = { number: number; userId: string };
type Unsaid = Sent & { request: SessionRequest; lease: Lease };

async function post(deps: NotifyDeps, { request, lease, number, userId }: Unsaid): Promise<number | null> {
  const { id: requestId } = request;
  const channelId = await deps.outbound.directChannel(userId);
  if (channelId === null) return refused(deps, requestId, 'no_direct_message');
  const rendered = await render(deps, request, { number, userId });
  if (rendered === null) return null;
  const posted = await deps.postOnce({
    key: `approval:${requestId}:${number}:${userId}`,
    place: { channelId, threadTs: null },
    metadata: approvalMetadata(requestId, number),
    since: askedAt(request),
    lease,
    turnClass: 'needed',
    render: async () => rendered,
  });
  if (posted.kind !== 'posted') return waitAfter(deps, request, posted);
  const shown = posted.earlier ? '' : fingerprintOf(rendered);
  await deps.store.approvalMessages.posted({
    requestId,
    number,
    userId,
    channelId,
    slackTs: posted.ts,
    shown,
  });
  await deps.redrawHome({ teamId: request.teamId, userId });
  return posted.earlier ? 0 : null;
}

async function edit(
  deps: NotifyDeps,
  request: SessionRequest,
  message: ApprovalMessage,
): Promise<number | null> {
  const { number, channelId, slackTs: ts } = message;
  const rendered = await render(deps, request, message);
  const shown = fingerprintOf(rendered);
  if (rendered === null || shown === message.shown) return null;
  const updated = await deps.outbound.edit({ channelId, ts }, approvalMetadata(request.id, number), rendered);
  const waitMs = updated.kind === 'updated' ? null : waitAfter(deps, request, updated);
  if (waitMs !== null) return waitMs;
  await deps.store.approvalMessages.shows({ ...message, shown });
  await deps.redrawHome({ teamId: request.teamId, userId: message.userId });
  return null;
}

/** In the person's language; null: the approval is no longer known. */
async function render({ textFor }: NotifyDeps, request: SessionRequest, one: Sent): Promise<Rendered | null> {
  const view = approvalView(request, one);
  return view === null ? null : renderApproval(view, await textFor(one.userId));
}

/** null: never. */
function waitAfter(deps: NotifyDeps, request: SessionRequest, failure: SlackFailure): number | null {
  const retry = retrySlack(failure, deps.now() - request.updatedAt.getTime());
  return retry.kind === 'wait' ? retry.afterMs : refused(deps, request.id, retry.code);
}

function refused({ log }: NotifyDeps, requestId: string, code: string): null {
  log.warn({ requestId, code }, 'Slack refused a message to an approver');
  return null;
}
