import { sql, type Kysely, type Transaction } from 'kysely';
import { z } from 'zod';
import { sentFileSchema, type SentFile } from '../session/context.ts';
import {
  REPLY_KINDS,
  REPLY_STATES,
  REPLY_WAYS,
  replyFailureSchema,
  type ReplyFailure,
  type ReplyState,
  type ReplyWay,
  sentAs,
} from '../session/reply.ts';
import type { MessageRef } from './requests.ts';
import { hasRow, isLongAgo, literals, MOST_SWEPT, presentOf, readFirst, withJson } from './sql.ts';
import type { Db, Tables } from './store.ts';

const rowSchema = z.object({
  id: z.string(),
  sessionId: z.string(),
  teamId: z.string(),
  userId: z.string(),
  channelId: z.string().nullable(),
  /** The message in the thread; null for a reply from a box or a command. */
  messageTs: z.string().nullable(),
  /** When a correction was made, by Slack's time. */
  editedTs: z.string().nullable(),
  /** null: said in the thread. */
  via: z.enum(REPLY_WAYS).nullable(),
  kind: z.enum(REPLY_KINDS),
  text: z.string(),
  files: z.array(sentFileSchema),
  state: z.enum(REPLY_STATES),
  failure: replyFailureSchema.nullable(),
  sentAt: z.date().nullable(),
  /** The exact text sent to Devin, by which it is recognized. */
  sentText: z.string().nullable(),
  /** The message it became at Devin, once seen. */
  eventId: z.string().nullable(),
  createdAt: z.date(),
});

/** A person's message, on its way to Devin. */
export type Reply = z.infer<typeof rowSchema>;

export type NewReply = Pick<
  Reply,
  'id' | 'sessionId' | 'teamId' | 'userId' | 'channelId' | 'messageTs' | 'kind' | 'text' | 'files'
> & {
  /** From Slack: a second delivery finds it taken and changes nothing. */
  dedupeKey: string;
  /** Left out: `accepted`. */
  state?: 'held';
  editedTs?: string;
  /** Left out: said in the thread. */
  via?: ReplyWay | null;
};

export type ReplyStep = {
  id: string;
  from: readonly ReplyState[];
  to: ReplyState;
  /** Only if the text is still this: it may have been edited meanwhile. */
  whileText?: string;
  changes?: {
    text?: string;
    files?: readonly SentFile[];
    editedTs?: string | null;
    failure?: ReplyFailure | null;
    /** `now`: by the database's clock. */
    sentAt?: 'now' | null;
    sentText?: string | null;
    eventId?: string | null;
  };
};

/** As in the index `replies_open`. */
const IS_OPEN = sql<boolean>`state in ('accepted', 'sending')`;

/** Events come in any order, so messages are ordered by Slack's own time. */
const SAID_AT = sql`case when kind = 'correction'
  then coalesce(edited_ts::numeric, extract(epoch from created_at))
  else coalesce(message_ts::numeric, extract(epoch from created_at)) end`;

export function createReplies(db: Kysely<Tables>) {
  /** Not finished, and said so long ago. */
  const openFor = (forMs: number) =>
    db
      .selectFrom('replies')
      .where(IS_OPEN)
      .where(isLongAgo(sql`created_at`, forMs))
      .limit(MOST_SWEPT);

  return {
    /** False: Slack delivered it before. */
    async insert(reply: NewReply, trx: Db = db): Promise<boolean> {
      const inserted = trx
        .insertInto('replies')
        .values(withJson(reply))
        .onConflict((conflict) => conflict.column('dedupeKey').doNothing());
      return hasRow(inserted.returning('id'));
    },

    async find(id: string): Promise<Reply | null> {
      return readFirst(rowSchema, db.selectFrom('replies').selectAll().where('id', '=', id));
    },

    /** The session that a message was sent to; null: none. */
    async sessionOf({ teamId, channelId, ts }: MessageRef): Promise<string | null> {
      const row = await db
        .selectFrom('replies')
        .select('sessionId')
        .where((row) => row.and({ teamId, channelId, messageTs: ts }))
        .limit(1)
        .executeTakeFirst();
      return row?.sessionId ?? null;
    },

    /** The first that isn't finished. */
    async nextOpen(sessionId: string): Promise<Reply | null> {
      const open = db
        .selectFrom('replies')
        .selectAll()
        .where('sessionId', '=', sessionId)
        .where(IS_OPEN)
        .orderBy(SAID_AT)
        .orderBy('id');
      return readFirst(rowSchema, open.limit(1));
    },

    /**
     * The replies for a message in a thread, the latest first: its corrections, and the message. Locked for the rest of
     * the transaction, so that edits that arrive together are handled one after the other.
     */
    async lockMessage({ teamId, channelId, ts }: MessageRef, trx: Transaction<Tables>): Promise<Reply[]> {
      const ofMessage = trx
        .selectFrom('replies')
        .selectAll()
        .where((row) => row.and({ teamId, channelId, messageTs: ts }));
      await ofMessage.orderBy('createdAt').forUpdate().execute();
      // A separate statement sees what was written while the first one waited.
      const rows = await ofMessage
        .orderBy(sql`edited_ts::numeric`, (order) => order.desc().nullsLast())
        .orderBy('createdAt', 'desc')
        .execute();
      return rows.map((row) => rowSchema.parse(row));
    },

    /** Moves on only from `from`: null means that another process moved it first. */
    async move({ id, from, to, whileText, changes = {} }: ReplyStep, trx: Db = db): Promise<Reply | null> {
      const { sentAt, ...plain } = changes;
      const moved = trx
        .updateTable('replies')
        .set({
          ...withJson(plain),
          ...(sentAt !== undefined && { sentAt: sentAt === null ? null : sql<Date>`now()` }),
          state: to,
        })
        .where('id', '=', id)
        .where('state', 'in', from)
        .$if(whileText !== undefined, (update) => update.where('text', '=', whileText ?? ''))
        .returningAll();
      return readFirst(rowSchema, moved);
    },

    /** What an edit says that waited for a message on its way becomes the message, which isn't at Devin for certain. */
    async takeEdit({ id, teamId, channelId, messageTs }: Reply, trx: Transaction<Tables>): Promise<void> {
      if (messageTs === null) return;
      const edit = await trx
        .deleteFrom('replies')
        .where((row) => row.and({ teamId, channelId, messageTs, kind: 'correction', state: 'accepted' }))
        .where('id', '<>', id)
        .returning(['text', 'editedTs'])
        .executeTakeFirst();
      if (edit !== undefined) await trx.updateTable('replies').set(edit).where('id', '=', id).execute();
    },

    /** The person wants it sent again. False if it can't be. */
    async resend(id: string, trx: Db = db): Promise<boolean> {
      const again = trx
        .updateTable('replies')
        .set({ state: 'accepted', failure: null, sentAt: null, sentText: null, createdAt: sql<Date>`now()` })
        .where('id', '=', id)
        .where(sql<boolean>`state in ${literals(['held', 'failed', 'unknown'])}`);
      return hasRow(again.returning('id'));
    },

    /** The session that these waited for exists. */
    async adopt(requestId: string, sessionId: string, trx: Db = db): Promise<boolean> {
      const adopted = trx.updateTable('replies').set({ sessionId }).where('sessionId', '=', requestId);
      return (await adopted.returning('id').execute()).length > 0;
    },

    /** Messages in threads that have been on their way to Devin for so long. */
    async onTheirWay(forMs: number): Promise<string[]> {
      const rows = await openFor(forMs).select('id').where('messageTs', 'is not', null).execute();
      return rows.map(({ id }) => id);
    },

    /** Sessions with a reply that has waited this long, or since a future time: the clock was set back. */
    async waiting(forMs: number): Promise<string[]> {
      const rows = await openFor(forMs).select('sessionId').distinct().execute();
      return rows.map(({ sessionId }) => sessionId);
    },
  };
}

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

    /** The reply that a message in Devin's list is; null: it wasn't sent from here. */
    async recognize({ sessionId, eventId, text }: Echo, trx: Db = db): Promise<Reply | null> {
      const mine = trx
        .selectFrom('replies')
        .select('id')
        .where('sessionId', '=', sessionId)
        // Recognized before, after a lost answer; or its author may have deleted it since.
        .where(
          sql<boolean>`(event_id = ${eventId} or (event_id is null and sent_text in (${sql.join(sentAs(text))})
            and (state in ('sending', 'delivered')
              or (state in ('unknown', 'skipped') and sent_at > now() - ${ECHO_LIFE}))))`,
        )
        .orderBy('eventId', (order) => order.asc().nullsLast())
        // Delivered ones come before those that may never have arrived.
        .orderBy(sql`state = 'delivered'`, 'desc')
        .orderBy('sentAt')
        .limit(1);
      return readFirst(
        rowSchema,
        trx.updateTable('replies').set({ eventId }).where('id', '=', mine).returningAll(),
      );
    },

    /** The events that are known to be replies of this session. */
    recognized: async (sessionId: string, eventIds: readonly string[]): Promise<Set<string>> =>
      presentOf(eventIds, sql`select event_id from replies where session_id = ${sessionId} and event_id`, db),

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
