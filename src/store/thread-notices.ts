import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Why a person is told, once, that a message stays in the thread. */
type NoticeReason =
  | 'muted'
  | 'untied'
  | 'courtesy'
  | 'not-started'
  | 'early-edit'
  | 'task-edit'
  | 'options-edit'
  | 'may-not-steer';

/** A private notice that a person gets once in a thread. `sessionId`: of its request, before there is a session. */
export type ThreadNotice = { sessionId: string; userId: string; reason: NoticeReason };

export type ThreadNotices = ReturnType<typeof createThreadNotices>;

/** Private notices that a person gets once in a thread. */
export function createThreadNotices(db: Kysely<Tables>) {
  return {
    /** True the first time. */
    async isFirst({ sessionId, userId, reason }: ThreadNotice): Promise<boolean> {
      const added = await db
        .insertInto('threadNotices')
        .values({ sessionId, userId, reason })
        .onConflict((conflict) => conflict.doNothing())
        .returning('reason')
        .executeTakeFirst();
      return added !== undefined;
    },

    /** The notice wasn't delivered. */
    async forget({ sessionId, userId, reason }: ThreadNotice): Promise<void> {
      await db
        .deleteFrom('threadNotices')
        .where('sessionId', '=', sessionId)
        .where('reason', '=', reason)
        .where('userId', '=', userId)
        .execute();
    },
  };
}
