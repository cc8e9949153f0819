import { asksOther } from '../../session/defaults.ts';
import { isOpen, isPending } from '../../session/request.ts';
import type { Form } from '../../store/forms.ts';
import { askingMessage, type SessionRequest } from '../../store/request-row.ts';
import { findSteered, type SteeredThread } from '../../store/requests.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { mentionsApp, readAddressed, readThreadMessage } from '../command/message.ts';
import { readMessage } from '../edge/messages.ts';
import type { Edit, PayloadOf } from '../edge/payload.ts';
import { correctReply, retractReply } from '../inbox/acts.ts';
import { changeOffer, unsentOffer } from '../inbox/requests.ts';
import { tellNotTaken } from '../tell-once.ts';
import { editedText, whoseMessage } from '../whose-message.ts';
import { contextOf, NO_WISH } from './addressed.ts';
import type { ListenersContext } from './context.ts';
import { onceRecorded } from './routes.ts';

/** The message that a session is about. `isAsking`: it asked for it, so its options are those of the session. */
type Task = { kind: 'task'; request: SessionRequest; session: SessionRow | null; isAsking: boolean };

/** Acts on the edit of a reply, or of the message that asked for a session. */
export async function hearEdit(c: ListenersContext, delivered: Edit, isAgain: boolean): Promise<void> {
  const edited = await findEdited(c, delivered);
  if (edited === null) return;
  // A later edit may have been heard already, or be in what was read again.
  const edit = isAgain || edited.kind === 'offer' ? await c.slack.thread.readAgain(delivered) : delivered;
  if (edit === null) return;
  switch (edited.kind) {
    case 'reply':
      return hearReplyEdit(c, edit, edited.thread);
    case 'offer':
      return editOffer(c, edit, edited.form);
    case 'task':
      return hearTaskEdit(c, edit, edited);
  }
}

/** null: it is nothing to the app. */
async function findEdited(
  c: ListenersContext,
  edit: Edit,
): Promise<({ kind: 'reply'; thread: SteeredThread } | { kind: 'offer'; form: Form } | Task) | null> {
  const { requests, sessions, replies } = c.store;
  const asked = await requests.ofMessage(edit);
  if (asked !== null) return { kind: 'task', ...(await onceStarted(c, asked)), isAsking: true };
  const sessionId = await replies.sessionOf(edit);
  const thread = sessionId === null ? null : await findSteered(c.store, sessionId);
  if (thread !== null) return { kind: 'reply', thread };
  const form = await unsentOffer(c, edit);
  if (form !== null) return { kind: 'offer', form };
  const session = await sessions.inThread(edit.channelId, edit.threadTs);
  const request = session && (await requests.find(session.requestId));
  if (request === null || askingMessage(request) !== edit.ts) return null;
  return { kind: 'task', request, session, isAsking: false };
}

/**
 * People correct a message right after they sent it: a session that is being created gets the edit once it exists. null:
 * it starts later, or never. Before there is a card, nobody would see a notice of that.
 */
async function onceStarted({ store: { requests, sessions } }: ListenersContext, found: SessionRequest) {
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
async function editOffer(c: ListenersContext, edit: Edit, form: Form): Promise<void> {
  const wish = readWish(c, edit) ?? NO_WISH;
  const threadTs = edit.threadTs === edit.ts ? null : edit.threadTs;
  const context = contextOf({ ...edit, threadTs, placeKind: form.placeKind });
  await changeOffer(c, form, { wish, context });
}

/** The message was deleted, so its offer starts nothing. In a form that is open, what is typed stays. */
export async function dropOffer(c: ListenersContext, deleted: PayloadOf<'deletion'>): Promise<void> {
  const form = await unsentOffer(c, deleted);
  if (form !== null) await changeOffer(c, form, { wish: NO_WISH, context: null });
}

/** What isn't for Devin any longer is taken back. */
async function hearReplyEdit(c: ListenersContext, edit: Edit, thread: SteeredThread): Promise<void> {
  const text = editedText(edit, c.slack.botUserId());
  if (text === null) await retractReply(c, edit);
  else await correct(c, edit, { thread, text, isTask: false });
}

/** Before there is a session, the edit changes nothing: Devin gets the task as it was, perhaps after an approval. */
async function hearTaskEdit(c: ListenersContext, edit: Edit, edited: Task): Promise<void> {
  const { request, session } = edited;
  // What the person left out of the task stays out.
  if (request.context?.without?.messages.includes(edit.ts) === true) return;
  const { task: text, options } = changesIn(c, edit, edited);
  if (session === null) {
    const mayStart = isPending(request.state) || request.state === 'unknown';
    if (mayStart && (text !== null || options || readWish(c, edit) === null))
      await tellNotTaken(c, edit, { sessionId: request.id, reason: 'early-edit' });
    return;
  }
  if (text !== null && (await isTaken(c, edit, { request, session })))
    await correct(c, edit, { thread: { request, session }, text, isTask: true });
  if (options) await tellNotTaken(c, edit, { sessionId: session.sessionId, reason: 'options-edit' });
}

/** Nobody wakes a session by an edit: that is said to its author. */
async function isTaken(c: ListenersContext, edit: Edit, thread: SteeredThread): Promise<boolean> {
  const route = await whoseMessage(c, thread, edit);
  return route.kind === 'for-devin' || (route.kind === 'stays-here' && route.reason === 'at-rest');
}

async function correct(
  c: ListenersContext,
  edit: Edit,
  { thread, text, isTask }: { thread: SteeredThread; text: string; isTask: boolean },
): Promise<void> {
  const { userId, channelId, ts, editedTs } = edit;
  const corrected = await correctReply(c, { thread, userId, channelId, ts, text, editedTs, isTask });
  const sessionId = thread.session?.sessionId ?? thread.request.id;
  if (corrected === 'late') await tellNotTaken(c, edit, { sessionId, reason: 'task-edit' });
}

/** `task`: the new one; null: it's the same as before, or no task. `options`: whether it has others, which can no longer change. */
type Changes = { task: string | null; options: boolean };

function changesIn(c: ListenersContext, edit: Edit, { request, isAsking }: Task): Changes {
  const { draft, context } = request;
  const botUserId = c.slack.botUserId();
  const { text } = readMessage({ ts: edit.ts, text: edit.slackText });
  const isSame = text === context?.picked.text;
  if (!isAsking && !mentionsApp(edit.slackText, botUserId)) {
    // A session was started about this message, so what looks like an option in it isn't one.
    const isKept = text === '' || isSame || readThreadMessage(edit.slackText, botUserId).kind === 'aside';
    return { task: isKept ? null : text, options: false };
  }
  const read = readWish(c, edit);
  if (read === null) return { task: null, options: false };
  const task = read.draft.prompt ?? '';
  const isWrong = read.kind === 'invalid' || (read.kind === 'ask-first' && read.doubt.kind === 'option');
  return {
    task: task === '' || isSame || isWrong || task === draft.values.prompt ? null : task,
    options: isAsking && (isWrong || asksOther(draft, read.draft)),
  };
}

/** What the message asks for, as if it were to the app; null: nothing. */
function readWish({ slack, tagRequests: ownTag, command }: ListenersContext, { slackText }: Edit) {
  const read = readAddressed(slackText, { botUserId: slack.botUserId(), isDirect: true, ownTag, command });
  return read !== null && 'draft' in read.intent ? read.intent : null;
}
