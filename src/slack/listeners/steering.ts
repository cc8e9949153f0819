import type { App } from '@slack/bolt';
import type { SteeringVerb } from '../../queue/index.ts';
import type { SessionPhase } from '../../session/lifecycle.ts';
import type { Person } from '../../store/identities.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { SessionRow, Sessions } from '../../store/sessions.ts';
import type { Authority } from '../authority.ts';
import { sessionOver } from '../blocks/notices.ts';
import { readReplyBox, renderReplyBox } from '../blocks/reply.ts';
import type { ReplyBox } from '../blocks/reply.ts';
import { renderStopDialog, renderStopTrouble } from '../blocks/stop-dialog.ts';
import { isOver } from '../card-actions.ts';
import { cardView } from '../card-view.ts';
import { ACTION, readReplyMetadata, readStopMetadata, REPLY_BLOCK, VIEW } from '../ids.ts';
import type { Intake } from '../intake.ts';
import type { Outbound } from '../outbound.ts';
import type { SteeringIntake } from '../steering-intake.ts';
import type { TextFor } from '../text-for.ts';
import type { FormOpener, ViewOpener } from '../view-opener.ts';
import { actorOf, createPressed, onButton, onDurableButton, openingOf, privatePlace } from './press.ts';

type SteeringDeps = {
  requests: Pick<Requests, 'find'>;
  sessions: Pick<Sessions, 'ofRequest' | 'touch'>;
  authority: Authority;
  intake: Pick<Intake, 'offerAgain'>;
  steering: SteeringIntake;
  openForm: FormOpener;
  openView: ViewOpener;
  outbound: Pick<Outbound, 'tellPrivately'>;
  now: () => number;
  textFor: TextFor;
};

/** Buttons that open the box for a message to Devin. */
const BOXES = [
  [ACTION.reply, 'reply'],
  [ACTION.answer, 'answer'],
  [ACTION.wake, 'wake'],
] as const satisfies [string, ReplyBox['why']][];

/** Buttons for what a job does at Devin; it checks the person, too. */
const VERBS = [
  [ACTION.stop, 'stop'],
  [ACTION.archive, 'archive'],
] as const satisfies [string, SteeringVerb][];

export function listenToSteering(app: App, deps: SteeringDeps): void {
  listenOnCards(app, deps);
  listenToStop(app, deps);
  listenToBox(app, deps);
}

function listenOnCards(app: App, deps: SteeringDeps): void {
  const { sessions, intake, steering, authority, openForm, openView, outbound, textFor } = deps;
  const pressed = createPressed(deps);

  for (const [actionId, what] of VERBS) {
    onDurableButton(app, actionId, async (press) => {
      const request = await pressed.inWorkspace(press);
      const sessionId = request?.sessionId ?? null;
      if (sessionId !== null) await steering.steer(actorOf(press), what, { sessionId, always: false });
    });
  }

  onButton(app, ACTION.askStop, async (press) => {
    const request = await pressed.bySteerer(press);
    const session = request === null ? null : await sessions.ofRequest(request.id);
    if (request === null || session === null) return;
    const { channelId, threadTs } = privatePlace(press.body);
    const text = await textFor(press.body.user.id);
    const card = cardView({ request, session, nowMs: deps.now() }, text);
    const dialog = renderStopDialog({ card, metadata: { requestId: request.id, channelId, threadTs } }, text);
    await openView(press.body.trigger_id, dialog, openingOf(press, 'stop'));
  });

  onDurableButton(app, ACTION.cancel, async (press) => {
    const request = await pressed.inWorkspace(press);
    if (request !== null) await steering.cancel(actorOf(press), request.id);
  });

  async function boxRefusal(request: SessionRequest, person: Person): Promise<string | null> {
    const session = await sessions.ofRequest(request.id);
    const refusal = await authority.steeringRefusal(request, person);
    if (refusal !== null || session === null) return refusal;
    return authority.writingRefusal(session, person.userId);
  }

  for (const [actionId, why] of BOXES) {
    onButton(app, actionId, async (press) => {
      const request = await pressed.byPerson(press, boxRefusal);
      if (request === null) return;
      const session = await sessions.ofRequest(request.id);
      const text = await textFor(press.body.user.id);
      if (session !== null && isOver(session, session.phase)) {
        await outbound.tellPrivately(privatePlace(press.body), sessionOver(request.id, text));
        return;
      }
      const box = boxOf(request, session, why);
      await openView(press.body.trigger_id, renderReplyBox(box, text), openingOf(press, 'box'));
    });
  }

  // A session of their own: anyone who may start one may ask for it, if they may read what was asked for.
  onButton(app, ACTION.startAgain, async (press) => {
    const request = await pressed.byPerson(press, async (asked, { userId }) =>
      authority.readingRefusal(asked, userId),
    );
    if (request === null) return;
    await openForm(press.body.trigger_id, await intake.offerAgain(privatePlace(press.body), request));
  });

  onButton(app, ACTION.raiseCap, async (press) => {
    const request = await pressed.byPerson(press, async (asked, { userId }) =>
      authority.readingRefusal(asked, userId),
    );
    if (request === null) return;
    const higher = withHigherCap(request);
    await openForm(press.body.trigger_id, await intake.offerAgain(privatePlace(press.body), higher));
  });
}

/** What stopped at its cap needs about as much again. */
function withHigherCap(request: SessionRequest): SessionRequest {
  const { values, sources } = request.draft;
  const { max_acu_limit: cap } = values;
  if (cap === undefined) return request;
  const raised = {
    sources: { ...sources, max_acu_limit: 'request' as const },
    values: { ...values, max_acu_limit: cap * 2 },
  };
  return { ...request, draft: raised };
}

/** Devin went on, though the message that asked still has its button. */
const WENT_ON: ReadonlySet<SessionPhase> = new Set(['working', 'finished']);

function boxOf(
  { id: requestId }: SessionRequest,
  session: SessionRow | null,
  why: ReplyBox['why'],
): ReplyBox {
  const tooLate = why === 'answer' && session !== null && WENT_ON.has(session.phase);
  return { requestId, why: tooLate ? 'reply' : why, tooLate, lastWords: session?.lastWords ?? null };
}

/** Whether the person may is asked again by the job. */
function listenToStop(app: App, { requests, steering, textFor }: SteeringDeps): void {
  app.view({ callback_id: VIEW.stop, type: 'view_submission' }, async ({ view, body, ack }) => {
    const { requestId, channelId, threadTs } = readStopMetadata(view.private_metadata);
    const request = await requests.find(requestId);
    const { id: userId, team_id: teamId } = body.user;
    const sessionId = request?.sessionId ?? null;
    if (sessionId === null || teamId === undefined || teamId !== request?.teamId) return ack();
    const actor = { userId, teamId, channelId, threadTs, responseUrl: null };
    try {
      await steering.steer(actor, 'stop', { sessionId, always: false });
    } catch (error) {
      await ack({ response_action: 'update', view: renderStopTrouble(await textFor(userId)) });
      throw error;
    }
    return ack();
  });
}

function listenToBox(app: App, deps: SteeringDeps): void {
  const { requests, sessions, steering, textFor } = deps;

  // Whether the person may is asked by the job, when it goes to Devin.
  app.view({ callback_id: VIEW.reply, type: 'view_submission' }, async ({ view, body, ack }) => {
    const { id: userId, team_id: teamId } = body.user;
    const { box, outsider } = (await textFor(userId)).steering;
    const refuse = async (sentence: string): Promise<void> =>
      ack({ response_action: 'errors', errors: { [REPLY_BLOCK]: sentence } });
    const { requestId } = readReplyMetadata(view.private_metadata);
    const [request, session] = await Promise.all([requests.find(requestId), sessions.ofRequest(requestId)]);
    const message = readReplyBox(view.state.values);
    if (request === null || session === null) return refuse(box.gone);
    if (message === '') return refuse(box.empty);
    if (teamId !== request.teamId) return refuse(outsider);
    try {
      const actor = { userId, teamId, channelId: session.channelId, threadTs: null, responseUrl: null };
      await steering.reply(actor, { session, text: message, via: 'box', dedupeKey: `box:${view.id}` });
    } catch (error) {
      // The box stays open with everything in it.
      await refuse(box.notRecorded);
      throw error;
    }
    return ack();
  });
}
