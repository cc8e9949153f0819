import type { Jobs } from '../../queue/index.ts';
import { awaited, wasAsked } from '../../session/approval.ts';
import { applyForm, type EffectiveDraft } from '../../session/defaults.ts';
import { isOver, isOwnCap } from '../../session/lifecycle.ts';
import { readPrompt } from '../../session/prompt.ts';
import {
  type Followed,
  type SessionRequest,
  type SteeredThread,
  findFollowed,
} from '../../store/requests.ts';
import { fingerprintOf } from '../../store/sql.ts';
import type { Text } from '../../text/index.ts';
import {
  readingRefusal,
  refuse,
  RefusedError,
  requireEnding,
  requirePerson,
  requireSteering,
  requireWriting,
} from '../authority.ts';
import { approvalNotes, shownIdentity, leftOutNotes, problemOf, cardView } from '../card-view.ts';
import {
  ACTION,
  CARD_ACTION,
  DECLINE_BLOCK,
  optionValue,
  OutdatedError,
  approvalValue,
  REPLY_BLOCK,
  sessionMetadata,
  VIEW,
} from '../edge/ids.ts';
import type { Press, Submission } from '../edge/payload.ts';
import { saveAct, saveSaid, sendAgain } from '../inbox/acts.ts';
import { offerAgain } from '../inbox/requests.ts';
import { readDeclineDialog, renderDeclineDialog } from '../views/approval.ts';
import { renderDetails, type SessionDetails } from '../views/details.ts';
import { sessionOver } from '../views/notices.ts';
import { readReplyBox, renderReplyBox, renderStopDialog } from '../views/steering.ts';
import {
  durable,
  quick,
  threadOf,
  type ListenersContext,
  type OnPress,
  type OnSubmit,
  type Presses,
  type Submissions,
} from './context.ts';
import { openForm, openView } from './open-view.ts';

/** Buttons of cards, questions and approvals. What people do is saved at once; a job does it, if they may. */
export const CARD_PRESSES = {
  [CARD_ACTION.archive]: acts('archive'),
  [CARD_ACTION.cancel]: acts('cancel'),
  [CARD_ACTION.mute]: acts('mute'),
  [CARD_ACTION.unmute]: acts('unmute'),
  [CARD_ACTION['listen-thread']]: acts('listen-thread'),
  [CARD_ACTION['listen-mentions']]: acts('listen-mentions'),
  [CARD_ACTION['try-again']]: acts('try-again'),
  [CARD_ACTION['start-now']]: acts('start-now'),
  [CARD_ACTION['check-again']]: acts('check-again'),
  [CARD_ACTION['start-anyway']]: acts('start-anyway'),
  [CARD_ACTION.details]: quick(openDetails),
  [CARD_ACTION['edit-and-try-again']]: quick(openAgain),
  [CARD_ACTION['start-again']]: quick(openAgain),
  [CARD_ACTION['ask-stop']]: quick(openStop),
  [CARD_ACTION.reply]: quick(openBox),
  // The browser opens the link; Slack only needs the click acknowledged.
  [CARD_ACTION.open]: quick(async () => Promise.resolve()),
  [CARD_ACTION.review]: quick(async () => Promise.resolve()),
  [ACTION.approve]: durable(async (c, press) => {
    const { requestId, number } = approvalValue.read(press.value);
    await threadOf(c, press, requestId);
    await saveAct(c, press, { kind: 'approve', requestId, number });
  }),
  [ACTION.decline]: quick(openDecline),
  [ACTION.option]: durable(answerWithOption),
  [ACTION.sendAgain]: durable(pressSendAgain),
} satisfies Presses;

/** Dialogs of cards. */
export const CARD_SUBMISSIONS = {
  [VIEW.stop]: sendStop,
  [VIEW.decline]: sendDecline,
  [VIEW.reply]: sendReply,
} satisfies Submissions;

type CardAct = Exclude<
  Jobs['act']['kind'],
  'stop' | 'sleep' | 'approve' | 'decline' | 'follow' | 'link' | 'usage'
>;

function acts(kind: CardAct): OnPress {
  return durable(async (c, press) => {
    const { id: requestId, resumedAt } = (await threadOf(c, press)).request;
    await saveAct(c, press, { kind, requestId, resumedAtMs: resumedAt?.getTime() ?? null });
  });
}

async function openDetails(c: ListenersContext, press: Press): Promise<void> {
  const { userId } = press;
  const thread = await threadOf(c, press);
  await requirePerson(c, { teamId: thread.request.teamId, userId });
  const unreadable = await readingRefusal(c, thread, userId);
  // Nobody should approve what they can't read.
  if (!wasAsked(thread.request.approvals, userId)) refuse(unreadable);
  const text = await c.textFor(userId);
  const details = detailsView({ ...thread, onlyAsked: unreadable !== null }, text);
  await openView(c, press, renderDetails(details, text));
}

type DetailsRows = SteeredThread & {
  /** For an approver who isn't in the conversation: nothing that it quotes, and nothing that Devin made of it. */
  onlyAsked: boolean;
};

/** Everything about a request and its session, except the values of session secrets. */
export function detailsView({ request, onlyAsked, ...rows }: DetailsRows, text: Text): SessionDetails {
  const { identity, draft, prompt, secretNames, uploads } = request;
  const task = draft.values.prompt ?? prompt ?? '';
  const { session, uploaded, sent } = onlyAsked
    ? { session: null, uploaded: [], sent: null }
    : { session: rows.session, uploaded: uploads?.urls ?? [], sent: prompt === task ? null : prompt };
  const files = [...(draft.values.attachment_urls ?? []), ...uploaded];
  return {
    asked: {
      values: { ...draft.values, prompt: task, ...(files.length > 0 && { attachment_urls: files }) },
      secretNames,
      sources: draft.sources,
      names: draft.names,
    },
    url: session?.snapshot.url ?? null,
    identity: identity === null || identity.kind === 'refused' ? null : shownIdentity(identity, text),
    support: {
      request: request.id,
      state: request.state,
      rule: rulesOf(request).join(', '),
      session: session?.sessionId,
      status: session?.snapshot.status,
      statusDetail: session?.snapshot.statusDetail,
    },
    sent,
    instructions: prompt === null || sent !== null ? null : readPrompt(prompt, request.id).instructions,
    news: [problemOf(request, text), ...approvalNotes(request, text), ...leftOutNotes(request, text)],
  };
}

function rulesOf({ approvals, failure }: SessionRequest): string[] {
  const hurdles = failure?.kind === 'policy' ? failure.hurdles : [];
  return [...approvals, ...hurdles].map(({ rule }) => rule);
}

/** Whoever can read what was asked for can start the same, as their own. */
async function openAgain(c: ListenersContext, press: Press): Promise<void> {
  const thread = await threadOf(c, press);
  await requirePerson(c, { teamId: thread.request.teamId, userId: press.userId });
  refuse(await readingRefusal(c, thread, press.userId));
  const again = { ...thread.request, draft: startsAgain(thread) };
  await openForm(c, press, await offerAgain(c, press, again));
}

/** After a failure or at a cap, Devin can read what the session has done. One that stopped at its own cap needs about as much again. */
function startsAgain({ request: { draft }, session }: SteeredThread): EffectiveDraft {
  if (session?.phase !== 'failed' && session?.phase !== 'capped') return draft;
  const { snapshot } = session;
  const { session_links: links = [], max_acu_limit: cap } = draft.values;
  // What it used tells a cap that was set in Devin.
  const higher = 2 * (cap ?? Math.ceil(snapshot.acusConsumed));
  return applyForm(draft, {
    ...draft.values,
    session_links: [...new Set([...links, snapshot.url])],
    ...(isOwnCap(snapshot.statusDetail) && higher > 0 && { max_acu_limit: higher }),
  });
}

async function openStop(c: ListenersContext, press: Press): Promise<void> {
  const followed = await followedOf(c, press);
  await requireEnding(c, followed, press.userId);
  const text = await c.textFor(press.userId);
  const card = cardView({ ...followed, nowMs: c.now() }, text);
  await openView(c, press, renderStopDialog(card, text));
}

/** The same as `threadOf`, for what is about a session. */
async function followedOf(...asked: Parameters<typeof threadOf>): Promise<Followed> {
  const { request, session } = await threadOf(...asked);
  if (session === null) throw new OutdatedError();
  return { request, session };
}

/** What a dialog is about, and where its person is told what came of it. */
async function aboutOf(c: ListenersContext, { userId, homeTeamId }: Submission, requestId: string) {
  const request = await c.store.requests.find(requestId);
  if (request?.teamId !== homeTeamId) throw new OutdatedError();
  return { request, place: { ...request, userId, threadTs: null } };
}

async function sendStop(...[c, submission]: Parameters<OnSubmit>) {
  const { requestId } = sessionMetadata.read(submission.view.metadata);
  const { place } = await aboutOf(c, submission, requestId);
  await saveAct(c, place, { kind: 'stop', requestId });
  return {};
}

async function openDecline(c: ListenersContext, press: Press): Promise<void> {
  const asked = approvalValue.read(press.value);
  const text = await c.textFor(press.userId);
  const { request } = await threadOf(c, press, asked.requestId);
  if (awaited(request, asked.number) === null) refuse(text.approval.refused.over);
  await openView(c, press, renderDeclineDialog(asked, text));
}

async function sendDecline(...[c, submission]: Parameters<OnSubmit>) {
  const { view, userId } = submission;
  const { requestId, number } = approvalValue.read(view.metadata);
  const { place } = await aboutOf(c, submission, requestId);
  const reason = readDeclineDialog(view.values);
  if (reason === '') return { [DECLINE_BLOCK]: (await c.textFor(userId)).steering.box.empty };
  await saveAct(c, place, { kind: 'decline', requestId, number, said: { reason } });
  return {};
}

/** For a message to Devin. Whether the person may is asked again when it is sent. */
async function openBox(c: ListenersContext, press: Press): Promise<void> {
  const { request, session } = await threadOf(c, press);
  await requireSteering(c, request, press.userId);
  const text = await c.textFor(press.userId);
  if (session === null) throw new RefusedError(text.steering.box.none);
  await requireWriting(c, { request, session }, press.userId);
  if (isOver(session)) return c.slack.outbound.tellPrivately(press, sessionOver(request.id, text));
  await openView(c, press, renderReplyBox(request.id, text));
}

async function sendReply(...[c, submission]: Parameters<OnSubmit>) {
  const { view, userId } = submission;
  const { requestId } = sessionMetadata.read(view.metadata);
  const { request } = await aboutOf(c, submission, requestId);
  const session = await c.store.sessions.ofRequest(requestId);
  if (session === null) throw new OutdatedError();
  const message = readReplyBox(view.values);
  if (message === '') return { [REPLY_BLOCK]: (await c.textFor(userId)).steering.box.empty };
  // After an answer that was lost, the box is sent again, perhaps with other words.
  const dedupeKey = `box:${view.id}:${fingerprintOf(message)}`;
  const said = { userId, channelId: session.channelId, text: message, dedupeKey };
  await saveSaid(c, { thread: { request, session }, ...said, via: 'box' });
  return {};
}

/** Once for each question and person. */
async function answerWithOption(c: ListenersContext, press: Press): Promise<void> {
  const { requestId, eventId, words: text } = optionValue.read(press.value);
  const thread = await followedOf(c, press, requestId);
  const { session } = thread;
  const { userId } = press;
  if (session.phase !== 'needs-you') refuse((await c.textFor(userId)).steering.optionTooLate);
  const dedupeKey = `option:${session.sessionId}:${eventId}:${userId}`;
  await saveSaid(c, { thread, userId, channelId: session.channelId, text, dedupeKey, via: null });
}

/** The button under a message that Devin doesn't have, or may not have. Its author may have left the conversation since. */
async function pressSendAgain(c: ListenersContext, press: Press): Promise<void> {
  const { value, userId, homeTeamId } = press;
  const reply = await c.store.replies.find(value ?? '');
  // Another person wrote it.
  if (reply?.userId !== userId || reply.teamId !== homeTeamId) return;
  const followed = await findFollowed(c.store, reply.sessionId);
  if (followed === null) throw new OutdatedError();
  await requireWriting(c, followed, userId);
  await sendAgain(c, reply);
  await c.slack.outbound.settleNotice(press, null);
}
