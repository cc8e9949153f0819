import type { Transaction } from 'kysely';
import type { AnswerTo, Enqueue, Jobs } from '../../queue/index.ts';
import type { SlackFile } from '../../session/context.ts';
import { isOver, isResting } from '../../session/lifecycle.ts';
import type { ReplyWay } from '../../session/reply.ts';
import { commitInTime } from '../../store/commit.ts';
import type { Envelope } from '../../store/envelope.ts';
import type { NewReply, Reply } from '../../store/replies.ts';
import { messageKey, newId, type MessageRef, type SteeredThread } from '../../store/requests.ts';
import type { Store, Tables } from '../../store/store.ts';
import type { PrivatePlace } from '../edge/outbound.ts';

export type RepliesContext = {
  store: Pick<Store, 'db' | 'replies'>;
  enqueue: Enqueue;
};

export type ActsContext = RepliesContext & { store: Pick<Store, 'envelopes'> };

/** What an act is about. Who asks for it, and where they are answered, are added. */
type About<Act> = Act extends unknown ? Omit<Act, 'userId' | 'answerTo'> : never;
export type ActAsked = About<Jobs['act']> & {
  /** The person is answered even if all went well. */
  always?: boolean;
  /** In their words. */
  said?: Pick<Envelope, 'reason'>;
};

/** Saves what people want done or shown. A job does it, if they may. */
export async function saveAct(
  c: ActsContext,
  { userId, channelId, threadTs, responseUrl = null }: PrivatePlace,
  { always = false, said = {}, ...act }: ActAsked,
): Promise<void> {
  const id = newId();
  const sealed = c.store.envelopes.close(id, { responseUrl, ...said });
  const answerTo: AnswerTo = { id, channelId, threadTs, sealed, always };
  await commitInTime(c, async (trx) => c.enqueue('act', { ...act, userId, answerTo }, { trx }));
}

/** A message in a session's thread, or one elsewhere (`channelId`) that its author sent to the session. */
export type NewThreadReply = {
  thread: SteeredThread;
  userId: string;
  channelId: string;
  ts: string;
  /** Readable, except mentions. */
  text: string;
  files: SlackFile[];
};

/** What was said in a box or by a command. `dedupeKey`: Slack's name for this one delivery. */
type SaidOutside = Pick<NewReply, 'userId' | 'channelId' | 'text' | 'dedupeKey'> & {
  thread: SteeredThread;
  /** null: with a button of the question, which then shows it. */
  via: ReplyWay | null;
};

/** `thread`: whose session has the message, or will. `original`: the task, if the message asked for the session. */
type ReplyEdit = Omit<NewThreadReply, 'files'> & { editedTs: string; original: string | null };

/** A delivery that was seen before changes nothing. */
async function write(c: RepliesContext, reply: NewReply, trx: Transaction<Tables>): Promise<void> {
  if ((await c.store.replies.insert(reply, trx)) && reply.state !== 'held') await relay(c, reply, trx);
}

/** The job takes it to Devin. */
async function relay(
  { enqueue }: RepliesContext,
  { id: replyId, sessionId, messageTs }: Pick<Reply, 'id' | 'sessionId' | 'messageTs'>,
  trx: Transaction<Tables>,
): Promise<void> {
  await enqueue('relay-to-devin', { sessionId }, { trx });
  if (messageTs !== null) await enqueue('tell-reply', { replyId }, { trx });
}

/** Until there is a session, its request's id is in the place of its own. */
function rowOf({ request, session }: SteeredThread) {
  const sessionId = session?.sessionId ?? request.id;
  const { teamId } = request;
  return { id: newId(), sessionId, teamId, messageTs: null, kind: 'reply' as const, text: '', files: [] };
}

function messageRow({ thread, ts, ...said }: NewThreadReply) {
  const row = { ...rowOf(thread), ...said, messageTs: ts };
  return { ...row, dedupeKey: messageKey({ ...row, ts }) };
}

/** Said outside the thread, which shows it once Devin has it. */
export async function saveSaid(c: RepliesContext, { thread, ...said }: SaidOutside): Promise<void> {
  await commitInTime(c, async (trx) => write(c, { ...rowOf(thread), ...said }, trx));
}

export async function saveReply(c: RepliesContext, reply: NewThreadReply): Promise<void> {
  await commitInTime(c, async (trx) => write(c, messageRow(reply), trx));
}

/** Keeps a message until its author says that Devin should have it. Returns its id. */
export async function holdReply(c: RepliesContext, reply: NewThreadReply): Promise<string> {
  const row = messageRow(reply);
  const { teamId, channelId, ts } = { ...row, ts: reply.ts };
  return commitInTime(c, async (trx) => {
    await write(c, { ...row, state: 'held' }, trx);
    const [held] = await c.store.replies.lockMessage({ teamId, channelId, ts }, trx);
    return held?.id ?? row.id;
  });
}

/** Its author's edit replaces a waiting message, and corrects one that Devin has. It wakes nothing. */
export async function correctReply(c: RepliesContext, edit: ReplyEdit): Promise<void> {
  const { thread, userId, channelId, ts, text, editedTs, original } = edit;
  const { teamId } = thread.request;
  await commitInTime(c, async (trx) => {
    const said = await c.store.replies.lockMessage({ teamId, channelId, ts }, trx);
    const [latest] = said;
    // Devin doesn't have what an edit took back.
    const known = said.find(({ state }) => state !== 'skipped')?.text ?? original;
    if (text === known || (latest === undefined ? original === null : !mayCorrect(edit, latest))) return;
    if (latest !== undefined && (await replace(c, { reply: latest, edit }, trx))) return;
    if ((thread.session?.mutedBy ?? null) !== null || isAtRestSince(latest?.sentAt ?? null, thread)) return;
    const dedupeKey = `correction:${teamId}:${channelId}:${ts}:${editedTs}`;
    const corrected = { userId, channelId, messageTs: ts, text, editedTs, kind: 'correction' } as const;
    await write(c, { ...rowOf(thread), ...corrected, dedupeKey }, trx);
  });
}

/** Replaces a message that waits, for Devin or for its author's decision. False: Devin has it, or it's on its way. */
async function replace(
  c: RepliesContext,
  { reply: { id, state }, edit: { text, editedTs } }: { reply: Reply; edit: ReplyEdit },
  trx: Transaction<Tables>,
): Promise<boolean> {
  if (state === 'sending' || state === 'delivered') return false;
  const moved = await c.store.replies.move(
    { id, from: [state], to: state, changes: { text, editedTs } },
    trx,
  );
  // The notice that its author has quotes it as it was.
  if (moved !== null && (state === 'failed' || state === 'unknown'))
    await c.enqueue('tell-reply', { replyId: id }, { trx });
  return moved !== null;
}

/** Drops a waiting message that was deleted, or edited so that it isn't for Devin, with its corrections. That is final. */
export async function retractReply(
  c: RepliesContext,
  { editedTs = null, ...message }: MessageRef & { editedTs?: string | null },
): Promise<void> {
  await commitInTime(c, async (trx) => {
    for (const reply of await c.store.replies.lockMessage(message, trx))
      if (!isOlder(editedTs, reply)) await drop(c, reply.id, trx);
  });
}

async function drop(
  { store: { replies }, enqueue }: RepliesContext,
  id: string,
  trx: Transaction<Tables>,
): Promise<void> {
  const from = ['held', 'accepted', 'failed', 'unknown'] as const;
  if ((await replies.move({ id, from, to: 'skipped', changes: { failure: null } }, trx)) !== null)
    return enqueue('tell-reply', { replyId: id }, { trx });
  // It's on its way to Devin. Should that fail, nothing is left to send again.
  await replies.move({ id, from: ['sending'], to: 'sending', changes: { text: '', files: [] } }, trx);
}

/** Only if it hasn't reached Devin. */
export async function sendAgain(c: RepliesContext, reply: Reply): Promise<void> {
  await commitInTime(c, async (trx) => {
    if (await c.store.replies.resend(reply.id, trx)) await relay(c, reply, trx);
  });
}

/** Not if it was taken back. */
function mayCorrect({ userId, editedTs }: ReplyEdit, latest: Reply): boolean {
  const isDropped = latest.state === 'skipped' || (latest.text === '' && latest.files.length === 0);
  return latest.userId === userId && !isDropped && !isOlder(editedTs, latest);
}

/** Whether the session came to rest, or to its end, after it got something. null: its task. */
function isAtRestSince(sentAt: Date | null, { session }: SteeredThread): boolean {
  if (session === null || !(isOver(session) || isResting(session.phase))) return false;
  return (sentAt ?? session.createdAt) <= session.phaseAt;
}

/** Slack delivers edits in any order, and some twice. A deletion comes last. */
function isOlder(editedTs: string | null, { editedTs: lastTs }: Reply): boolean {
  return editedTs !== null && lastTs !== null && Number(editedTs) <= Number(lastTs);
}
