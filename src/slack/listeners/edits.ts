import { isPending } from '../../session/request.ts';
import { askingMessage, type SessionRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { readAddressed } from '../command/addressed.ts';
import { mentionsIn } from '../command/thread-keywords.ts';
import type { ThreadReader } from '../context.ts';
import { readMessage, withForwarded } from '../messages.ts';
import type { Edit } from '../payload.ts';
import { meaningOf, tellNotTaken, type ThreadDeps } from './thread.ts';

export type EditDeps = ThreadDeps & {
  requests: Pick<Requests, 'find' | 'ofMessage'>;
  readAgain: ThreadReader['readAgain'];
};

/** Acts on the edit of a reply, or of the message that asked for a session. */
export async function hearEdit(deps: EditDeps, delivered: Edit, isAgain: boolean): Promise<void> {
  const { requests, sessions } = deps;
  const asked = await requests.ofMessage(delivered);
  const session =
    asked === null
      ? await sessions.inThread(delivered.channelId, delivered.threadTs)
      : await sessions.ofRequest(asked.id);
  const request = asked ?? (session && (await requests.find(session.requestId)));
  if (request === null) return;
  // A later edit may have been heard already, or be in what was read again.
  const edit = isAgain ? await deps.readAgain(delivered) : delivered;
  if (edit === null) return;
  if (session === null) return hearEarlyEdit(deps, edit, request);
  if (asked === null && askingMessage(request) !== edit.ts) return hearReplyEdit(deps, edit, session);
  // What the person left out of the task stays out.
  const isKept = request.context?.without?.messages.includes(edit.ts) === true;
  if (!isKept) await hearTaskEdit(deps, edit, { session, request });
}

async function hearReplyEdit(deps: EditDeps, edit: Edit, session: SessionRow): Promise<void> {
  const { threads, botUserId } = deps;
  const { userId, ts, slackText, forwarded, editedTs } = edit;
  const meaning = meaningOf(edit, botUserId());
  const mentions = mentionsIn(slackText, botUserId());
  const reception = meaning.kind === 'reply' ? await threads.receive(session, { userId, mentions }) : 'aside';
  if (meaning.kind !== 'reply' || reception === 'aside') {
    const { teamId, channelId } = session;
    return threads.retract({ teamId, channelId, ts, editedTs });
  }
  if (reception !== 'taken') return;
  const text = withForwarded(readMessage({ ts, text: meaning.text }).text, forwarded);
  await correct(deps, edit, { session, text, isTask: false });
}

async function hearTaskEdit(
  deps: EditDeps,
  edit: Edit,
  { session, request }: { session: SessionRow; request: SessionRequest },
): Promise<void> {
  const text = changedTask(deps, edit, request);
  if (text === null) return;
  const mentions = mentionsIn(edit.slackText, deps.botUserId());
  if ((await deps.threads.receive(session, { userId: edit.userId, mentions })) === 'taken')
    await correct(deps, edit, { session, text, isTask: true });
}

async function correct(
  deps: EditDeps,
  edit: Edit,
  { session, text, isTask }: { session: SessionRow; text: string; isTask: boolean },
): Promise<void> {
  const { userId, ts, editedTs } = edit;
  const corrected = await deps.threads.correct({ session, userId, ts, text, editedTs, isTask });
  if (corrected === 'late')
    await tellNotTaken(deps, edit, { sessionId: session.sessionId, reason: 'task-edit' });
}

/** The edit changes nothing: Devin gets the task as it was, perhaps after an approval. */
async function hearEarlyEdit(deps: EditDeps, edit: Edit, request: SessionRequest): Promise<void> {
  if (!isPending(request.state) || changedTask(deps, edit, request) === null) return;
  await tellNotTaken(deps, edit, { sessionId: request.id, reason: 'early-edit' });
}

/** The new task, without options, which can no longer change. null: it's the same as before, or no task. */
function changedTask(
  { botUserId, tagRequests: ownTag }: EditDeps,
  { slackText, ts }: Edit,
  { draft, context }: SessionRequest,
): string | null {
  const read = readAddressed(slackText, { botUserId: botUserId(), isDirect: true, ownTag });
  const task = read !== null && 'draft' in read ? (read.draft.prompt ?? '') : '';
  const isSame = readMessage({ ts, text: slackText }).text === context?.picked.text;
  return task === '' || isSame || task === draft.values.prompt ? null : task;
}
