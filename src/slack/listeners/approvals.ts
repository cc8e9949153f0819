import type { App } from '@slack/bolt';
import { awaitedSince, isAmong } from '../../session/approval.ts';
import { readDeclineDialog, renderDeclineDialog } from '../blocks/approval.ts';
import {
  ACTION,
  DECLINE_BLOCK,
  readApprovalValue,
  declineMetadata,
  VIEW,
  type AskedApproval,
} from '../ids.ts';
import type { Press } from '../interaction-payload.ts';
import { privatePlace } from '../places.ts';
import { createPressed, refuses, type PressDeps } from './press.ts';
import { onButton, onDurableButton, onSubmission, orStayOpen } from './routes.ts';
import type { Tools } from './tools.ts';

type ApprovalDeps = PressDeps & Pick<Tools, 'formInbox' | 'steering' | 'openForm' | 'openView'>;

/** The buttons of the message that asks for an approval. Whether the person may decide is asked by the job. */
export function listenToApprovals(app: App, deps: ApprovalDeps): void {
  listenToButtons(app, deps);
  listenToDialog(app, deps);
}

function listenToButtons(app: App, deps: ApprovalDeps): void {
  const { authority, formInbox, steering, openForm, openView, textFor } = deps;
  const pressed = createPressed(deps);

  onDurableButton(app, ACTION.approve, async (press) => {
    const asked = askedIn(press);
    if ((await pressed.inWorkspace(press, asked.requestId)) === null) return;
    await steering.ask('settle-approval', { ...asked, act: 'approve', ...steering.by(privatePlace(press)) });
  });

  /** null: it was decided meanwhile, and the person is told. */
  async function undecided(press: Press) {
    const { requestId, number } = askedIn(press);
    const request = await pressed.inWorkspace(press, requestId);
    if (request === null) return null;
    const approval = awaitedSince(request, number);
    if (approval !== null) return { request, approval };
    await refuses(deps, press, (await textFor(press.userId)).approval.refused.over);
    return null;
  }

  onButton(app, ACTION.decline, async (press) => {
    if ((await undecided(press)) === null) return;
    const text = await textFor(press.userId);
    const { channelId, threadTs } = privatePlace(press);
    const dialog = renderDeclineDialog({ ...askedIn(press), channelId, threadTs }, text);
    await openView(press, dialog);
  });

  // What it asks for is for those who were asked; what it quotes, for those in the conversation it comes from.
  onButton(app, ACTION.editAsked, async (press) => {
    const asked = await undecided(press);
    if (asked === null) return;
    const { userId } = press;
    const { request, approval } = asked;
    const { refused } = (await textFor(userId)).approval;
    const why =
      (isAmong(approval.people, { userId }) ? null : refused.notAsked) ??
      (await authority.personRefusal({ teamId: request.teamId, userId })) ??
      (await authority.readingRefusal(request, userId));
    if (await refuses(deps, press, why)) return;
    const reopening = { ...privatePlace(press), replaces: askedIn(press) };
    const form = await formInbox.offerAgain(reopening, request);
    await openForm(press, form);
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
