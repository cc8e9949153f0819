import { asksOther } from '../../session/defaults.ts';
import { isOpen, isPending, type RequestState } from '../../session/request.ts';
import type { Form } from '../../store/forms.ts';
import { askingMessage, type SessionRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { unescape } from '../blocks/text.ts';
import { renderDoubt } from '../command/help.ts';
import { mentionsIn, readAddressed } from '../command/meaning.ts';
import type { ThreadReader } from '../context.ts';
import type { FormInbox } from '../form-inbox.ts';
import { readMessage, withForwarded } from '../messages.ts';
import type { Edit, PayloadOf } from '../payload.ts';
import { privatePlace } from '../places.ts';
import { contextOf, NO_WISH } from './addressed.ts';
import { onceRecorded } from './recorded.ts';
import { meaningOf, tellNotTaken, type ThreadDeps } from './thread.ts';

export type EditDeps = ThreadDeps & {
  requests: Pick<Requests, 'find' | 'ofMessage'>;
  formInbox: Pick<FormInbox, 'unsentOffer' | 'changeOffer'>;
  readAgain: ThreadReader['readAgain'];
};

/** Acts on the edit of a reply, or of the message that asked for a session. */
export async function hearEdit(deps: EditDeps, delivered: Edit, isAgain: boolean): Promise<void> {
  const { requests, sessions } = deps;
  const found = await requests.ofMessage(delivered);
  const asked = found === null ? null : await onceStarted(deps, found);
  const session =
    asked === null
      ? ((await sessions.inThread(delivered.channelId, delivered.threadTs)) ??
        (await deps.threads.sessionOf(delivered)))
      : asked.session;
  const request = asked?.request ?? (session && (await requests.find(session.requestId)));
  const offered = asked === null ? await deps.formInbox.unsentOffer(delivered) : null;
  if (request === null && offered === null) return;
  // A later edit may have been heard already, or be in what was read again.
  const edit = isAgain || offered !== null ? await deps.readAgain(delivered) : delivered;
  if (edit === null) return;
  if (offered !== null) await changeOffer(deps, edit, offered);
  if (request === null) return;
  const isHeld = isAgain || (found !== null && isStarting(found));
  if (session === null) return hearEarlyEdit(deps, edit, { request, isHeld });
  if (asked === null && askingMessage(request) !== edit.ts) return hearReplyEdit(deps, edit, session);
  // What the person left out of the task stays out.
  const isKept = request.context?.without?.messages.includes(edit.ts) === true;
  if (!isKept) await hearTaskEdit(deps, edit, { session, request, isAsking: asked !== null });
}

/**
 * People correct a message right after they sent it: a session that is being created gets the edit once it exists. null:
 * it starts later, or never. Before there is a card, nobody would see a notice of that.
 */
async function onceStarted({ requests, sessions }: EditDeps, found: SessionRequest) {
  return onceRecorded(async () => {
    // First: the session comes with the state after it.
    const request = (await requests.find(found.id)) ?? found;
    const session = await sessions.ofRequest(found.id);
    return session === null && isStarting(request) ? 'soon' : { request, session };
  });
}

function isStarting({ state, cardTs }: SessionRequest): boolean {
  return state === 'sending' || (isOpen(state) && cardTs === null);
}

/** What starts from the offer is what the message says now: nothing, if it no longer has a task. */
async function changeOffer(deps: EditDeps, edit: Edit, form: Form): Promise<void> {
  const wish = readWish(deps, edit);
  const threadTs = edit.threadTs === edit.ts ? null : edit.threadTs;
  const context = contextOf({ ...edit, threadTs, placeKind: form.placeKind });
  await deps.formInbox.changeOffer(form, { wish: wish ?? NO_WISH, context });
  if (wish?.kind !== 'invalid') return;
  const { command, textFor, answerMessage } = deps;
  const offered = { command, typed: unescape(wish.typed), formId: form.id };
  const channelId = form.placeKind === 'direct' ? null : edit.channelId;
  const place = privatePlace({ userId: edit.userId, channelId, threadTs });
  const refused = renderDoubt(wish, offered, await textFor(edit.userId));
  // Each edit is answered once.
  await answerMessage({ ...edit, ts: edit.editedTs }, place, refused);
}

/** The message was deleted, so its offer starts nothing. In a form that is open, what is typed stays. */
export async function dropOffer(
  { formInbox }: Pick<EditDeps, 'formInbox'>,
  deleted: PayloadOf<'deletion'>,
): Promise<void> {
  const form = await formInbox.unsentOffer(deleted);
  if (form !== null) await formInbox.changeOffer(form, { wish: NO_WISH, context: null });
}

async function hearReplyEdit(deps: EditDeps, edit: Edit, session: SessionRow): Promise<void> {
  const { threads, botUserId } = deps;
  const { userId, channelId, ts, slackText, forwarded, editedTs } = edit;
  const meaning = meaningOf(edit, botUserId());
  const mentions = mentionsIn(slackText, botUserId());
  const isInThread = session.channelId === channelId && session.threadTs === edit.threadTs;
  const receive = async () => (isInThread ? threads.receive(session, { userId, mentions }) : 'taken');
  const reception = meaning.kind === 'reply' ? await receive() : 'aside';
  if (meaning.kind !== 'reply' || reception === 'aside')
    return threads.retract({ teamId: session.teamId, channelId, ts, editedTs });
  if (reception !== 'taken') return;
  const text = withForwarded(readMessage({ ts, text: meaning.text }).text, forwarded);
  await correct(deps, edit, { session, text, isTask: false });
}

/** `isAsking`: the message asked for the session, so its options are those of the session. */
type Asked = { request: SessionRequest; isAsking: boolean };

async function hearTaskEdit(
  deps: EditDeps,
  edit: Edit,
  { session, request, isAsking }: Asked & { session: SessionRow },
): Promise<void> {
  const { task: text, options } = changesIn(deps, edit, { request, isAsking });
  const mentions = mentionsIn(edit.slackText, deps.botUserId());
  const isForDevin = async () =>
    (await deps.threads.receive(session, { userId: edit.userId, mentions })) === 'taken';
  if (text !== null && (await isForDevin())) await correct(deps, edit, { session, text, isTask: true });
  if (isAsking && options)
    await tellNotTaken(deps, edit, { sessionId: session.sessionId, reason: 'options-edit' });
}

async function correct(
  deps: EditDeps,
  edit: Edit,
  { session, text, isTask }: { session: SessionRow; text: string; isTask: boolean },
): Promise<void> {
  const { userId, channelId, ts, editedTs } = edit;
  const corrected = await deps.threads.correct({ session, userId, channelId, ts, text, editedTs, isTask });
  if (corrected === 'late')
    await tellNotTaken(deps, edit, { sessionId: session.sessionId, reason: 'task-edit' });
}

/** `isHeld`: until it was known whether there is a session. */
type Early = { request: SessionRequest; isHeld: boolean };

/** The edit changes nothing: Devin gets the task as it was, perhaps after an approval. */
async function hearEarlyEdit(deps: EditDeps, edit: Edit, { request, isHeld }: Early): Promise<void> {
  const { task, options } = changesIn(deps, edit, { request, isAsking: true });
  const reason = whyNotTaken(request.state, isHeld);
  if (reason === null || (task === null && !options)) return;
  await tellNotTaken(deps, edit, { sessionId: request.id, reason });
}

/** null: the person knew that nothing was started. */
function whyNotTaken(state: RequestState, isHeld: boolean): NotTakenEdit | null {
  if (state === 'unknown') return 'unconfirmed-edit';
  if (isPending(state)) return 'early-edit';
  return isHeld && state !== 'created' ? 'failed-edit' : null;
}
type NotTakenEdit = 'early-edit' | 'unconfirmed-edit' | 'failed-edit';

/** `task`: the new one; null: it's the same as before, or no task. `options`: whether it has others, which can no longer change. */
type Changes = { task: string | null; options: boolean };

function changesIn(deps: EditDeps, edit: Edit, { request, isAsking }: Asked): Changes {
  const { draft, context } = request;
  const botUserId = deps.botUserId();
  const { text } = readMessage({ ts: edit.ts, text: edit.slackText });
  const isSame = text === context?.picked.text;
  if (!isAsking && !mentionsIn(edit.slackText, botUserId).app) {
    // A session was started about this message, so what looks like an option in it isn't one.
    const isKept = text === '' || isSame || meaningOf(edit, botUserId).kind === 'aside';
    return { task: isKept ? null : text, options: false };
  }
  const read = readWish(deps, edit);
  if (read === null) return { task: null, options: false };
  const task = read.draft.prompt ?? '';
  return {
    task: task === '' || isSame || task === draft.values.prompt ? null : task,
    options: read.kind === 'invalid' || asksOther(draft, read.draft),
  };
}

/** What the message asks for, as if it were to the app; null: nothing. */
function readWish({ botUserId, tagRequests: ownTag, command }: EditDeps, { slackText }: Edit) {
  const read = readAddressed(slackText, { botUserId: botUserId(), isDirect: true, ownTag, command });
  return read !== null && 'draft' in read ? read : null;
}
