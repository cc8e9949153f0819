import type { Kysely, Transaction } from 'kysely';
import type { Enqueue } from '../jobs/queue.ts';
import type { SlackFile } from '../session/context.ts';
import type { ReplyKind } from '../session/reply.ts';
import { commitInTime } from '../store/deadline.ts';
import type { NewReply, Replies, Reply } from '../store/replies.ts';
import { newId } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';

/** A message in a session's thread. */
export type Spoken = {
  session: SessionRow;
  userId: string;
  ts: string;
  kind: ReplyKind;
  /** Readable, but for mentions. */
  text: string;
  files: SlackFile[];
};

/** A message of a workspace. */
type MessageRef = { teamId: string; channelId: string; ts: string };

type Edit = Pick<Spoken, 'session' | 'userId' | 'ts' | 'text'> & { editedTs: string };

type ThreadIntakeDeps = {
  db: Kysely<Tables>;
  replies: Pick<Replies, 'insert' | 'find' | 'isOpening' | 'lockMessage' | 'move' | 'resend'>;
  enqueue: Enqueue;
  /** While the task runs, other work on the database steps back. */
  prefer: <T>(task: () => Promise<T>) => Promise<T>;
};

export type ThreadIntake = ReturnType<typeof createThreadIntake>;

/** What listeners may do with what is said in a thread: write it down. A job takes it to Devin. */
export function createThreadIntake({ db, replies, enqueue, prefer }: ThreadIntakeDeps) {
  async function inTransaction<T>(task: (trx: Transaction<Tables>) => Promise<T>): Promise<T> {
    return commitInTime({ db, prefer }, task);
  }

  async function write(reply: NewReply, trx: Transaction<Tables>): Promise<boolean> {
    const { sessionId } = reply;
    const isNew = await replies.insert(reply, trx);
    if (isNew) await enqueue('relay-to-devin', { sessionId }, { trx, key: sessionId });
    return isNew;
  }

  function rowOf({ session, userId, ts, text }: Pick<Spoken, 'session' | 'userId' | 'ts' | 'text'>) {
    const { session_id: sessionId, team_id: teamId, channel_id: channelId } = session;
    return { id: newId(), sessionId, teamId, userId, channelId, messageTs: ts, text };
  }

  return {
    /** Whether what is said in its thread should be written down. The job decides again for each message. */
    async isHeard({ session_id: sessionId, muted, synced }: SessionRow): Promise<boolean> {
      return (!muted && synced) || replies.isOpening(sessionId);
    },

    /** Row and job in one transaction. False: this delivery was seen before. */
    async accept({ kind, files, ...said }: Spoken): Promise<boolean> {
      const row = rowOf(said);
      const dedupeKey = `thread:${row.teamId}:${row.channelId}:${said.ts}`;
      return inTransaction(async (trx) => write({ ...row, dedupeKey, kind, files }, trx));
    },

    /** An edit of what waits is what will be sent; of what was sent, a correction. Only by its author. */
    async correct(edit: Edit): Promise<void> {
      const { userId, ts, text, editedTs } = edit;
      const row = rowOf(edit);
      const { teamId, channelId } = row;
      await inTransaction(async (trx) => {
        const said = await replies.lockMessage({ teamId, channelId, messageTs: ts }, trx);
        if (said === null || said.user_id !== userId || said.text === text) return;
        if (!isCorrigible(said) || isOlder(edit, said)) return;
        if (said.state === 'accepted' || said.state === 'failed') {
          const { id, state } = said;
          const changes = { text, edited_ts: editedTs };
          if ((await replies.move({ id, from: [state], to: state, changes }, trx)) !== null) return;
        }
        const dedupeKey = `correction:${teamId}:${channelId}:${ts}:${editedTs}`;
        await write({ ...row, dedupeKey, editedTs, kind: 'correction', files: [] }, trx);
      });
    },

    /** What waits is dropped with its message, or with an edit that makes it none for Devin. */
    async retract({ teamId, channelId, ts: messageTs }: MessageRef): Promise<void> {
      await inTransaction(async (trx) => {
        const said = await replies.lockMessage({ teamId, channelId, messageTs }, trx);
        if (said === null || !isCorrigible(said)) return;
        await replies.move({ id: said.id, from: ['accepted', 'failed', 'unknown'], to: 'skipped' }, trx);
      });
    },

    /** Only for the author, and only while it has not reached Devin. */
    async sendAgain(replyId: string, userId: string): Promise<void> {
      const reply = await replies.find(replyId);
      if (reply === null || reply.user_id !== userId) return;
      const { session_id: sessionId } = reply;
      await inTransaction(async (trx) => {
        if (await replies.resend(replyId, trx)) {
          await enqueue('relay-to-devin', { sessionId }, { trx, key: sessionId });
        }
      });
    },
  };
}

function isCorrigible({ kind, state }: Reply): boolean {
  return (kind === 'reply' || kind === 'correction') && state !== 'skipped';
}

/** Slack delivers edits in no certain order, and some twice. */
function isOlder({ editedTs }: Edit, { edited_ts: lastTs }: Reply): boolean {
  return lastTs !== null && Number(editedTs) <= Number(lastTs);
}
