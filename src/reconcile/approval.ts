import { approvalView } from '../slack/approval-view.ts';
import { approvalMetadata } from '../slack/edge/metadata.ts';
import { renderApproval, type ApprovalView } from '../slack/views/approval.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import { shownKey } from '../store/shown.ts';
import type { Text } from '../text/index.ts';
import type { Kind } from './context.ts';
import type { Show } from './show.ts';

type ApprovalRows = { request: SessionRequest; view: ApprovalView; userId: string; text: Text };

/** What one approver is asked in a direct message, and then what was decided, and by whom. */
export const APPROVAL: Kind<ApprovalRows> = {
  async read({ store, slack }, subject) {
    const [requestId = '', number, userId = ''] = subject.split(':');
    const request = await store.requests.find(requestId);
    const view = request === null ? null : approvalView(request, Number(number));
    if (request === null || view === null) return null;
    return { request, view, userId, text: await slack.textFor(userId) };
  },

  desired({ request, view, userId, text }, before) {
    // Nobody is asked about what is over.
    const isAsked = before !== null && before.channelId !== null;
    if (view.over !== null && !isAsked) return null;
    return {
      place: 'direct',
      teamId: request.teamId,
      userId,
      turnClass: 'needed',
      metadata: approvalMetadata(request.id, view.number),
      since: askedAt(request),
      render: () => renderApproval(view, text),
      // It may be over by then.
      againInMs: isAsked ? null : 0,
    };
  },
};

/** Each approver has a message of their own about each approval of a request. */
export const showApprovals: Show = async (c, requestId) => {
  const request = await c.store.requests.find(requestId);
  for (const [number, { people }] of (request?.approvals ?? []).entries())
    for (const { userId } of people)
      await c.enqueue('show', { key: shownKey('approval', requestId, String(number), userId) });
  return null;
};
