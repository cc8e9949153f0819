import type { App } from '@slack/bolt';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { Sessions } from '../../store/sessions.ts';
import type { Authority } from '../authority.ts';
import { readDeclineDialog, renderDeclineDialog } from '../blocks/decline-dialog.ts';
import { notice } from '../blocks/notices.ts';
import { ACTION, DECLINE_BLOCK, readApprovalValue, readDeclineMetadata, VIEW } from '../ids.ts';
import type { AskedApproval } from '../ids.ts';
import type { Intake } from '../intake.ts';
import type { Outbound } from '../outbound.ts';
import type { SteeringIntake } from '../steering-intake.ts';
import type { TextFor } from '../text-for.ts';
import type { FormOpener, ViewOpener } from '../view-opener.ts';
import { actorOf, createPressed, onButton, onDurableButton, openingOf, privatePlace } from './press.ts';
import type { Press } from './press.ts';

type ApprovalDeps = {
  requests: Pick<Requests, 'find'>;
  sessions: Pick<Sessions, 'touch'>;
  authority: Authority;
  intake: Pick<Intake, 'offerAgain'>;
  steering: Pick<SteeringIntake, 'settleApproval'>;
  openForm: FormOpener;
  openView: ViewOpener;
  outbound: Pick<Outbound, 'tellPrivately'>;
  textFor: TextFor;
};

/** The buttons of the message that asks for an approval. Whether the person may decide is asked by the job. */
export function listenToApprovals(app: App, deps: ApprovalDeps): void {
  listenToButtons(app, deps);
  listenToDialog(app, deps);
}

function listenToButtons(app: App, deps: ApprovalDeps): void {
  const { authority, intake, steering, openForm, openView, outbound, textFor } = deps;
  const pressed = createPressed(deps);

  onDurableButton(app, ACTION.approve, async (press) => {
    const asked = askedIn(press);
    if ((await pressed.inWorkspace(about(press, asked))) === null) return;
    await steering.settleApproval(actorOf(press), { ...asked, act: 'approve', reason: null });
  });

  /** null: it was decided meanwhile, and the person is told. */
  async function undecided(press: Press): Promise<SessionRequest | null> {
    const request = await pressed.inWorkspace(about(press, askedIn(press)));
    if (request === null || request.state === 'awaiting-approval') return request;
    const { refused } = (await textFor(press.body.user.id)).approval;
    await outbound.tellPrivately(privatePlace(press.body), notice([refused.over]));
    return null;
  }

  onButton(app, ACTION.decline, async (press) => {
    if ((await undecided(press)) === null) return;
    const text = await textFor(press.body.user.id);
    const { channelId, threadTs } = privatePlace(press.body);
    const dialog = renderDeclineDialog({ ...askedIn(press), channelId, threadTs }, text);
    await openView(press.body.trigger_id, dialog, openingOf(press, 'decline'));
  });

  // What it quotes is for those who are in the conversation it comes from.
  onButton(app, ACTION.editAsked, async (press) => {
    const request = await undecided(press);
    if (request === null) return;
    const { id: userId } = press.body.user;
    const why =
      (await authority.refusalOf({ teamId: request.teamId, userId })) ??
      (await authority.readingRefusal(request, userId));
    const place = privatePlace(press.body);
    if (why !== null) {
      await outbound.tellPrivately(place, notice([why]));
      return;
    }
    const form = await intake.offerAgain({ ...place, replaces: askedIn(press) }, request);
    await openForm(press.body.trigger_id, form);
  });
}

function listenToDialog(app: App, { requests, steering, textFor }: ApprovalDeps): void {
  app.view({ callback_id: VIEW.decline, type: 'view_submission' }, async ({ view, body, ack }) => {
    const refuse = async (sentence: string): Promise<void> =>
      ack({ response_action: 'errors', errors: { [DECLINE_BLOCK]: sentence } });
    const text = await textFor(body.user.id);
    const { dialog } = text.approval;
    const { requestId, number, channelId, threadTs } = readDeclineMetadata(view.private_metadata);
    const reason = readDeclineDialog(view.state.values);
    if (reason === '') return refuse(dialog.empty);
    const request = await requests.find(requestId);
    const { id: userId, team_id: teamId } = body.user;
    if (teamId === undefined || teamId !== request?.teamId) return refuse(text.steering.outsider);
    const actor = { userId, teamId, channelId, threadTs, responseUrl: null };
    try {
      await steering.settleApproval(actor, { requestId, number, act: 'decline', reason });
    } catch (error) {
      // The dialog stays open with everything in it.
      await refuse(dialog.notRecorded);
      throw error;
    }
    return ack();
  });
}

function askedIn({ action }: Press): AskedApproval {
  return readApprovalValue(action.value ?? '');
}

/** As if its value were the request's id alone. */
function about(press: Press, { requestId }: AskedApproval): Press {
  return { ...press, action: { ...press.action, value: requestId } };
}
