import type { App } from '@slack/bolt';
import { awaited, wasAsked } from '../../session/approval.ts';
import { devinUserOf } from '../../session/identity.ts';
import { isOver, type SessionPhase } from '../../session/lifecycle.ts';
import { instructionsIn } from '../../session/prompt.ts';
import { type SessionRequest, findFollowed, type Followed } from '../../store/requests.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { fingerprintOf } from '../../store/sql.ts';
import type { Text } from '../../text/index.ts';
import { endingRefusal, readingRefusal, steeringRefusal, writingRefusal } from '../authority.ts';
import {
  approvalNotes,
  doubtOf,
  identitySentence,
  leftOutNotes,
  problemOf,
  untickedWords,
  cardView,
} from '../card-view.ts';
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
import type { Press } from '../edge/payload.ts';
import { privatePlace } from '../edge/places.ts';
import { saveAct, saveSaid, sendAgain } from '../inbox/acts.ts';
import { offerAgain } from '../inbox/requests.ts';
import { readDeclineDialog, renderDeclineDialog } from '../views/approval.ts';
import { renderDetails, type SessionDetails } from '../views/details.ts';
import { notice, sessionOver } from '../views/notices.ts';
import type { Rendered } from '../views/objects.ts';
import {
  readReplyBox,
  renderReplyBox,
  renderStopDialog,
  renderStopTrouble,
  type ReplyBox,
} from '../views/steering.ts';
import type { ListenersContext } from './context.ts';
import { openForm, openView } from './open-view.ts';
import {
  refuses,
  requestOf,
  requestUnless,
  requestUnlessPerson,
  onButton,
  onDurableButton,
  onSubmission,
  orStayOpen,
} from './routes.ts';

/** Buttons of cards, questions and approvals, and the dialogs that they open. What people do is saved at once; a job does it, if they may. */
export function listenToCards(app: App, c: ListenersContext): void {
  listenToActs(app, c);
  listenToDetails(app, c);
  listenToForms(app, c);
  listenToStop(app, c);
  listenToApprovals(app, c);
  listenToReplies(app, c);
  listenToSendAgain(app, c);
  // The browser opens the link; Slack only needs the click acknowledged.
  for (const link of ['open', 'review'] as const)
    onButton(app, CARD_ACTION[link], async () => Promise.resolve());
}

/** False: the request isn't known, or the person is an outsider. */
async function act(
  c: ListenersContext,
  press: Press,
  actOn: (request: SessionRequest) => Parameters<typeof saveAct>[2],
): Promise<boolean> {
  const request = await requestOf(c, press);
  if (request !== null) await saveAct(c, privatePlace(press), actOn(request));
  return request !== null;
}

function listenToActs(app: App, c: ListenersContext): void {
  for (const kind of ['archive', 'cancel', 'mute', 'unmute', 'listen-thread', 'listen-mentions'] as const)
    onDurableButton(app, CARD_ACTION[kind], async (press) => {
      await act(c, press, ({ id: requestId }) => ({ kind, requestId }));
    });

  for (const kind of ['try-again', 'start-now', 'check-again', 'start-anyway'] as const)
    onDurableButton(app, CARD_ACTION[kind], async (press) => {
      await act(c, press, ({ id: requestId, resumedAt }) => {
        return { kind, requestId, resumedAtMs: resumedAt?.getTime() ?? null };
      });
    });

  onDurableButton(app, ACTION.cancelListed, async (press) => {
    if (await act(c, press, ({ id: requestId }) => ({ kind: 'cancel', requestId })))
      await c.slack.outbound.settleNotice(press, notice([(await c.textFor(press.userId)).sessions.cancel]));
  });
}

function listenToDetails(app: App, c: ListenersContext): void {
  onButton(app, CARD_ACTION.details, async (press) => {
    const { userId } = press;
    // Nobody should approve what they can't read.
    const request = await requestUnlessPerson(c, press, async (_c, one) =>
      wasAsked(one.approvals, userId) ? null : readingRefusal(c, one, userId),
    );
    if (request === null) return;
    const onlyAsked =
      wasAsked(request.approvals, userId) && (await readingRefusal(c, request, userId)) !== null;
    const session = await c.store.sessions.ofRequest(request.id);
    const text = await c.textFor(userId);
    const details = detailsView({ request, session, onlyAsked }, text);
    await openView(c, press, renderDetails(details, text));
  });
}

type DetailsRows = {
  request: SessionRequest;
  session: SessionRow | null;
  /** For an approver who isn't in the conversation: nothing that it quotes, and nothing that Devin made of it. */
  onlyAsked: boolean;
};

/** Everything about a request and its session, except the values of session secrets. */
export function detailsView({ request, session, onlyAsked }: DetailsRows, text: Text): SessionDetails {
  const { identity, draft, prompt, secretNames, uploads } = request;
  const task = draft.values.prompt ?? prompt ?? '';
  const files = [...(draft.values.attachment_urls ?? []), ...(onlyAsked ? [] : (uploads?.urls ?? []))];
  const sent = onlyAsked || prompt === task ? null : prompt;
  const trouble = problemOf(request, text) ?? doubtOf(request, text);
  return {
    asked: {
      values: { ...draft.values, prompt: task, ...(files.length > 0 && { attachment_urls: files }) },
      secretNames,
      sources: draft.sources,
      names: draft.names,
    },
    url: onlyAsked ? null : (session?.url ?? null),
    identity:
      identity === null || identity.kind === 'refused'
        ? null
        : {
            name: identity.kind === 'matched' ? identity.name : text.card.serviceUser,
            how: identitySentence(identity, text),
          },
    support: {
      request: request.id,
      state: request.state,
      rule: rulesOf(request).join(', '),
      requested: request.createdAt.toISOString(),
      changed: request.updatedAt.toISOString(),
      member: devinUserOf(identity),
      ...(onlyAsked ? {} : idsOf(session)),
    },
    sent,
    leftOut: leftOut(request, text),
    instructions: prompt === null || sent !== null ? null : instructionsIn(prompt, request.id),
    news: [...(trouble === null ? [] : [trouble]), ...approvalNotes(request, text)],
  };
}

function rulesOf({ approvals, failure }: SessionRequest): string[] {
  const hurdles = failure?.kind === 'policy' ? failure.hurdles : [];
  return [...approvals, ...hurdles].map(({ rule }) => rule);
}

function idsOf(session: SessionRow | null): SessionDetails['support'] {
  const { sessionId, orgId, status, statusDetail, serviceUserId, parentSessionId } = session?.snapshot ?? {};
  return { session: sessionId, organization: orgId, status, statusDetail, serviceUserId, parentSessionId };
}

function leftOut({ uploads, context }: SessionRequest, text: Text): string[] {
  const unticked = untickedWords(context?.without, text);
  return [
    ...leftOutNotes(uploads?.leftOut ?? [], text),
    ...(unticked === null ? [] : [text.details.unticked(unticked)]),
  ];
}

/** A form that is filled in like a request. */
function listenToForms(app: App, c: ListenersContext): void {
  const reopen = async (press: Press, request: SessionRequest): Promise<void> =>
    openForm(c, press, await offerAgain(c, privatePlace(press), request));

  onButton(app, CARD_ACTION['edit-and-try-again'], async (press) => {
    const request = await requestUnlessPerson(c, press, async (_c, { userId: requesterId }, userId) =>
      requesterId === userId ? null : (await c.textFor(userId)).notices.notYourButton(requesterId),
    );
    if (request !== null) await reopen(press, request);
  });
  for (const again of ['start-again', 'raise-cap'] as const) {
    onButton(app, CARD_ACTION[again], async (press) => {
      // A session of their own: they must be able to read what was asked for.
      const request = await requestUnlessPerson(c, press, readingRefusal);
      if (request === null) return;
      const session = await c.store.sessions.ofRequest(request.id);
      const linked = withLink(request, session);
      await reopen(press, again === 'raise-cap' ? withHigherCap(linked, session) : linked);
    });
  }
}

/** After a failure or at a cap, Devin can read what the session has done. */
function withLink(request: SessionRequest, session: SessionRow | null): SessionRequest {
  if (session?.phase !== 'failed' && session?.phase !== 'capped') return request;
  const { values, sources } = request.draft;
  const session_links = [...new Set([...(values.session_links ?? []), session.url])];
  const linked = { ...sources, session_links: 'request' as const };
  return { ...request, draft: { ...request.draft, sources: linked, values: { ...values, session_links } } };
}

/** A session that stopped at its cap needs about as much again. What it used tells a cap that was set in Devin. */
function withHigherCap(request: SessionRequest, session: SessionRow | null): SessionRequest {
  const { values, sources } = request.draft;
  const cap = values.max_acu_limit ?? Math.ceil(session?.snapshot.acusConsumed ?? 0);
  if (cap === 0) return request;
  const raised = {
    ...request.draft,
    sources: { ...sources, max_acu_limit: 'request' as const },
    values: { ...values, max_acu_limit: cap * 2 },
  };
  return { ...request, draft: raised };
}

function listenToStop(app: App, c: ListenersContext): void {
  const { requests, sessions } = c.store;

  onButton(app, CARD_ACTION['ask-stop'], async (press) => {
    const request = await requestOf(c, press);
    const session = request === null ? null : await sessions.ofRequest(request.id);
    if (request === null || session === null) return;
    if (await refuses(c, press, await endingRefusal(c, { request, session }, press.userId))) return;
    const { channelId, threadTs } = privatePlace(press);
    const text = await c.textFor(press.userId);
    const card = cardView({ request, session, nowMs: c.now() }, text);
    const dialog = renderStopDialog({ card, metadata: { requestId: request.id, channelId, threadTs } }, text);
    await openView(c, press, dialog);
  });

  onSubmission(app, VIEW.stop, async ({ view, userId, homeTeamId }, ack) => {
    const { requestId, channelId, threadTs } = stopMetadata.read(view.metadata);
    const request = await requests.find(requestId);
    if (homeTeamId !== request?.teamId) return ack();
    const place = { userId, channelId, threadTs, responseUrl: null };
    await orStayOpen(saveAct(c, place, { kind: 'stop', requestId }), async () =>
      ack({ response_action: 'update', view: renderStopTrouble(await c.textFor(userId)) }),
    );
    return ack();
  });

  // The question after "stop" in the thread. The card shows the answer.
  onDurableButton(app, ACTION.stop, async (press) => {
    await act(c, press, ({ id: requestId }) => ({ kind: 'stop', requestId }));
    await c.slack.outbound.settleNotice(press, null);
  });
}

function listenToApprovals(app: App, c: ListenersContext): void {
  onDurableButton(app, ACTION.approve, async (press) => {
    const { requestId, number } = readApprovalValue(press.value ?? '');
    if ((await requestOf(c, press, requestId)) !== null)
      await saveAct(c, privatePlace(press), { kind: 'approve', requestId, number });
  });

  onButton(app, ACTION.decline, async (press) => {
    const { requestId, number } = readApprovalValue(press.value ?? '');
    const request = await requestOf(c, press, requestId);
    if (request === null) return;
    const text = await c.textFor(press.userId);
    const over = awaited(request, number) === null ? text.approval.refused.over : null;
    if (await refuses(c, press, over)) return;
    const { channelId, threadTs } = privatePlace(press);
    await openView(c, press, renderDeclineDialog({ requestId, number, channelId, threadTs }, text));
  });

  onSubmission(app, VIEW.decline, async ({ view, userId, homeTeamId: teamId }, ack) => {
    const refuse = async (sentence: string): Promise<void> =>
      ack({ response_action: 'errors', errors: { [DECLINE_BLOCK]: sentence } });
    const text = await c.textFor(userId);
    const { requestId, number, channelId, threadTs } = declineMetadata.read(view.metadata);
    const reason = readDeclineDialog(view.values);
    if (reason === '') return refuse(text.approval.dialog.empty);
    const request = await c.store.requests.find(requestId);
    if (teamId !== request?.teamId) return refuse(text.notices.identity.external(null));
    const place = { userId, channelId, threadTs, responseUrl: null };
    const saving = saveAct(c, place, { kind: 'decline', requestId, number, reason });
    await orStayOpen(saving, async () => refuse(text.steering.notSaved));
    return ack();
  });
}

/** What is written in a box, or chosen of a question's options. Whether the person may is asked again when it is sent. */
function listenToReplies(app: App, c: ListenersContext): void {
  const { requests, sessions } = c.store;

  for (const why of ['reply', 'answer', 'wake'] as const)
    onButton(app, CARD_ACTION[why], async (press) => {
      const request = await requestUnless(c, press, steeringRefusal);
      if (request === null) return;
      const session = await sessions.ofRequest(request.id);
      const refusal = session && (await writingRefusal(c, { request, session }, press.userId));
      if (await refuses(c, press, refusal)) return;
      const text = await c.textFor(press.userId);
      const closed = closedBox(session, text);
      if (closed !== null) return c.slack.outbound.tellPrivately(privatePlace(press), closed);
      const box = boxOf(request, session, why);
      await openView(c, press, renderReplyBox(box, text));
    });

  onSubmission(app, VIEW.reply, async ({ view, userId, homeTeamId: teamId }, ack) => {
    const { steering, notices } = await c.textFor(userId);
    const { box, notSaved } = steering;
    const refuse = async (sentence: string): Promise<void> =>
      ack({ response_action: 'errors', errors: { [REPLY_BLOCK]: sentence } });
    const { requestId } = replyMetadata.read(view.metadata);
    const [request, session] = await Promise.all([requests.find(requestId), sessions.ofRequest(requestId)]);
    const message = readReplyBox(view.values);
    if (request === null || session === null) return refuse(box.gone);
    if (message === '') return refuse(box.empty);
    if (teamId !== request.teamId) return refuse(notices.identity.external(null));
    // After an answer that was lost, the box is sent again, perhaps with other words.
    const dedupeKey = `box:${view.id}:${fingerprintOf(message)}`;
    const said = { userId, channelId: session.channelId, text: message, dedupeKey };
    const saving = saveSaid(c, { thread: { request, session }, ...said, via: 'box' });
    await orStayOpen(saving, async () => refuse(notSaved));
    return ack();
  });

  // Once for each question and person.
  onDurableButton(app, OPTION_ACTION, async (press) => {
    const { requestId, eventId, words: text } = optionValue.read(press.value ?? '');
    const request = await requestOf(c, press, requestId);
    const session = request === null ? null : await sessions.ofRequest(requestId);
    if (request === null || session === null) return;
    const { userId } = press;
    const tooLate = session.phase === 'needs-you' ? null : (await c.textFor(userId)).steering.optionTooLate;
    if (await refuses(c, press, tooLate)) return;
    const dedupeKey = `option:${session.sessionId}:${eventId}:${userId}`;
    const thread = { request, session };
    await saveSaid(c, { thread, userId, channelId: session.channelId, text, dedupeKey, via: null });
  });
}

/** Why no message can be written; null: one can. */
function closedBox(session: SessionRow | null, text: Text): Rendered | null {
  if (session === null) return notice([text.steering.box.none]);
  return isOver(session) ? sessionOver(session, text) : null;
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

/** The button under a message that Devin doesn't have, or may not have. The job checks the person, but not where they are. */
function listenToSendAgain(app: App, c: ListenersContext): void {
  const { outbound } = c.slack;

  /** Since they wrote it, they left the conversation, or its thread was muted. They are told so. */
  async function isKept(press: Press, followed: Followed, saidIn: string | null): Promise<boolean> {
    const { userId } = press;
    const { session } = followed;
    if (await refuses(c, press, await writingRefusal(c, followed, userId))) return true;
    if (saidIn !== session.channelId || !session.muted) return false;
    return refuses(c, press, (await c.textFor(userId)).thread.notTaken.muted);
  }

  onDurableButton(app, ACTION.sendAgain, async (press) => {
    const { value, userId, homeTeamId } = press;
    const reply = value === null ? null : await c.store.replies.find(value);
    // Another person wrote it.
    if (reply?.userId !== userId || reply.teamId !== homeTeamId) return;
    const followed = await findFollowed(c.store, reply.sessionId);
    if (followed === null) return;
    const saidIn = reply.messageTs === null ? null : reply.channelId;
    if (await isKept(press, followed, saidIn)) return;
    if (reply.state === 'skipped' && reply.editedTs === null) {
      // Outside the thread: if no reply is left there, Slack shows no notice in it.
      const { heldDeleted } = (await c.textFor(userId)).thread;
      return outbound.settleNotice({ ...press, threadTs: null }, notice([heldDeleted]));
    }
    await sendAgain(c, reply);
    await outbound.settleNotice(press, null);
  });
}
