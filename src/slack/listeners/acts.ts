import type { App } from '@slack/bolt';
import type { SessionRequest } from '../../store/request-row.ts';
import { findFollowed, type Followed } from '../../store/requests.ts';
import { fingerprintOf } from '../../store/sql.ts';
import {
  ACTION,
  CARD_ACTION,
  DECLINE_BLOCK,
  declineMetadata,
  OPTION_ACTION,
  optionValue,
  readApprovalValue,
  REPLY_BLOCK,
  replyMetadata,
  stopMetadata,
  VIEW,
} from '../edge/ids.ts';
import type { Press } from '../edge/interaction-payload.ts';
import { privatePlace } from '../edge/places.ts';
import { readDeclineDialog } from '../views/approval.ts';
import { notice } from '../views/notices.ts';
import { readReplyBox, renderStopTrouble } from '../views/steering.ts';
import { createPressed, refuses, type PressDeps } from './press.ts';
import { onDurableButton, onSubmission, orStayOpen } from './routes.ts';
import type { Tools } from './tools.ts';

type ActDeps = PressDeps & Pick<Tools, 'acts' | 'threads'>;

/** Buttons and dialogs by which people act on sessions and requests: saved at once. A job does it, if they may. */
export function listenToActs(app: App, deps: ActDeps): void {
  listenToButtons(app, deps);
  listenToStop(app, deps);
  listenToDecline(app, deps);
  listenToReplies(app, deps);
  listenToSendAgain(app, deps);
}

function listenToButtons(app: App, deps: ActDeps): void {
  const { acts, outbound, textFor } = deps;
  const pressed = createPressed(deps);

  type Act = Parameters<typeof acts.act>[1];

  /** False: the request isn't known, or the person is an outsider. */
  async function act(press: Press, actOn: (request: SessionRequest) => Act): Promise<boolean> {
    const request = await pressed.inWorkspace(press);
    if (request !== null) await acts.act(privatePlace(press), actOn(request));
    return request !== null;
  }

  for (const kind of ['archive', 'cancel', 'mute', 'unmute', 'listen-thread', 'listen-mentions'] as const)
    onDurableButton(
      app,
      CARD_ACTION[kind],
      async (press) => void (await act(press, ({ id: requestId }) => ({ kind, requestId }))),
    );

  for (const kind of ['try-again', 'start-now', 'check-again', 'start-anyway'] as const)
    onDurableButton(app, CARD_ACTION[kind], async (press) => {
      await act(press, ({ id: requestId, resumedAt }) => {
        return { kind, requestId, resumedAtMs: resumedAt?.getTime() ?? null };
      });
    });

  // The question after "stop" in the thread. The card shows the answer.
  onDurableButton(app, ACTION.stop, async (press) => {
    await act(press, ({ id: requestId }) => ({ kind: 'stop', requestId }));
    await outbound.settleNotice(press, null);
  });

  onDurableButton(app, ACTION.cancelListed, async (press) => {
    if (await act(press, ({ id: requestId }) => ({ kind: 'cancel', requestId })))
      await outbound.settleNotice(press, notice([(await textFor(press.userId)).sessions.cancel]));
  });

  onDurableButton(app, ACTION.approve, async (press) => {
    const { requestId, number } = readApprovalValue(press.value ?? '');
    if ((await pressed.inWorkspace(press, requestId)) !== null)
      await acts.act(privatePlace(press), { kind: 'approve', requestId, number });
  });
}

function listenToStop(app: App, { requests, acts, textFor }: ActDeps): void {
  onSubmission(app, VIEW.stop, async ({ view, userId, homeTeamId }, ack) => {
    const { requestId, channelId, threadTs } = stopMetadata.read(view.metadata);
    const request = await requests.find(requestId);
    if (homeTeamId !== request?.teamId) return ack();
    const saving = acts.act({ userId, channelId, threadTs, responseUrl: null }, { kind: 'stop', requestId });
    await orStayOpen(saving, async () =>
      ack({ response_action: 'update', view: renderStopTrouble(await textFor(userId)) }),
    );
    return ack();
  });
}

function listenToDecline(app: App, { requests, acts, textFor }: ActDeps): void {
  onSubmission(app, VIEW.decline, async ({ view, userId, homeTeamId: teamId }, ack) => {
    const refuse = async (sentence: string): Promise<void> =>
      ack({ response_action: 'errors', errors: { [DECLINE_BLOCK]: sentence } });
    const text = await textFor(userId);
    const { requestId, number, channelId, threadTs } = declineMetadata.read(view.metadata);
    const reason = readDeclineDialog(view.values);
    if (reason === '') return refuse(text.approval.dialog.empty);
    const request = await requests.find(requestId);
    if (teamId !== request?.teamId) return refuse(text.steering.outsider);
    const place = { userId, channelId, threadTs, responseUrl: null };
    const saving = acts.act(place, { kind: 'decline', requestId, number }, { reason });
    await orStayOpen(saving, async () => refuse(text.steering.notSaved));
    return ack();
  });
}

/** What is written in a box, or chosen of a question's options. Whether the person may is asked when it is sent. */
function listenToReplies(app: App, deps: ActDeps): void {
  const { requests, sessions, threads, textFor } = deps;
  const pressed = createPressed(deps);

  onSubmission(app, VIEW.reply, async ({ view, userId, homeTeamId: teamId }, ack) => {
    const { box, outsider, notSaved } = (await textFor(userId)).steering;
    const refuse = async (sentence: string): Promise<void> =>
      ack({ response_action: 'errors', errors: { [REPLY_BLOCK]: sentence } });
    const { requestId } = replyMetadata.read(view.metadata);
    const [request, session] = await Promise.all([requests.find(requestId), sessions.ofRequest(requestId)]);
    const message = readReplyBox(view.values);
    if (request === null || session === null) return refuse(box.gone);
    if (message === '') return refuse(box.empty);
    if (teamId !== request.teamId) return refuse(outsider);
    // After an answer that was lost, the box is sent again, perhaps with other words.
    const dedupeKey = `box:${view.id}:${fingerprintOf(message)}`;
    const said = { userId, channelId: session.channelId, text: message, dedupeKey };
    const saving = threads.send({ thread: { request, session }, ...said, via: 'box' });
    await orStayOpen(saving, async () => refuse(notSaved));
    return ack();
  });

  // Once for each question and person.
  onDurableButton(app, OPTION_ACTION, async (press) => {
    const { requestId, eventId, words: text } = optionValue.read(press.value ?? '');
    const request = await pressed.inWorkspace(press, requestId);
    const session = request === null ? null : await sessions.ofRequest(requestId);
    if (request === null || session === null) return;
    const { userId } = press;
    const tooLate = session.phase === 'needs-you' ? null : (await textFor(userId)).steering.optionTooLate;
    if (await refuses(deps, press, tooLate)) return;
    const dedupeKey = `option:${session.sessionId}:${eventId}:${userId}`;
    const thread = { request, session };
    await threads.send({ thread, userId, channelId: session.channelId, text, dedupeKey, via: null });
  });
}

/** The button under a message that Devin doesn't have, or may not have. The job checks the person, but not where they are. */
function listenToSendAgain(app: App, deps: ActDeps): void {
  const { authority, threads, outbound, textFor } = deps;

  /** Since they wrote it, they left the conversation, or its thread was muted. They are told so. */
  async function isKept(press: Press, followed: Followed, saidIn: string | null): Promise<boolean> {
    const { userId } = press;
    const { session } = followed;
    if (await refuses(deps, press, await authority.writingRefusal(followed, userId))) return true;
    if (saidIn !== session.channelId || !session.muted) return false;
    return refuses(deps, press, (await textFor(userId)).thread.notTaken.muted);
  }

  onDurableButton(app, ACTION.sendAgain, async (press) => {
    const { value, userId, homeTeamId: teamId } = press;
    const reply = value === null ? null : await threads.findOwn(value, { userId, teamId });
    const followed = reply === null ? null : await findFollowed(deps, reply.sessionId);
    if (reply === null || followed === null) return;
    const saidIn = reply.messageTs === null ? null : reply.channelId;
    if (await isKept(press, followed, saidIn)) return;
    if (reply.state === 'skipped' && reply.editedTs === null) {
      // Outside the thread: if no reply is left there, Slack shows no notice in it.
      const { heldDeleted } = (await textFor(userId)).thread;
      return outbound.settleNotice({ ...press, threadTs: null }, notice([heldDeleted]));
    }
    await threads.sendAgain(reply);
    await outbound.settleNotice(press, null);
  });
}
