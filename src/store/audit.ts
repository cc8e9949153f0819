import { sql } from 'kysely';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { AuditTable, Tables } from './tables.ts';

/** What is recorded; docs/audit.md says what each kind's result means. */
type AuditKind =
  | 'start'
  | 'refusal'
  | 'outcome'
  | 'cancel'
  | 'approval'
  | 'follow'
  | 'restore'
  | 'reply'
  | 'stop'
  | 'sleep'
  | 'wake'
  | 'archive'
  | 'link'
  | 'setting'
  | 'forget'
  | FileKind;
/** Files that say what people may do and who they are. */
type FileKind = 'policy' | 'mapping';

/** Ids and fixed words only: nothing that people wrote. */
export type AuditEntry = {
  kind: AuditKind;
  /** Who acted, or asked. */
  userId?: string | null;
  /** As whom. */
  devinUserId?: string | null;
  channelId?: string | null;
  messageTs?: string | null;
  requestId?: string | null;
  sessionId?: string | null;
  rule?: string | null;
  result: string;
};

export type AuditRow = Selectable<AuditTable>;

const PAGE = 1000;

/** The last statement of the transaction that does it: from here on, others who record something wait. */
export async function appendAudit(entries: readonly AuditEntry[], trx: Transaction<Tables>): Promise<void> {
  if (entries.length === 0) return;
  await sql`select append_audit(${JSON.stringify(entries.map(toColumns))}::json)`.execute(trx);
}

export function createAudit(db: Kysely<Tables>) {
  return {
    /** Unless the last one loaded was this one: replicas and restarts load the same file. */
    async fileLoaded(kind: FileKind, sha256: string | null): Promise<void> {
      const result = sha256 === null ? NO_FILE : `loaded:${sha256}`;
      await db.transaction().execute(async (trx) => {
        const last = await trx
          .selectFrom('audit')
          .select('result')
          .where('kind', '=', kind)
          .orderBy('seq', 'desc')
          .limit(1)
          .executeTakeFirst();
        if ((last?.result ?? NO_FILE) !== result) await appendAudit([{ kind, result }], trx);
      });
    },

    /** All entries in order, those written meanwhile included; `since`: by their time. */
    async *entries(since: Date | null = null): AsyncGenerator<AuditRow> {
      let after = '0';
      for (;;) {
        const page = await db
          .selectFrom('audit')
          .selectAll()
          .where('seq', '>', after)
          .$if(since !== null, (query) => query.where('at', '>=', since ?? new Date(0)))
          .orderBy('seq')
          .limit(PAGE)
          .execute();
        yield* page;
        const last = page.at(-1);
        if (last === undefined) return;
        after = String(last.seq);
      }
    },
  };
}

/** A file that is no longer configured. */
const NO_FILE = 'none';

function toColumns(entry: AuditEntry) {
  return {
    kind: entry.kind,
    user_id: entry.userId,
    devin_user_id: entry.devinUserId,
    channel_id: entry.channelId,
    message_ts: entry.messageTs,
    request_id: entry.requestId,
    session_id: entry.sessionId,
    rule: entry.rule,
    result: entry.result,
  };
}
