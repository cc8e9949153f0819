import { sql, type Kysely } from 'kysely';
import { z } from 'zod';
import { MESSAGE_KINDS } from '../session/reply.ts';
import { createSessionMessages } from './session-messages.ts';
import { literals } from './sql.ts';
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

const CALL = 'needs-you:%';

/** While Devin waits and nobody answers, the requester is called at most this often. */
const PING_PAUSE_MS = 5 * 60_000;

/**
 * What the call `m` about the question `q` was answered with: messages, not keywords. If the question has no words, what was
 * said since counts, but not the task. Devin's times are whole seconds.
 */
const ANSWERS = sql`(
  select user_id, created_at as at, 1 as rank from replies
  where session_id = m.session_id and state = 'delivered' and created_at > m.created_at
    and kind in ${literals(MESSAGE_KINDS)}
  union all
  select null, said_at, 2 from session_messages
  where session_id = m.session_id and source = 'user'
    and seq > coalesce(q.seq, (select min(seq) from session_messages where session_id = m.session_id))
    and (q.seq is not null or said_at >= date_trunc('second', m.created_at))
)`;

type Question = { eventId: string; text: string };

/** Milestones that call the requester because Devin asked something: once for each question. */
export function createCalls(db: Kysely<Tables>) {
  async function isMade(sessionId: string, { eventId, text }: Question, from: Db = db): Promise<boolean> {
    const { rows } = await sql`
      select m.key from milestones m
      left join session_messages q on q.session_id = m.session_id and q.event_id = m.event_id
      where m.session_id = ${sessionId} and m.state = 'posted' and m.key like ${CALL}
        and (m.event_id = ${eventId} or (btrim(q.text) = btrim(${text}) and not exists (select from ${ANSWERS} answers)))
      limit 1`.execute(from);
    return rows.length > 0;
  }

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
      await db
        .updateTable('milestones')
        .set({ state: 'pending', inMessage: false, eventId: null })
        .where((row) => row.and({ sessionId, eventId, inMessage: true }))
        .execute();
    },

    /** Whether the requester was called for this question, or for one in the same words that waits. */
    isMade,

    /** Whether Devin's last message is a question for which nobody was called. The first call follows from the status. */
    async isMissing(sessionId: string, trx: Db): Promise<boolean> {
      const last = await trx
        .selectFrom('milestones')
        .select('state')
        .where('sessionId', '=', sessionId)
        .where('key', 'like', CALL)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (last === undefined || last.state === 'pending') return false;
      const said = await createSessionMessages(trx).lastMessage(sessionId);
      return said !== null && !(await isMade(sessionId, said, trx));
    },

    /** Whether a call that waits, about this question, needs no posting: someone answered meanwhile. */
    async isAnswered(sessionId: string, key: string, eventId: string | null): Promise<boolean> {
      const { rows } = await sql`
        select m.key from milestones m
        left join session_messages q on q.session_id = m.session_id and q.event_id = ${eventId}
        where m.session_id = ${sessionId} and m.key = ${key} and exists (select from ${ANSWERS} answers)`.execute(
        db,
      );
      return rows.length > 0;
    },

    /** Until when the next call waits, because the last one, since Devin began to wait, isn't answered; null: it needn't. */
    async quietUntil(sessionId: string): Promise<Date | null> {
      const { rows } = await sql<{ at: Date }>`
        select last.at from (
          select coalesce(m.attempted_at, q.attempted_at, m.created_at) as at, s.phase_at,
            exists (select from ${ANSWERS} answers) as is_answered
          from milestones m
          join sessions s on s.session_id = m.session_id
          left join session_messages q on q.session_id = m.session_id and q.event_id = m.event_id
          where m.session_id = ${sessionId} and m.state = 'posted' and m.key like ${CALL}
          order by m.seq desc limit 1
        ) last where last.at >= last.phase_at and not last.is_answered`.execute(db);
      const [last] = rows;
      return last === undefined ? null : new Date(last.at.getTime() + PING_PAUSE_MS);
    },

    async answered(sessionId: string): Promise<AnsweredCall[]> {
      const { rows } = await sql`
        select m.key, m.event_id, m.in_message, a.user_id as answered_by, a.at as answered_at,
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
      return rows.map((row) => openCallSchema.parse(row));
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

    /** The call says who answered. */
    async settle(sessionId: string, { key }: AnsweredCall): Promise<void> {
      await db
        .updateTable('milestones')
        .set({ answered: true })
        .where((row) => row.and({ sessionId, key }))
        .execute();
    },
  };
}
