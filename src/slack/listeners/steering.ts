import type { App } from '@slack/bolt';
import type { SteeringVerb } from '../../queue/index.ts';
import { isOver, type SessionPhase } from '../../session/lifecycle.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { fingerprintOf } from '../../store/sql.ts';
import type { Text } from '../../text/index.ts';
import { cardView } from '../card-view.ts';
import {
  ACTION,
  CARD_ACTION,
  OPTION_ACTION,
  optionValue,
  REPLY_BLOCK,
  replyMetadata,
  stopMetadata,
  VIEW,
} from '../edge/ids.ts';
import type { Press } from '../edge/interaction-payload.ts';
import { privatePlace } from '../edge/places.ts';
import { notice, sessionOver } from '../views/notices.ts';
import type { Rendered } from '../views/objects.ts';
import {
  readReplyBox,
  renderReplyBox,
  renderStopDialog,
  renderStopTrouble,
  type ReplyBox,
} from '../views/steering.ts';
import { createPressed, refuses, type PressDeps } from './press.ts';
import { onButton, onDurableButton, onSubmission, orStayOpen } from './routes.ts';
import type { Tools } from './tools.ts';

type SteeringDeps = PressDeps & Pick<Tools, 'steering' | 'threads' | 'openView' | 'now'>;

/** Buttons that open the box for a message to Devin. */
const BOXES = ['reply', 'answer', 'wake'] as const satisfies ReplyBox['why'][];

export function listenToSteering(app: App, deps: SteeringDeps): void {
  listenOnCards(app, deps);
  listenToStop(app, deps);
  listenToBox(app, deps);
}

function listenOnCards(app: App, deps: SteeringDeps): void {
  const { sessions, steering, threads, authority, openView, outbound, textFor } = deps;
  const pressed = createPressed(deps);

  /** A job does it, and checks the person. */
  async function steer(press: Press, what: SteeringVerb): Promise<void> {
    const request = await pressed.inWorkspace(press);
    const sessionId = request?.sessionId ?? null;
    if (sessionId !== null)
      await steering.ask('steer', { sessionId, what, ...steering.by(privatePlace(press)) });
  }

  onDurableButton(app, CARD_ACTION.archive, async (press) => steer(press, 'archive'));

  // The question after "stop" in the thread. The card shows the answer.
  onDurableButton(app, ACTION.stop, async (press) => {
    await steer(press, 'stop');
    await outbound.settleNotice(press, null);
  });

  onButton(app, CARD_ACTION['ask-stop'], async (press) => {
    const request = await pressed.inWorkspace(press);
    const session = request === null ? null : await sessions.ofRequest(request.id);
    if (request === null || session === null) return;
    if (await refuses(deps, press, await authority.endingRefusal({ request, session }, press.userId))) return;
    const { channelId, threadTs } = privatePlace(press);
    const text = await textFor(press.userId);
    const card = cardView({ request, session, nowMs: deps.now() }, text);
    const dialog = renderStopDialog({ card, metadata: { requestId: request.id, channelId, threadTs } }, text);
    await openView(press, dialog);
  });

  /** A job cancels it. False: there is nothing to cancel. */
  async function cancel(press: Press): Promise<boolean> {
    const request = await pressed.inWorkspace(press);
    if (request !== null)
      await steering.ask('cancel-request', { requestId: request.id, ...steering.by(privatePlace(press)) });
    return request !== null;
  }

  onDurableButton(app, CARD_ACTION.cancel, async (press) => void (await cancel(press)));
  onDurableButton(app, ACTION.cancelListed, async (press) => {
    if (!(await cancel(press))) return;
    await outbound.settleNotice(press, notice([(await textFor(press.userId)).sessions.cancel]));
  });

  // Once for each question and person. The job checks whether the person may.
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

  for (const why of BOXES) {
    onButton(app, CARD_ACTION[why], async (press) => {
      const request = await pressed.bySteerer(press);
      if (request === null) return;
      const session = await sessions.ofRequest(request.id);
      const refusal = session && (await authority.writingRefusal({ request, session }, press.userId));
      if (await refuses(deps, press, refusal)) return;
      const text = await textFor(press.userId);
      const closed = closedBox(request.id, session, text);
      if (closed !== null) return void (await outbound.tellPrivately(privatePlace(press), closed));
      const box = boxOf(request, session, why);
      await openView(press, renderReplyBox(box, text));
    });
  }
}

/** Why no message can be written; null: one can. */
function closedBox(requestId: string, session: SessionRow | null, text: Text): Rendered | null {
  if (session === null) return notice([text.steering.box.none]);
  return isOver(session) ? sessionOver(requestId, text) : null;
}

/** Devin continued, but the message that asked still has its button. */
const WENT_ON: ReadonlySet<SessionPhase> = new Set(['working', 'finished']);

function boxOf(
  { id: requestId }: SessionRequest,
  session: SessionRow | null,
  why: ReplyBox['why'],
): ReplyBox {
  const tooLate = why === 'answer' && session !== null && WENT_ON.has(session.phase);
  return { requestId, why: tooLate ? 'reply' : why, tooLate, lastWords: session?.lastWords ?? null };
}

/** The job checks again whether the person may. */
function listenToStop(app: App, { requests, steering, textFor }: SteeringDeps): void {
  onSubmission(app, VIEW.stop, async ({ view, userId, homeTeamId }, ack) => {
    const { requestId, channelId, threadTs } = stopMetadata.read(view.metadata);
    const request = await requests.find(requestId);
    const sessionId = request?.sessionId ?? null;
    if (sessionId === null || homeTeamId !== request?.teamId) return ack();
    const by = steering.by({ userId, channelId, threadTs, responseUrl: null });
    const saving = steering.ask('steer', { sessionId, what: 'stop', ...by });
    await orStayOpen(saving, async () =>
      ack({ response_action: 'update', view: renderStopTrouble(await textFor(userId)) }),
    );
    return ack();
  });
}

function listenToBox(app: App, deps: SteeringDeps): void {
  const { requests, sessions, threads, textFor } = deps;

  // The job checks whether the person may when it sends the message.
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
}
