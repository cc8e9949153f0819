import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import { slackFileSchema } from '../session/context.ts';
import type { SlackFile } from '../session/context.ts';
import { REPLY_KINDS, REPLY_STATES, REPLY_WAYS, replyFailureSchema } from '../session/reply.ts';
import type { ReplyFailure, ReplyKind, ReplyState, ReplyWay } from '../session/reply.ts';
import { json } from './json.ts';
import type { Db, Tables } from './tables.ts';

export type NewReply = {
  id: string;
  /** From Slack: a delivery that comes twice finds this taken and changes nothing. */
  dedupeKey: string;
  sessionId: string;
  teamId: string;
  userId: string;
  channelId: string | null;
  /** The message in the thread; null for a reply from a box or a command. */
  messageTs: string | null;
  /** Of a correction: when the edit was made. */
  editedTs?: string;
  /** Left out: said in the thread. */
  via?: ReplyWay;
  kind: ReplyKind;
  text: string;
  files: SlackFile[];
};

const replySchema = z.object({
  id: z.string(),
  session_id: z.string(),
  team_id: z.string(),
  user_id: z.string(),
  channel_id: z.string().nullable(),
  message_ts: z.string().nullable(),
  edited_ts: z.string().nullable(),
  /** null: said in the thread. */
  via: z.enum(REPLY_WAYS).nullable(),
  kind: z.enum(REPLY_KINDS),
  text: z.string(),
  files: z.array(slackFileSchema),
  state: z.enum(REPLY_STATES),
  failure: replyFailureSchema.nullable(),
  sent_at: z.date().nullable(),
  /** How long Devin wants to be left alone with it, by the database's clock. Set when it is next in order. */
  wait_ms: z.coerce.number().default(0),
  sent_text: z.string().nullable(),
  event_id: z.string().nullable(),
  created_at: z.date(),
});
/** A person's message, on its way to Devin. Column names, parsed. */
export type Reply = z.infer<typeof replySchema>;

export type ReplyStep = {
  id: string;
  from: readonly ReplyState[];
  to: ReplyState;
  /** Only while it still reads so: an edit may have come meanwhile. */
  whileText?: string;
  changes?: {
    text?: string;
    edited_ts?: string;
    failure?: ReplyFailure | null;
    /** `now`: by the database's clock. */
    sent_at?: 'now' | null;
    /** For how long it is not sent. */
    wait_ms?: number;
    sent_text?: string | null;
    event_id?: string | null;
  };
};

/** A message of Devin's list that may be one of ours. */
type Echo = { sessionId: string; eventId: string; text: string };

/** How long a message whose answer was lost may still turn up at Devin. */
const ECHO_LIFE = sql`interval '10 minutes'`;
/** What was sent may already be there, in the same words. */
const MAYBE_THERE = ['sending', 'delivered', 'unknown'] as const satisfies ReplyState[];

/** 0 also when the clock was set back to before the wait began: else that could take for ever. */
const WAIT_MS = sql<string>`case when waits_since <= now() and not_before > now()
  then ceil(extract(epoch from not_before - now()) * 1000) else 0 end`;

/** Events come in no certain order, so what was written in Slack goes by Slack's own time. */
const SAID_AT = sql`case when kind = 'correction'
  then coalesce(edited_ts::numeric, extract(epoch from created_at))
  else coalesce(message_ts::numeric, extract(epoch from created_at)) end`;

export type Replies = ReturnType<typeof createReplies>;

export function createReplies(db: Kysely<Tables>) {
  return {
    /** False when Slack's delivery was seen before. */
    async insert(reply: NewReply, trx: Db = db): Promise<boolean> {
      const inserted = await trx
        .insertInto('replies')
        .values({
          id: reply.id,
          dedupe_key: reply.dedupeKey,
          session_id: reply.sessionId,
          team_id: reply.teamId,
          user_id: reply.userId,
          channel_id: reply.channelId,
          message_ts: reply.messageTs,
          edited_ts: reply.editedTs ?? null,
          via: reply.via ?? null,
          kind: reply.kind,
          text: reply.text,
          files: json(reply.files),
        })
        .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
        .returning('id')
        .executeTakeFirst();
      return inserted !== undefined;
    },

    async find(id: string): Promise<Reply | null> {
      const row = await db.selectFrom('replies').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : replySchema.parse(row);
    },

    /** The first in order, of these kinds, that has not come to an end. */
    async nextOpen(sessionId: string, kinds: readonly ReplyKind[] = REPLY_KINDS): Promise<Reply | null> {
      const row = await db
        .selectFrom('replies')
        .selectAll()
        .select(WAIT_MS.as('wait_ms'))
        .where('session_id', '=', sessionId)
        .where('state', 'in', ['accepted', 'sending'])
        .where('kind', 'in', kinds)
        .orderBy(SAID_AT)
        .orderBy('id')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : replySchema.parse(row);
    },

    /**
     * What was made of a message in a thread: the latest of it and its corrections. For the rest of the transaction
     * nobody else gets to know, so that edits which come together are taken one after the other.
     */
    async lockMessage(
      { teamId, channelId, messageTs }: { teamId: string; channelId: string; messageTs: string },
      trx: Transaction<Tables>,
    ): Promise<Reply | null> {
      const ofMessage = trx
        .selectFrom('replies')
        .selectAll()
        .where('team_id', '=', teamId)
        .where('channel_id', '=', channelId)
        .where('message_ts', '=', messageTs);
      await ofMessage.where('kind', '<>', 'correction').forUpdate().execute();
      // A statement of its own: only so does it see what was written while it waited.
      const row = await ofMessage
        .orderBy(sql`edited_ts::numeric`, (order) => order.desc().nullsLast())
        .orderBy('created_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : replySchema.parse(row);
    },

    /** Moves on only from `from`: null means that another process moved it first. */
    async move({ id, from, to, whileText, changes = {} }: ReplyStep, trx: Db = db): Promise<Reply | null> {
      const { failure, wait_ms: waitMs, sent_at: sentAt, ...plain } = changes;
      const row = await trx
        .updateTable('replies')
        .set({
          ...plain,
          ...(failure !== undefined && { failure: json(failure) }),
          ...(sentAt !== undefined && { sent_at: sentAt === null ? null : sql<Date>`now()` }),
          ...(waitMs !== undefined && {
            waits_since: sql<Date>`now()`,
            not_before: sql<Date>`now() + ${waitMs} * interval '1 ms'`,
          }),
          state: to,
        })
        .where('id', '=', id)
        .where('state', 'in', from)
        .$if(whileText !== undefined, (update) => update.where('text', '=', whileText ?? ''))
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? null : replySchema.parse(row);
    },

    /** The person wants it sent again. False when it is not waiting for that. */
    async resend(id: string, trx: Db = db): Promise<boolean> {
      const row = await trx
        .updateTable('replies')
        .set({
          state: 'accepted',
          failure: null,
          sent_at: null,
          sent_text: null,
          created_at: sql<Date>`now()`,
        })
        .where('id', '=', id)
        .where('state', 'in', ['failed', 'unknown'])
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    },

    /** The id of the reply that a message of Devin's list is, and of one only; null: it was not sent from here. */
    async recognize({ sessionId, eventId, text }: Echo, trx: Db = db): Promise<string | null> {
      const mine = await trx
        .selectFrom('replies')
        .select('id')
        .where('session_id', '=', sessionId)
        .where((where) =>
          where.or([
            // Found before, when its answer was lost.
            where('event_id', '=', eventId),
            where.and([
              where('event_id', 'is', null),
              where('sent_text', '=', text.trim()),
              where.or([
                where('state', 'in', ['sending', 'delivered']),
                where.and([
                  where('state', '=', 'unknown'),
                  where('sent_at', '>', sql<Date>`now() - ${ECHO_LIFE}`),
                ]),
              ]),
            ]),
          ]),
        )
        .orderBy('event_id', (order) => order.asc().nullsLast())
        // What Devin is known to have comes before what may never have reached it.
        .orderBy(sql`state = 'delivered'`, 'desc')
        .orderBy('sent_at')
        .limit(1)
        .executeTakeFirst();
      if (mine === undefined) return null;
      await trx.updateTable('replies').set({ event_id: eventId }).where('id', '=', mine.id).execute();
      return mine.id;
    },

    /** Events that replies to this session were found to be. */
    async recognized(sessionId: string, eventIds: readonly string[]): Promise<Set<string>> {
      if (eventIds.length === 0) return new Set();
      const rows = await db
        .selectFrom('replies')
        .select('event_id')
        .where('session_id', '=', sessionId)
        .where('event_id', 'in', eventIds)
        .execute();
      return new Set(rows.flatMap((row) => (row.event_id === null ? [] : [row.event_id])));
    },

    /** Other replies in the same words that Devin has, or may have, and that were not seen in its list. */
    async unseenTwins({ id, session_id: sessionId, sent_text: sentText }: Reply): Promise<number> {
      const { count } = await db
        .selectFrom('replies')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('session_id', '=', sessionId)
        .where('sent_text', '=', sentText)
        .where('event_id', 'is', null)
        .where('state', 'in', MAYBE_THERE)
        .where('id', '<>', id)
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    /** Whether a person asked to reconnect the thread, and it is not done yet. */
    async isOpening(sessionId: string): Promise<boolean> {
      const row = await db
        .selectFrom('replies')
        .select('id')
        .where('session_id', '=', sessionId)
        .where('kind', 'in', ['unmute', 'sync'])
        .where('state', '=', 'accepted')
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    /** Sessions with something to send that waits for so long; or since a time to come: the clock was set back. */
    async waiting(forMs: number): Promise<string[]> {
      const rows = await db
        .selectFrom('replies')
        .select('session_id')
        .distinct()
        .where('state', 'in', ['accepted', 'sending'])
        .where((where) =>
          where.or([
            where('created_at', '<=', sql<Date>`now() - ${forMs} * interval '1 ms'`),
            where('created_at', '>', sql<Date>`now()`),
            where('waits_since', '>', sql<Date>`now()`),
          ]),
        )
        .limit(500)
        .execute();
      return rows.map((row) => row.session_id);
    },
  };
}
