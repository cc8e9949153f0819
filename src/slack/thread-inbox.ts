import type { Transaction } from 'kysely';
import type { Enqueue } from '../queue/index.ts';
import type { SlackFile } from '../session/context.ts';
import { isOver, isResting } from '../session/lifecycle.ts';
import { isMessage, type ReplyKind, type ReplyWay } from '../session/reply.ts';
import type { Commit } from '../store/commit.ts';
import type { Person } from '../store/identities.ts';
import type { NewReply, Replies, Reply } from '../store/replies.ts';
import { messageKey, newId, type MessageRef } from '../store/request-row.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';

/** A message in a session's thread, or one elsewhere (`channelId`) that its author sent to the session. */
export type NewThreadReply = {
  session: SessionRow;
  userId: string;
  channelId: string;
  ts: string;
  kind: ReplyKind;
  /** Readable, except mentions. */
  text: string;
  files: SlackFile[];
};

type SwitchPress = { session: SessionRow; userId: string; kind: ReplyKind; press: string };

/** What was said in a box or by a command. `dedupeKey`: Slack's name for this one delivery. */
type SaidOutside = Pick<NewReply, 'userId' | 'channelId' | 'text' | 'dedupeKey'> & {
  session: SessionRow;
  /** null: with a button of the question, which then shows it. */
  via: ReplyWay | null;
};

/** A message that Devin must not get: an edit took it back (`editedTs`), or it was deleted. */
type Retracted = MessageRef & { editedTs?: string | null };

type Waiting = Pick<Reply, 'id' | 'sessionId' | 'messageTs'>;

/** `session`: the one that has the message. `isTask`: it edits the message that asked for the session. */
type Edit = Omit<NewThreadReply, 'kind' | 'files'> & { editedTs: string; isTask: boolean };

type ThreadInboxDeps = {
  commit: Commit;
  sessions: Pick<Sessions, 'find'>;
  replies: Pick<Replies, 'insert' | 'find' | 'sessionOf' | 'lockMessage' | 'move' | 'resend'>;
  enqueue: Enqueue;
};

/** Saves what people say to a session, row and job in one transaction. The job takes it to Devin. */
export function createThreadInbox({ commit, sessions, replies, enqueue }: ThreadInboxDeps) {
  /** A delivery that was seen before changes nothing. */
  async function write(reply: NewReply, trx: Transaction<Tables>): Promise<void> {
    if (await replies.insert(reply, trx)) await relay(reply, trx);
  }

  async function relay({ id: replyId, sessionId, messageTs }: Waiting, trx: Transaction<Tables>) {
    await enqueue('relay-to-devin', { sessionId }, { trx });
    if (messageTs !== null) await enqueue('mark-taken', { replyId }, { trx });
  }

  /** `editedTs`: the edit that took it back, which a later edit can undo; null: it was deleted. */
  async function drop({ id }: Reply, editedTs: string | null, trx: Transaction<Tables>): Promise<void> {
    const from = ['accepted', 'failed', 'unknown', 'skipped'] as const;
    const skipped = { editedTs, failure: null };
    if ((await replies.move({ id, from, to: 'skipped', changes: skipped }, trx)) !== null)
      return enqueue('mark-taken', { replyId: id }, { trx });
    // It's on its way to Devin. Should that fail, nothing is left to send again.
    const changes = { text: '', files: [], editedTs } as const;
    await replies.move({ id, from: ['sending'], to: 'sending', changes }, trx);
  }

  /** Replaces a message that waits, for Devin or for its author's decision. False: Devin has it, or it's on its way. */
  async function replace(reply: Reply, { text, editedTs }: Edit, trx: Transaction<Tables>): Promise<boolean> {
    const { id, state } = reply;
    if (!isWaiting(reply)) return false;
    const isUndelivered = state === 'failed' || state === 'unknown';
    const to = isUndelivered ? state : 'accepted';
    const moved = await replies.move({ id, from: [state], to, changes: { text, editedTs } }, trx);
    if (moved !== null && state === 'skipped') await relay(moved, trx);
    // The notice that its author has quotes it as it was.
    if (moved !== null && isUndelivered) await enqueue('tell-reply', { replyId: id }, { trx });
    return moved !== null;
  }

  function rowOf({ session: { sessionId, teamId } }: { session: SessionRow }) {
    return { id: newId(), sessionId, teamId, messageTs: null, kind: 'reply' as const, text: '', files: [] };
  }

  return {
    /** A keyword, by a button. `press` identifies this one press. */
    async press({ session, userId, kind, press }: SwitchPress): Promise<void> {
      const { channelId } = session;
      const row = { ...rowOf({ session }), userId, channelId, kind, dedupeKey: `press:${press}` };
      await commit(async (trx) => write(row, trx));
    },

    /** Said outside the thread, which shows it once Devin has it. */
    send: async ({ session, ...said }: SaidOutside): Promise<void> =>
      commit(async (trx) => write({ ...rowOf({ session }), ...said }, trx)),

    async accept({ session, ts, ...said }: NewThreadReply): Promise<void> {
      const row = { ...rowOf({ session }), ...said, messageTs: ts };
      await commit(async (trx) => write({ ...row, dedupeKey: messageKey({ ...row, ts }) }, trx));
    },

    /**
     * An edit replaces a waiting message, and corrects one that Devin has. Only its author can do that. `late`: it isn't
     * saved, since Devin may have done the task long ago, and an edit must not wake it.
     */
    async correct(edit: Edit): Promise<'saved' | 'late'> {
      const { session, userId, channelId, ts, text, editedTs } = edit;
      const { teamId } = session;
      return commit(async (trx) => {
        const said = await replies.lockMessage({ teamId, channelId, ts }, trx);
        const [latest] = said;
        if (latest === undefined ? !edit.isTask : !mayCorrect(edit, said)) return 'saved';
        if (latest !== undefined && (await replace(latest, edit, trx))) return 'saved';
        if (isAtRestSince(latest?.sentAt ?? session.createdAt, session)) return 'late';
        const dedupeKey = `correction:${teamId}:${channelId}:${ts}:${editedTs}`;
        const corrected = { userId, channelId, messageTs: ts, text, editedTs, kind: 'correction' } as const;
        await write({ ...rowOf(edit), ...corrected, dedupeKey }, trx);
        return 'saved';
      });
    },

    /** The session that has a message; null: none. */
    async sessionOf(message: MessageRef): Promise<SessionRow | null> {
      const sessionId = await replies.sessionOf(message);
      return sessionId === null ? null : sessions.find(sessionId);
    },

    /** Drops a waiting message that was deleted, or edited so that it isn't for Devin, with its corrections. */
    async retract({ editedTs = null, ...message }: Retracted): Promise<void> {
      await commit(async (trx) => {
        for (const reply of await replies.lockMessage(message, trx))
          if (canBeCorrected(reply) && !isOlder(editedTs, reply)) await drop(reply, editedTs, trx);
      });
    },

    /** null: another person wrote it. */
    async findOwn(replyId: string, { teamId, userId }: Person): Promise<Reply | null> {
      const reply = await replies.find(replyId);
      return reply?.userId === userId && reply.teamId === teamId ? reply : null;
    },

    /** Only if it hasn't reached Devin. */
    async sendAgain(reply: Reply): Promise<void> {
      await commit(async (trx) => {
        if (await replies.resend(reply.id, trx)) await relay(reply, trx);
      });
    },
  };
}

/** Not if it was deleted, or written while the thread was muted. What one edit took back, another can restore. */
function canBeCorrected({ kind, state, text, files, editedTs }: Reply): boolean {
  const isDropped = state === 'skipped' || (text === '' && files.length === 0);
  return isMessage({ kind }) && !(isDropped && editedTs === null);
}

/** `said`: the replies and corrections of this message, latest first. */
function mayCorrect({ userId, text, editedTs }: Edit, said: readonly Reply[]): boolean {
  const [latest] = said;
  if (latest?.userId !== userId || !canBeCorrected(latest) || isOlder(editedTs, latest)) return false;
  // Devin doesn't have what an edit took back.
  return said.find(({ state }) => state !== 'skipped')?.text !== text;
}

/** Whether the session came to rest, or to its end, after it got something. */
function isAtRestSince(sentAt: Date, session: SessionRow): boolean {
  return (isOver(session) || isResting(session.phase)) && sentAt <= session.phaseAt;
}

function isWaiting({ state, sentAt }: Reply): boolean {
  return state === 'skipped' ? sentAt === null : state !== 'sending' && state !== 'delivered';
}

/** Slack delivers edits in any order, and some twice. A deletion comes last. */
function isOlder(editedTs: string | null, { editedTs: lastTs }: Reply): boolean {
  return editedTs !== null && lastTs !== null && Number(editedTs) <= Number(lastTs);
}
