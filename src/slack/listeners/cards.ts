import type { App } from '@slack/bolt';
import { awaited, wasAsked } from '../../session/approval.ts';
import { isOver, type SessionPhase } from '../../session/lifecycle.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { SessionRow } from '../../store/sessions.ts';
import type { Text } from '../../text/index.ts';
import { cardView } from '../card-view.ts';
import { detailsView } from '../details-view.ts';
import { ACTION, CARD_ACTION, readApprovalValue } from '../edge/ids.ts';
import type { Press } from '../edge/interaction-payload.ts';
import { privatePlace } from '../edge/places.ts';
import { renderDeclineDialog } from '../views/approval.ts';
import { renderDetails } from '../views/details.ts';
import { notice, sessionOver } from '../views/notices.ts';
import type { Rendered } from '../views/objects.ts';
import { renderReplyBox, renderStopDialog, type ReplyBox } from '../views/steering.ts';
import { createPressed, refuses, type PressDeps } from './press.ts';
import { onButton } from './routes.ts';
import type { Tools } from './tools.ts';

type CardDeps = PressDeps & Pick<Tools, 'formInbox' | 'openForm' | 'openView' | 'now'>;

/** Buttons that show something: details, a form, a box, a question. What people then send is saved by `acts.ts`. */
export function listenToCards(app: App, deps: CardDeps): void {
  listenToDetails(app, deps);
  listenToForms(app, deps);
  listenToDialogs(app, deps);
  listenToBoxes(app, deps);
  // The browser opens the link; Slack only needs the click acknowledged.
  for (const link of ['open', 'review'] as const)
    onButton(app, CARD_ACTION[link], async () => Promise.resolve());
}

function listenToDetails(app: App, deps: CardDeps): void {
  const { sessions, authority, openView, textFor } = deps;
  const pressed = createPressed(deps);

  onButton(app, CARD_ACTION.details, async (press) => {
    const { userId } = press;
    // Nobody should approve what they can't read.
    const request = await pressed.byPerson(press, async (one) =>
      wasAsked(one.approvals, userId) ? null : authority.readingRefusal(one, userId),
    );
    if (request === null) return;
    const onlyAsked =
      wasAsked(request.approvals, userId) && (await authority.readingRefusal(request, userId)) !== null;
    const session = await sessions.ofRequest(request.id);
    const text = await textFor(userId);
    const details = detailsView({ request, session, onlyAsked }, text);
    await openView(press, renderDetails(details, text));
  });
}

/** A form that is filled in like a request. */
function listenToForms(app: App, deps: CardDeps): void {
  const { sessions, formInbox, authority, openForm, textFor } = deps;
  const pressed = createPressed(deps);

  const reopen = async (press: Press, request: SessionRequest | null): Promise<void> => {
    if (request !== null) await openForm(press, await formInbox.offerAgain(privatePlace(press), request));
  };
  // A session of their own: they must be able to read what was asked for.
  const byReader = async (press: Press): Promise<SessionRequest | null> =>
    pressed.byPerson(press, authority.readingRefusal);

  onButton(app, CARD_ACTION['edit-and-try-again'], async (press) => {
    const request = await pressed.byPerson(press, async ({ userId: requesterId }, userId) =>
      requesterId === userId ? null : (await textFor(userId)).notices.notYourButton(requesterId),
    );
    await reopen(press, request);
  });
  for (const again of ['start-again', 'raise-cap'] as const) {
    onButton(app, CARD_ACTION[again], async (press) => {
      const request = await byReader(press);
      const session = request === null ? null : await sessions.ofRequest(request.id);
      const linked = request && withLink(request, session);
      await reopen(press, linked && again === 'raise-cap' ? withHigherCap(linked, session) : linked);
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

function listenToDialogs(app: App, deps: CardDeps): void {
  const { sessions, authority, openView, textFor, now } = deps;
  const pressed = createPressed(deps);

  onButton(app, CARD_ACTION['ask-stop'], async (press) => {
    const request = await pressed.inWorkspace(press);
    const session = request === null ? null : await sessions.ofRequest(request.id);
    if (request === null || session === null) return;
    if (await refuses(deps, press, await authority.endingRefusal({ request, session }, press.userId))) return;
    const { channelId, threadTs } = privatePlace(press);
    const text = await textFor(press.userId);
    const card = cardView({ request, session, nowMs: now() }, text);
    const dialog = renderStopDialog({ card, metadata: { requestId: request.id, channelId, threadTs } }, text);
    await openView(press, dialog);
  });

  onButton(app, ACTION.decline, async (press) => {
    const { requestId, number } = readApprovalValue(press.value ?? '');
    const request = await pressed.inWorkspace(press, requestId);
    if (request === null) return;
    const text = await textFor(press.userId);
    if (awaited(request, number) === null)
      return void (await refuses(deps, press, text.approval.refused.over));
    const { channelId, threadTs } = privatePlace(press);
    await openView(press, renderDeclineDialog({ requestId, number, channelId, threadTs }, text));
  });
}

/** The box for a message to Devin. */
function listenToBoxes(app: App, deps: CardDeps): void {
  const { sessions, authority, openView, outbound, textFor } = deps;
  const pressed = createPressed(deps);
  for (const why of ['reply', 'answer', 'wake'] as const)
    onButton(app, CARD_ACTION[why], async (press) => {
      const request = await pressed.bySteerer(press);
      if (request === null) return;
      const session = await sessions.ofRequest(request.id);
      const refusal = session && (await authority.writingRefusal({ request, session }, press.userId));
      if (await refuses(deps, press, refusal)) return;
      const text = await textFor(press.userId);
      const closed = closedBox(session, text);
      if (closed !== null) return void (await outbound.tellPrivately(privatePlace(press), closed));
      const box = boxOf(request, session, why);
      await openView(press, renderReplyBox(box, text));
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
