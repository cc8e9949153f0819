import { sql, type Kysely, type Transaction } from 'kysely';
import type { Log } from '../log.ts';
import type { Voter } from '../session/approval.ts';
import type { Failure } from '../session/failure.ts';
import { devinUserOf } from '../session/identity.ts';
import { isOpen, type RequestState } from '../session/request.ts';
import { toWire } from '../session/snapshot.ts';
import { askingMessage, type SessionRequest } from './requests.ts';
import { everyRow, hasRow, lockNames } from './sql.ts';
import type { Tables } from './store.ts';

/** Append-only: a trigger refuses changes, and `append_audit` writes it. */
export type AuditRow = {
  seq: string | number;
  at: Date;
  /** docs/audit.md says what the results of each kind mean. */
  kind:
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
    | 'export'
    | 'policy'
    | 'mapping';
  /** Who acted, or asked. */
  userId: string | null;
  /** As whom. */
  devinUserId: string | null;
  channelId: string | null;
  messageTs: string | null;
  requestId: string | null;
  sessionId: string | null;
  rule: string | null;
  result: string;
  prev: string;
  /** SHA-256 of all the others. */
  hash: string;
};

/** Ids and fixed words only: nothing that people wrote. */
export type AuditEntry = Pick<AuditRow, 'kind' | 'result'> &
  Partial<Omit<AuditRow, 'seq' | 'at' | 'prev' | 'hash'>>;

const PAGE = 1000;
const ENDED: readonly RequestState[] = ['created', 'refused', 'failed', 'unknown'];

/** Call it last in a transaction: from here on, everyone else who records something waits. */
export async function appendAudit(entries: readonly AuditEntry[], trx: Transaction<Tables>): Promise<void> {
  if (entries.length === 0) return;
  await sql`select append_audit(${JSON.stringify(entries.map(toWire))}::json)`.execute(trx);
}

export type Audit = ReturnType<typeof createAudit>;

export function createAudit(db: Kysely<Tables>) {
  /** The last entry that was written; null: none. */
  async function end(): Promise<{ seq: number; hash: string } | null> {
    const row = await db.selectFrom('auditEnd').select(['seq', 'hash']).executeTakeFirst();
    return row === undefined ? null : { seq: Number(row.seq), hash: row.hash };
  }

  return {
    /** For what changes nothing else, such as a refusal. */
    async record(entry: AuditEntry): Promise<void> {
      await db.transaction().execute(async (trx) => appendAudit([entry], trx));
    },

    /** Not recorded if it is the file that was loaded last, as by another replica or a restart. */
    async fileLoaded(kind: 'policy' | 'mapping', sha256: string | null): Promise<void> {
      const result = sha256 === null ? NO_FILE : `loaded:${sha256}`;
      await db.transaction().execute(async (trx) => {
        await lockNames([`loaded:${kind}`], trx);
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

    end,

    /** Whoever can write to the database can't change the log. */
    async logEnd(log: Pick<Log, 'info'>): Promise<void> {
      const last = await end();
      if (last !== null) log.info(last, 'the newest entry of the audit');
    },

    /** Whether the database has requests, each of which is recorded once it starts or ends. */
    isUsed: async (): Promise<boolean> =>
      hasRow(db.selectFrom('sessionRequests').select('id').where('state', 'in', ENDED).limit(1)),

    /** All entries in order, including those written meanwhile; `since`: from this time on. */
    entries: (since: Date | null = null): AsyncGenerator<AuditRow> =>
      everyRow<AuditRow>(async (last) =>
        db
          .selectFrom('audit')
          .selectAll()
          .where('seq', '>', last?.seq ?? 0)
          .where('at', '>=', since ?? new Date(0))
          .orderBy('seq')
          .limit(PAGE)
          .execute(),
      ),
  };
}

/** A file that is no longer configured. */
const NO_FILE = 'none';

/** What to record of a request's transition; empty: nothing. */
export function requestEntries(from: RequestState, moved: SessionRequest): AuditEntry[] {
  const what = becomes(from, moved);
  return what === null ? [] : [{ ...subjectOf(moved), ...what }];
}

/** As far as it differs from the request's subject. */
function becomes(from: RequestState, moved: SessionRequest): AuditEntry | null {
  const { state, identity, rule } = moved;
  if (state === 'awaiting-approval' || (from === 'awaiting-approval' && isOpen(state)))
    return approvalEntry(moved);
  if (from === state || isOpen(state)) return null;
  if (state === 'created') {
    const how = identity?.kind === 'matched' ? identity.how : 'service-user';
    return { kind: 'start', rule, result: `${isOpen(from) ? 'created' : 'found-late'}:${how}` };
  }
  return from === 'sending' && state === 'unknown'
    ? { kind: 'outcome', result: state }
    : endEntry(moved, moved.failure);
}

/** Who decided what under which rule, of a request that waits or waited for an approval. */
function approvalEntry({ approvals }: SessionRequest): AuditEntry | null {
  const last = approvals.at(-1);
  if (last === undefined) return null;
  const { rule, end, yes } = last;
  const by = yes.at(-1);
  if (by === undefined) return { kind: 'approval', rule, result: 'asked' };
  return { kind: 'approval', rule, ...actor(by), result: end?.kind ?? 'one-more' };
}

/** Of an attempt that was not sent, or that Devin refused. */
function endEntry({ userId, identity }: SessionRequest, failure: Failure | null): AuditEntry {
  switch (failure?.kind) {
    case 'cancelled': {
      // Only the requester's account is known.
      const devinUserId = failure.userId === userId ? devinUserOf(identity) : null;
      return { kind: 'cancel', userId: failure.userId, devinUserId, result: 'done' };
    }
    case 'approval':
      return { kind: 'approval', rule: failure.rule, ...actor(failure.by), result: failure.end };
    case 'policy':
      return { kind: 'refusal', rule: failure.hurdles[0]?.rule ?? null, result: 'policy' };
    case 'limit':
      return { kind: 'refusal', result: `limit:${failure.limit}` };
    case 'identity':
      return { kind: 'refusal', result: `identity:${failure.reason}` };
    case 'not-listed':
      return { kind: 'refusal', result: 'not-listed' };
    case 'devin':
    case 'slack':
      return { kind: 'outcome', result: `failed:${failure.kind}:${failure.code}` };
    default:
      return { kind: 'outcome', result: `failed:${failure?.kind ?? 'not-known'}` };
  }
}

/** With their own account in Devin, if it is known. */
function actor(by: Voter | null): Pick<AuditEntry, 'userId' | 'devinUserId'> {
  return { userId: by?.userId ?? null, devinUserId: by?.devinUserId ?? null };
}

/** Someone wanted to do to a request or its session what they may not. */
export function refusedTo(userId: string, request: SessionRequest, result: string): AuditEntry {
  return { ...subjectOf(request), kind: 'refusal', userId, devinUserId: null, result };
}

/** Who asked for it, as whom, from where. */
export function subjectOf(request: SessionRequest): Omit<AuditEntry, 'kind' | 'result'> {
  return {
    userId: request.userId,
    devinUserId: devinUserOf(request.identity),
    channelId: request.channelId,
    messageTs: askingMessage(request),
    requestId: request.id,
    sessionId: request.sessionId,
  };
}
