import { sql, type Kysely } from 'kysely';
import { z } from 'zod';
import type { Db, Tables } from './tables.ts';

const answeredCallSchema = z.object({
  key: z.string(),
  /** Of the question; null: Devin asked without words. */
  eventId: z.string().nullable(),
  inMessage: z.boolean(),
  channelId: z.string(),
  slackTs: z.string(),
  /** Slack user id; null: it was answered in Devin. */
  answeredBy: z.string().nullable(),
  answeredAt: z.date(),
  answer: z.string(),
});
/** A call that still asks for an answer although its question was answered. */
export type AnsweredCall = z.infer<typeof answeredCallSchema>;

const CALL = 'needs-you:%';

/**
 * What the call `m` about the question `q` was answered with: messages, not keywords. If the question has no words, what was
 * said since counts, but not the task. Devin's times are whole seconds.
 */
const ANSWERS = sql`(
  select user_id, created_at as at, text, 1 as rank from replies
  where session_id = m.session_id and state = 'delivered' and created_at > m.created_at
  union all
  select null, said_at, text, 2 from session_messages
  where session_id = m.session_id and source = 'user'
    and seq > coalesce(q.seq, (select min(seq) from session_messages where session_id = m.session_id))
    and (q.seq is not null or said_at >= date_trunc('second', m.created_at))
)`;

/** Announcements that call the requester above Devin's words, and who answered those that are questions. */
export function createCalls(db: Kysely<Tables>) {
  return {
    /** The key of the call that is part of this message; null: none is. */
    async partOf(sessionId: string, eventId: string): Promise<string | null> {
      const row = await db
        .selectFrom('milestones')
        .select('key')
        .where((row) => row.and({ sessionId, eventId, inMessage: true }))
        .executeTakeFirst();
      return row?.key ?? null;
    },

    /** Makes a call that waits part of this message. */
    async join(sessionId: string, key: string, eventId: string): Promise<void> {
      await db
        .updateTable('milestones')
        .set({ state: 'posted', inMessage: true, eventId })
        .where((row) => row.and({ sessionId, key }))
        .execute();
    },

    /** The message was not posted: the call waits again. */
    async part(sessionId: string, eventId: string): Promise<void> {
      await db
        .updateTable('milestones')
        .set({ state: 'pending', inMessage: false, eventId: null })
        .where((row) => row.and({ sessionId, eventId, inMessage: true }))
        .execute();
    },

    /** Whether the requester was called for this question. */
    async isMade(sessionId: string, eventId: string): Promise<boolean> {
      const made = await db
        .selectFrom('milestones')
        .select('key')
        .where((row) => row.and({ sessionId, eventId, state: sql.lit<'posted'>('posted') }))
        .where('key', 'like', CALL)
        .executeTakeFirst();
      return made !== undefined;
    },

    /** Whether Devin's last question has no answer yet. */
    async isUnanswered(sessionId: string): Promise<boolean> {
      const { rows } = await sql<{ isAnswered: boolean }>`
        select exists (select from ${ANSWERS} answers) as is_answered from milestones m
        left join session_messages q on q.session_id = m.session_id and q.event_id = m.event_id
        where m.session_id = ${sessionId} and m.key like ${CALL}
        order by m.seq desc limit 1`.execute(db);
      return rows[0]?.isAnswered === false;
    },

    /** Whether Devin has asked something else since the last call was answered, with its status unchanged. */
    async isMissing(sessionId: string, trx: Db): Promise<boolean> {
      const { rows } = await sql`
        select m.key from milestones m
        left join session_messages q on q.session_id = m.session_id and q.event_id = m.event_id
        where m.session_id = ${sessionId} and m.state <> 'pending' and m.seq = (
            select max(seq) from milestones where session_id = ${sessionId} and key like ${CALL})
          and exists (
            select from session_messages said join session_messages answer using (session_id)
            where said.session_id = m.session_id and said.source = 'devin' and answer.source = 'user'
              and said.seq > answer.seq and answer.said_at >= date_trunc('second', m.created_at)
              and answer.seq > coalesce(q.seq, 0))`.execute(trx);
      return rows.length > 0;
    },

    async answered(sessionId: string): Promise<AnsweredCall[]> {
      const { rows } = await sql`
        select m.key, m.event_id, m.in_message, a.user_id as answered_by, a.at as answered_at, a.text as answer,
          case when m.in_message then s.channel_id else m.channel_id end as channel_id,
          case when m.in_message then q.slack_ts else m.slack_ts end as slack_ts
        from milestones m
        join sessions s on s.session_id = m.session_id
        left join session_messages q on q.session_id = m.session_id and q.event_id = m.event_id
        join lateral (
          select * from ${ANSWERS} answers order by rank, at limit 1
        ) a on true
        where m.session_id = ${sessionId} and m.state = 'posted' and not m.answered and m.key like ${CALL}
          and case when m.in_message then q.slack_ts else m.slack_ts end is not null
        order by m.seq`.execute(db);
      return rows.map((row) => answeredCallSchema.parse(row));
    },

    /** Who else had something delivered to the session lately; the latest first. */
    async recentAuthors(sessionId: string, except: string): Promise<string[]> {
      const rows = await db
        .selectFrom('replies')
        .select('userId')
        .where('sessionId', '=', sessionId)
        .where('state', '=', sql.lit('delivered'))
        .where('userId', '<>', except)
        .where('createdAt', '>', sql<Date>`now() - interval '14 days'`)
        .groupBy('userId')
        .orderBy(sql`max(created_at)`, 'desc')
        .limit(10)
        .execute();
      return rows.map((row) => row.userId);
    },

    /** The call says who answered, or never will. */
    async settle(sessionId: string, { key }: AnsweredCall): Promise<void> {
      await db
        .updateTable('milestones')
        .set({ answered: true })
        .where((row) => row.and({ sessionId, key }))
        .execute();
    },
  };
}
