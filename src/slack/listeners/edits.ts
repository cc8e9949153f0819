import { asksOther } from '../../session/defaults.ts';
import { isOpen, isPending } from '../../session/request.ts';
import type { Form } from '../../store/forms.ts';
import { askingMessage, type SessionRequest } from '../../store/request-row.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { readAddressed } from '../command/addressed.ts';
import { mentionsIn, readThreadMeaning } from '../command/meaning.ts';
import { readMessage } from '../messages.ts';
import type { Edit, PayloadOf } from '../payload.ts';
import { contextOf, NO_WISH } from './addressed.ts';
import { onceRecorded } from './routes.ts';
import type { Tools } from './tools.ts';

export type EditDeps = Pick<
  Tools,
  | 'whose'
  | 'requests'
  | 'sessions'
  | 'threads'
  | 'formInbox'
  | 'readAgain'
  | 'tellNotTaken'
  | 'botUserId'
  | 'command'
  | 'tagRequests'
>;

/** The message that a session is about. `isAsking`: it asked for it, so its options are those of the session. */
type Task = { kind: 'task'; request: SessionRequest; session: SessionRow | null; isAsking: boolean };

/** What an edited message is. */
type Edited = { kind: 'reply'; session: SessionRow } | { kind: 'offer'; form: Form } | Task;

/** Acts on the edit of a reply, or of the message that asked for a session. */
export async function hearEdit(deps: EditDeps, delivered: Edit, isAgain: boolean): Promise<void> {
  const edited = await findEdited(deps, delivered);
  if (edited === null) return;
  // A later edit may have been heard already, or be in what was read again.
  const edit = isAgain || edited.kind === 'offer' ? await deps.readAgain(delivered) : delivered;
  if (edit === null) return;
  switch (edited.kind) {
    case 'reply':
      return hearReplyEdit(deps, edit, edited.session);
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
  const sentTo = await threads.sessionOf(edit);
  if (sentTo !== null) return { kind: 'reply', session: sentTo };
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

/** It is read like a new message: what isn't for Devin any longer is taken back. */
async function hearReplyEdit(deps: EditDeps, edit: Edit, session: SessionRow): Promise<void> {
  const { channelId, threadTs, formerThreadTs } = session;
  const isElsewhere = channelId !== edit.channelId || ![threadTs, formerThreadTs].includes(edit.threadTs);
  const fate = await deps.whose.fateOf(session, edit, isElsewhere);
  if (fate.kind === 'for-devin') await correct(deps, edit, { session, text: fate.text, isTask: false });
  else await deps.threads.retract(edit);
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
      await deps.tellNotTaken(edit, { sessionId: request.id, reason: 'early-edit' });
    return;
  }
  if (text !== null && (await deps.whose.isTaken(session, edit)))
    await correct(deps, edit, { session, text, isTask: true });
  if (options) await deps.tellNotTaken(edit, { sessionId: session.sessionId, reason: 'options-edit' });
}

async function correct(
  deps: EditDeps,
  edit: Edit,
  { session, text, isTask }: { session: SessionRow; text: string; isTask: boolean },
): Promise<void> {
  const { userId, channelId, ts, editedTs } = edit;
  const corrected = await deps.threads.correct({ session, userId, channelId, ts, text, editedTs, isTask });
  if (corrected === 'late')
    await deps.tellNotTaken(edit, { sessionId: session.sessionId, reason: 'task-edit' });
}

/** `task`: the new one; null: it's the same as before, or no task. `options`: whether it has others, which can no longer change. */
type Changes = { task: string | null; options: boolean };

function changesIn(deps: EditDeps, edit: Edit, { request, isAsking }: Task): Changes {
  const { draft, context } = request;
  const botUserId = deps.botUserId();
  const { text } = readMessage({ ts: edit.ts, text: edit.slackText });
  const isSame = text === context?.picked.text;
  if (!isAsking && !mentionsIn(edit.slackText, botUserId).app) {
    // A session was started about this message, so what looks like an option in it isn't one.
    const isKept = text === '' || isSame || readThreadMeaning(edit.slackText, botUserId).kind === 'aside';
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
