import { asksOther } from '../../session/defaults.ts';
import { isOpen, isPending } from '../../session/request.ts';
import type { Form } from '../../store/forms.ts';
import { askingMessage, type SessionRequest } from '../../store/request-row.ts';
import type { SteeredThread } from '../../store/requests.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { readAddressed } from '../command/addressed.ts';
import { mentionsApp, readThreadMessage } from '../command/thread-message.ts';
import { readMessage } from '../edge/messages.ts';
import type { Edit, PayloadOf } from '../edge/payload.ts';
import { tellNotTaken } from '../tell-once.ts';
import { editedText, whoseMessage, type WhoseContext } from '../whose-message.ts';
import { contextOf, NO_WISH } from './addressed.ts';
import { onceRecorded } from './routes.ts';
import type { Tools } from './tools.ts';

export type EditDeps = WhoseContext &
  Pick<
    Tools,
    | 'store'
    | 'outbound'
    | 'textFor'
    | 'requests'
    | 'sessions'
    | 'threads'
    | 'formInbox'
    | 'readAgain'
    | 'botUserId'
    | 'command'
    | 'tagRequests'
  >;

/** The message that a session is about. `isAsking`: it asked for it, so its options are those of the session. */
type Task = { kind: 'task'; request: SessionRequest; session: SessionRow | null; isAsking: boolean };

/** What an edited message is. */
type Edited = { kind: 'reply'; thread: SteeredThread } | { kind: 'offer'; form: Form } | Task;

/** Acts on the edit of a reply, or of the message that asked for a session. */
export async function hearEdit(deps: EditDeps, delivered: Edit, isAgain: boolean): Promise<void> {
  const edited = await findEdited(deps, delivered);
  if (edited === null) return;
  // A later edit may have been heard already, or be in what was read again.
  const edit = isAgain || edited.kind === 'offer' ? await deps.readAgain(delivered) : delivered;
  if (edit === null) return;
  switch (edited.kind) {
    case 'reply':
      return hearReplyEdit(deps, edit, edited.thread);
    case 'offer':
      return changeOffer(deps, edit, edited.form);
    case 'task':
      return hearTaskEdit(deps, edit, edited);
  }
}

/** null: it is nothing to the app. */
async function findEdited(deps: EditDeps, edit: Edit): Promise<Edited | null> {
  const { requests, sessions, threads, formInbox } = deps;
  const asked = await requests.ofMessage(edit);
  if (asked !== null) return { kind: 'task', ...(await onceStarted(deps, asked)), isAsking: true };
  const thread = await threads.threadOf(edit);
  if (thread !== null) return { kind: 'reply', thread };
  const form = await formInbox.unsentOffer(edit);
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
  const wish = readWish(deps, edit) ?? NO_WISH;
  const threadTs = edit.threadTs === edit.ts ? null : edit.threadTs;
  const context = contextOf({ ...edit, threadTs, placeKind: form.placeKind });
  await deps.formInbox.changeOffer(form, { wish, context });
}

/** The message was deleted, so its offer starts nothing. In a form that is open, what is typed stays. */
export async function dropOffer(
  { formInbox }: Pick<EditDeps, 'formInbox'>,
  deleted: PayloadOf<'deletion'>,
): Promise<void> {
  const form = await formInbox.unsentOffer(deleted);
  if (form !== null) await formInbox.changeOffer(form, { wish: NO_WISH, context: null });
}

/** What isn't for Devin any longer is taken back. */
async function hearReplyEdit(deps: EditDeps, edit: Edit, thread: SteeredThread): Promise<void> {
  const text = editedText(edit, deps.botUserId());
  if (text === null) await deps.threads.retract(edit);
  else await correct(deps, edit, { thread, text, isTask: false });
}

/** Before there is a session, the edit changes nothing: Devin gets the task as it was, perhaps after an approval. */
async function hearTaskEdit(deps: EditDeps, edit: Edit, edited: Task): Promise<void> {
  const { request, session } = edited;
  // What the person left out of the task stays out.
  if (request.context?.without?.messages.includes(edit.ts) === true) return;
  const { task: text, options } = changesIn(deps, edit, edited);
  if (session === null) {
    const mayStart = isPending(request.state) || request.state === 'unknown';
    if (mayStart && (text !== null || options || readWish(deps, edit) === null))
      await tellNotTaken(deps, edit, { sessionId: request.id, reason: 'early-edit' });
    return;
  }
  if (text !== null && (await isTaken(deps, edit, { request, session })))
    await correct(deps, edit, { thread: { request, session }, text, isTask: true });
  if (options) await tellNotTaken(deps, edit, { sessionId: session.sessionId, reason: 'options-edit' });
}

/** Nobody wakes a session by an edit: that is said to its author. */
async function isTaken(deps: EditDeps, edit: Edit, thread: SteeredThread): Promise<boolean> {
  const route = await whoseMessage(deps, thread, edit);
  return route.kind === 'for-devin' || (route.kind === 'stays-here' && route.reason === 'at-rest');
}

async function correct(
  deps: EditDeps,
  edit: Edit,
  { thread, text, isTask }: { thread: SteeredThread; text: string; isTask: boolean },
): Promise<void> {
  const { userId, channelId, ts, editedTs } = edit;
  const corrected = await deps.threads.correct({ thread, userId, channelId, ts, text, editedTs, isTask });
  const sessionId = thread.session?.sessionId ?? thread.request.id;
  if (corrected === 'late') await tellNotTaken(deps, edit, { sessionId, reason: 'task-edit' });
}

/** `task`: the new one; null: it's the same as before, or no task. `options`: whether it has others, which can no longer change. */
type Changes = { task: string | null; options: boolean };

function changesIn(deps: EditDeps, edit: Edit, { request, isAsking }: Task): Changes {
  const { draft, context } = request;
  const botUserId = deps.botUserId();
  const { text } = readMessage({ ts: edit.ts, text: edit.slackText });
  const isSame = text === context?.picked.text;
  if (!isAsking && !mentionsApp(edit.slackText, botUserId)) {
    // A session was started about this message, so what looks like an option in it isn't one.
    const isKept = text === '' || isSame || readThreadMessage(edit.slackText, botUserId).kind === 'aside';
    return { task: isKept ? null : text, options: false };
  }
  const read = readWish(deps, edit);
  if (read === null) return { task: null, options: false };
  const task = read.draft.prompt ?? '';
  const isWrong = read.kind === 'invalid' || (read.kind === 'ask-first' && read.doubt.kind === 'option');
  return {
    task: task === '' || isSame || isWrong || task === draft.values.prompt ? null : task,
    options: isAsking && (isWrong || asksOther(draft, read.draft)),
  };
}

/** What the message asks for, as if it were to the app; null: nothing. */
function readWish({ botUserId, tagRequests: ownTag, command }: EditDeps, { slackText }: Edit) {
  const read = readAddressed(slackText, { botUserId: botUserId(), isDirect: true, ownTag, command });
  return read !== null && 'draft' in read.intent ? read.intent : null;
}
