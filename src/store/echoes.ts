import { sql, type Kysely } from 'kysely';
import { sentAs, type ReplyState } from '../session/reply.ts';
import type { Reply } from './replies.ts';
import { literals } from './sql.ts';
import type { Db, Tables } from './tables.ts';

/** A message in Devin's list that may be one of ours. */
type Echo = { sessionId: string; eventId: string; text: string };

/** How long a message whose answer was lost can still turn up at Devin. */
const ECHO_LIFE = sql`interval '10 minutes'`;
/** States in which Devin may already have the same text. */
const MAYBE_THERE = ['sending', 'delivered', 'unknown'] as const satisfies ReplyState[];

/** Replies that come back in Devin's list of messages, which has no id of ours: they are known by their text. */
export function createEchoes(db: Kysely<Tables>) {
  return {
    /** Whether a person wrote to Devin not long ago, and Devin has said nothing since. */
    async isLastWord(sessionId: string, trx: Db): Promise<boolean> {
      const { rows } = await sql`
        select from replies
        where session_id = ${sessionId} and state = 'delivered'
          and event_id is null and sent_at > now() - ${ECHO_LIFE}
        union all
        select from (
          select source, said_at from thread_messages
          where session_id = ${sessionId} and source in ('devin', 'user') order by seq desc limit 1
        ) last where source = 'user' and said_at > now() - ${ECHO_LIFE}`.execute(trx);
      return rows.length > 0;
    },

    /** The id of the reply that a message in Devin's list is; null: it wasn't sent from here. */
    async recognize({ sessionId, eventId, text }: Echo, trx: Db = db): Promise<string | null> {
      const mine = await trx
        .selectFrom('replies')
        .select('id')
        .where('sessionId', '=', sessionId)
        .where((where) =>
          where.or([
            // Recognized before, after a lost answer.
            where('eventId', '=', eventId),
            where.and([
              where('eventId', 'is', null),
              where('sentText', 'in', sentAs(text)),
              where.or([
                where('state', 'in', ['sending', 'delivered']),
                // Its author may have deleted it since.
                where.and([
                  where('state', 'in', ['unknown', 'skipped']),
                  where('sentAt', '>', sql<Date>`now() - ${ECHO_LIFE}`),
                ]),
              ]),
            ]),
          ]),
        )
        .orderBy('eventId', (order) => order.asc().nullsLast())
        // Delivered ones come before those that may never have arrived.
        .orderBy(sql`state = 'delivered'`, 'desc')
        .orderBy('sentAt')
        .limit(1)
        .executeTakeFirst();
      if (mine === undefined) return null;
      await trx.updateTable('replies').set({ eventId }).where('id', '=', mine.id).execute();
      return mine.id;
    },

    /** The events that are known to be replies of this session. */
    async recognized(sessionId: string, eventIds: readonly string[]): Promise<Set<string>> {
      if (eventIds.length === 0) return new Set();
      const rows = await db
        .selectFrom('replies')
        .select('eventId')
        .where('sessionId', '=', sessionId)
        .where(sql<boolean>`event_id = any(${[...eventIds]}::text[])`)
        .execute();
      return new Set(rows.flatMap((row) => (row.eventId === null ? [] : [row.eventId])));
    },

    /** Other replies with the same text that Devin has or may have, and that weren't seen in its list. */
    async unseenTwins({ id, sessionId, sentText }: Reply): Promise<number> {
      const { count } = await db
        .selectFrom('replies')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('sessionId', '=', sessionId)
        .where('sentText', '=', sentText)
        .where('eventId', 'is', null)
        .where(sql<boolean>`state in ${literals(MAYBE_THERE)}`)
        .where('id', '<>', id)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  };
}
