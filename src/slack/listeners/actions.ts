import type { App } from '@slack/bolt';
import type { Resumption } from '../../queue/index.ts';
import { wasAsked } from '../../session/approval.ts';
import type { ReplyKind } from '../../session/reply.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import { findFollowed, type Followed } from '../../store/requests.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { detailsView } from '../details-view.ts';
import { ACTION, CARD_ACTION } from '../edge/ids.ts';
import type { Press } from '../edge/interaction-payload.ts';
import { privatePlace } from '../edge/places.ts';
import { renderDetails } from '../views/details.ts';
import { notice } from '../views/notices.ts';
import { isMuted, type WhoseContext } from '../whose-message.ts';
import { createPressed, refuses, type PressDeps } from './press.ts';
import { onButton, onDurableButton } from './routes.ts';
import type { Tools } from './tools.ts';

type ActionDeps = PressDeps &
  WhoseContext &
  Pick<Tools, 'threads' | 'formInbox' | 'openForm' | 'openView' | 'enqueue'>;

export function listenToActions(app: App, deps: ActionDeps): void {
  listenOnRequests(app, deps);
  listenToSwitches(app, deps);
  listenToMessageButtons(app, deps);
}

/** Buttons that resume a request. */
const RESUMPTIONS = ['try-again', 'start-now', 'check-again', 'start-anyway'] as const satisfies Resumption[];

/** Buttons of a card that show something, retry, or start another session. */
function listenOnRequests(app: App, deps: ActionDeps): void {
  const { sessions, formInbox, authority, openForm, openView, enqueue, textFor } = deps;
  const pressed = createPressed(deps);

  /** Only the requester may do what costs money. */
  const byRequester = async (press: Press): Promise<SessionRequest | null> =>
    pressed.byPerson(press, async (request, userId) =>
      request.userId === userId ? null : (await textFor(userId)).notices.notYourButton(request.userId),
    );

  const byReader = async (press: Press): Promise<SessionRequest | null> =>
    pressed.byPerson(press, authority.readingRefusal);

  // Nobody should approve what they can't read.
  const byReaderOrApprover = async (press: Press): Promise<SessionRequest | null> =>
    pressed.byPerson(press, async (request, userId) =>
      wasAsked(request.approvals, userId) ? null : authority.readingRefusal(request, userId),
    );

  // The browser opens the link; Slack only needs the click acknowledged.
  for (const link of ['open', 'review'] as const)
    onButton(app, CARD_ACTION[link], async () => Promise.resolve());

  onButton(app, CARD_ACTION.details, async (press) => {
    const request = await byReaderOrApprover(press);
    if (request === null) return;
    const { userId } = press;
    const onlyAsked =
      wasAsked(request.approvals, userId) && (await authority.readingRefusal(request, userId)) !== null;
    const session = await sessions.ofRequest(request.id);
    const text = await textFor(userId);
    const details = detailsView({ request, session, onlyAsked }, text);
    await openView(press, renderDetails(details, text));
  });

  const reopen = async (press: Press, request: SessionRequest | null): Promise<void> => {
    if (request !== null) await openForm(press, await formInbox.offerAgain(privatePlace(press), request));
  };

  onButton(app, CARD_ACTION['edit-and-try-again'], async (press) => reopen(press, await byRequester(press)));
  // A session of their own: they must be able to read what was asked for.
  onButton(app, CARD_ACTION['start-again'], async (press) => reopen(press, await byReader(press)));
  onButton(app, CARD_ACTION['raise-cap'], async (press) => {
    const request = await byReader(press);
    await reopen(press, request && withHigherCap(request, await sessions.ofRequest(request.id)));
  });

  for (const how of RESUMPTIONS) {
    onButton(app, CARD_ACTION[how], async (press) => {
      const request = await byRequester(press);
      if (request === null) return;
      const { id: requestId, resumedAt } = request;
      await enqueue('resume', { requestId, how, resumedAtMs: resumedAt?.getTime() ?? null });
    });
  }
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

/** Buttons of a card that do what a keyword does in its thread; the job checks the person. */
const SWITCHES = ['mute', 'unmute', 'listen-thread', 'listen-mentions'] as const satisfies ReplyKind[];

function listenToSwitches(app: App, deps: ActionDeps): void {
  const { sessions, threads } = deps;
  const pressed = createPressed(deps);
  for (const kind of SWITCHES) {
    onDurableButton(app, CARD_ACTION[kind], async (press) => {
      const request = await pressed.inWorkspace(press);
      const session = request === null ? null : await sessions.ofRequest(request.id);
      if (request === null || session === null) return;
      const { userId, actionTs } = press;
      const thread = { request, session };
      await threads.press({ thread, userId, kind, press: `${userId}:${actionTs}` });
    });
  }
}

/** The button under a message that Devin doesn't have, or may not have. The job checks the person, but not where they are. */
function listenToMessageButtons(app: App, deps: ActionDeps): void {
  const { authority, threads, outbound, textFor } = deps;

  /** Since they wrote it, they left the conversation, or its thread was muted. They are told so. */
  async function isKept(press: Press, followed: Followed, saidIn: string | null): Promise<boolean> {
    const { userId } = press;
    const { session } = followed;
    if (await refuses(deps, press, await authority.writingRefusal(followed, userId))) return true;
    if (saidIn !== session.channelId || !(await isMuted(deps, session))) return false;
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
