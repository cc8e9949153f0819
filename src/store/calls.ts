import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Db, Tables } from './tables.ts';

const openCallSchema = z.object({
  key: z.string(),
  /** Of the question; null: Devin asked without words. */
  eventId: z.string().nullable(),
  inMessage: z.boolean(),
  channelId: z.string(),
  slackTs: z.string(),
  /** Slack user id; null: it was answered in Devin. */
  answeredBy: z.string().nullable(),
  answeredAt: z.date(),
});
/** A call that still asks for an answer although its question was answered. */
export type AnsweredCall = z.infer<typeof openCallSchema>;

export type Calls = ReturnType<typeof createCalls>;

const CALL = 'needs-you:%';

/** Milestones that call the requester because Devin asked something: once for each question. */
export function createCalls(db: Kysely<Tables>) {
  const withMessage = (sessionId: string, eventId: string) =>
    db
      .updateTable('milestones')
      .where('sessionId', '=', sessionId)
      .where('eventId', '=', eventId)
      .where('inMessage', '=', true);

  return {
    /** The key of the call that is part of this message; null: none is. */
    async partOf(sessionId: string, eventId: string): Promise<string | null> {
      const row = await db
        .selectFrom('milestones')
        .select('key')
        .where('sessionId', '=', sessionId)
        .where('eventId', '=', eventId)
        .where('inMessage', '=', true)
        .executeTakeFirst();
      return row?.key ?? null;
    },

    /** Makes the waiting call part of this message; null: none waits, or it was attempted as a message of its own. */
    async join(sessionId: string, eventId: string): Promise<string | null> {
      const { rows } = await sql<{ key: string }>`
        update milestones set state = 'posted', in_message = true, event_id = ${eventId}
        where session_id = ${sessionId} and state = 'pending' and attempted_at is null and key = (
          select key from milestones
          where session_id = ${sessionId} and state = 'pending' and attempted_at is null and not direct
            and key like ${CALL}
          order by seq desc limit 1)
        returning key`.execute(db);
      return rows[0]?.key ?? null;
    },

    /** The message was not posted: the call waits again. */
    async part(sessionId: string, eventId: string): Promise<void> {
      await withMessage(sessionId, eventId)
        .set({ state: 'pending', inMessage: false, eventId: null })
        .execute();
    },

    /** Whether the requester was called for this question. */
    async isMade(sessionId: string, eventId: string): Promise<boolean> {
      const row = await db
        .selectFrom('milestones')
        .select('key')
        .where('sessionId', '=', sessionId)
        .where('eventId', '=', eventId)
        .where('key', 'like', CALL)
        .where('state', '=', sql.lit('posted'))
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    /** Whether Devin said something since the question of the last call was answered. */
    async isOutdated(sessionId: string, trx: Db): Promise<boolean> {
      const last = await trx
        .selectFrom('milestones')
        .select(['state', 'eventId'])
        .where('sessionId', '=', sessionId)
        .where('key', 'like', CALL)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (last === undefined || last.state === 'pending') return false;
      if (last.state === 'skipped') return true;
      const { rows } = await sql<{ is: boolean }>`
        select exists (
          select from session_messages question
          join session_messages answer on answer.session_id = question.session_id
            and answer.source = 'user' and answer.seq > question.seq
          join session_messages next on next.session_id = question.session_id
            and next.source = 'devin' and next.seq > answer.seq
          where question.session_id = ${sessionId} and question.event_id = ${last.eventId}
        ) as is`.execute(trx);
      return rows[0]?.is === true;
    },

    /** Without a question's words, what was said since counts, but not the task. Devin's times are whole seconds. */
    async answered(sessionId: string): Promise<AnsweredCall[]> {
      const { rows } = await sql`
        select m.key, m.event_id, m.in_message, a.user_id as answered_by, a.at as answered_at,
          case when m.in_message then s.channel_id else m.channel_id end as channel_id,
          case when m.in_message then q.slack_ts else m.slack_ts end as slack_ts
        from milestones m
        join sessions s on s.session_id = m.session_id
        left join session_messages q on q.session_id = m.session_id and q.event_id = m.event_id
        join lateral (
          select * from (
            select user_id, created_at as at, 1 as rank from replies
            where session_id = m.session_id and state = 'delivered' and created_at > m.created_at
            union all
            select null, said_at, 2 from session_messages
            where session_id = m.session_id and source = 'user'
              and seq > coalesce(q.seq, (select min(seq) from session_messages where session_id = m.session_id))
              and (q.seq is not null or said_at >= date_trunc('second', m.created_at))
          ) answers order by rank, at limit 1
        ) a on true
        where m.session_id = ${sessionId} and m.state = 'posted' and not m.answered and m.key like ${CALL}
          and case when m.in_message then q.slack_ts else m.slack_ts end is not null
        order by m.seq`.execute(db);
      return rows.map((row) => openCallSchema.parse(row));
    },

    /** The call says who answered. */
    async settle(sessionId: string, { key }: AnsweredCall): Promise<void> {
      await db
        .updateTable('milestones')
        .set({ answered: true })
        .where('sessionId', '=', sessionId)
        .where('key', '=', key)
        .execute();
    },
  };
}
