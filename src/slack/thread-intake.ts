import type { Kysely } from 'kysely';
import type { Enqueue } from '../jobs/queue.ts';
import type { SlackFile } from '../session/context.ts';
import type { ReplyKind } from '../session/reply.ts';
import type { NewReply, Replies } from '../store/replies.ts';
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

type Edit = Pick<Spoken, 'session' | 'userId' | 'ts' | 'text'> & { editedTs: string };

type ThreadIntakeDeps = {
  db: Kysely<Tables>;
  replies: Pick<Replies, 'insert' | 'find' | 'ofMessage' | 'move' | 'resend'>;
  enqueue: Enqueue;
  /** While the task runs, other work on the database steps back. */
  prefer: <T>(task: () => Promise<T>) => Promise<T>;
};

export type ThreadIntake = ReturnType<typeof createThreadIntake>;

/** What listeners may do with what is said in a thread: write it down. A job takes it to Devin. */
export function createThreadIntake({ db, replies, enqueue, prefer }: ThreadIntakeDeps) {
  async function accept(reply: NewReply): Promise<boolean> {
    const { sessionId } = reply;
    return prefer(async () =>
      db.transaction().execute(async (trx) => {
        const isNew = await replies.insert(reply, trx);
        if (isNew) await enqueue('relay-to-devin', { sessionId }, { trx, key: sessionId });
        return isNew;
      }),
    );
  }

  function rowOf({ session, userId, ts, text }: Pick<Spoken, 'session' | 'userId' | 'ts' | 'text'>) {
    const { session_id: sessionId, team_id: teamId, channel_id: channelId } = session;
    return { id: newId(), sessionId, teamId, userId, channelId, messageTs: ts, text };
  }

  return {
    /** Row and job in one transaction. False: this delivery was seen before. */
    async accept({ kind, files, ...said }: Spoken): Promise<boolean> {
      const row = rowOf(said);
      return accept({ ...row, dedupeKey: `thread:${row.teamId}:${row.channelId}:${said.ts}`, kind, files });
    },

    /** An edit of what waits is what will be sent; of what was sent, a correction. Only by its author. */
    async correct({ editedTs, ...edit }: Edit): Promise<void> {
      const { userId, ts, text } = edit;
      const row = rowOf(edit);
      const { teamId, channelId } = row;
      const said = await replies.ofMessage({ teamId, channelId, messageTs: ts });
      if (said === null || said.user_id !== userId || said.text === text) return;
      if ((said.kind !== 'reply' && said.kind !== 'correction') || said.state === 'skipped') return;
      if (said.state === 'accepted' || said.state === 'failed') {
        const { id, state } = said;
        const changed = await replies.move({ id, from: [state], to: state, changes: { text } });
        if (changed !== null) return;
      }
      const dedupeKey = `correction:${teamId}:${channelId}:${ts}:${editedTs}`;
      await accept({ ...row, dedupeKey, kind: 'correction', files: [] });
    },

    /** Only for the author, and only while it has not reached Devin. */
    async sendAgain(replyId: string, userId: string): Promise<void> {
      const reply = await replies.find(replyId);
      if (reply === null || reply.user_id !== userId) return;
      const { session_id: sessionId } = reply;
      await db.transaction().execute(async (trx) => {
        if (await replies.resend(replyId, trx)) {
          await enqueue('relay-to-devin', { sessionId }, { trx, key: sessionId });
        }
      });
    },
  };
}
