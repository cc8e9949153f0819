import type { App } from '@slack/bolt';
import { awaited } from '../../session/approval.ts';
import {
  ACTION,
  DECLINE_BLOCK,
  readApprovalValue,
  declineMetadata,
  VIEW,
  type AskedApproval,
} from '../edge/ids.ts';
import type { Press } from '../edge/interaction-payload.ts';
import { privatePlace } from '../edge/places.ts';
import { readDeclineDialog, renderDeclineDialog } from '../views/approval.ts';
import { createPressed, refuses, type PressDeps } from './press.ts';
import { onButton, onDurableButton, onSubmission, orStayOpen } from './routes.ts';
import type { Tools } from './tools.ts';

type ApprovalDeps = PressDeps & Pick<Tools, 'steering' | 'openView'>;

/** The buttons of the message that asks for an approval. Whether the person may decide is asked by the job. */
export function listenToApprovals(app: App, deps: ApprovalDeps): void {
  listenToButtons(app, deps);
  listenToDialog(app, deps);
}

function listenToButtons(app: App, deps: ApprovalDeps): void {
  const { steering, openView, textFor } = deps;
  const pressed = createPressed(deps);

  onDurableButton(app, ACTION.approve, async (press) => {
    const asked = askedIn(press);
    if ((await pressed.inWorkspace(press, asked.requestId)) === null) return;
    await steering.ask('settle-approval', { ...asked, act: 'approve', ...steering.by(privatePlace(press)) });
  });

  onButton(app, ACTION.decline, async (press) => {
    const { requestId, number } = askedIn(press);
    const request = await pressed.inWorkspace(press, requestId);
    if (request === null) return;
    const text = await textFor(press.userId);
    if (awaited(request, number) === null)
      return void (await refuses(deps, press, text.approval.refused.over));
    const { channelId, threadTs } = privatePlace(press);
    await openView(press, renderDeclineDialog({ requestId, number, channelId, threadTs }, text));
  });
}

function listenToDialog(app: App, { requests, steering, textFor }: ApprovalDeps): void {
  onSubmission(app, VIEW.decline, async ({ view, userId, homeTeamId: teamId }, ack) => {
    const refuse = async (sentence: string): Promise<void> =>
      ack({ response_action: 'errors', errors: { [DECLINE_BLOCK]: sentence } });
    const text = await textFor(userId);
    const { dialog } = text.approval;
    const { requestId, number, channelId, threadTs } = declineMetadata.read(view.metadata);
    const reason = readDeclineDialog(view.values);
    if (reason === '') return refuse(dialog.empty);
    const request = await requests.find(requestId);
    if (teamId !== request?.teamId) return refuse(text.steering.outsider);
    const by = steering.by({ userId, channelId, threadTs, responseUrl: null }, { reason });
    const saving = steering.ask('settle-approval', { requestId, number, act: 'decline', ...by });
    await orStayOpen(saving, async () => refuse(text.steering.notSaved));
    return ack();
  });
}

function askedIn({ value }: Press): AskedApproval {
  return readApprovalValue(value ?? '');
}
