import { createHash } from 'node:crypto';
import type { Audit, AuditRow } from '../store/audit.ts';
import type { LedgerEntry } from '../store/ledger.ts';

type Cell = string | number | boolean | null | string[];
/** How each column is read, under the name that people who read the file depend on. */
type ExportColumns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

/** In the order in which they are hashed. */
export const AUDIT: ExportColumns<AuditRow> = {
  seq: ({ seq }) => Number(seq),
  at: ({ at }) => at.toISOString(),
  kind: ({ kind }) => kind,
  user_id: ({ userId }) => userId,
  devin_user_id: ({ devinUserId }) => devinUserId,
  channel_id: ({ channelId }) => channelId,
  message_ts: ({ messageTs }) => messageTs,
  request_id: ({ requestId }) => requestId,
  session_id: ({ sessionId }) => sessionId,
  rule: ({ rule }) => rule,
  result: ({ result }) => result,
  prev: ({ prev }) => prev,
  hash: ({ hash }) => hash,
};

/** The first entry's `prev`. */
const GENESIS = '0'.repeat(64);

/**
 * Follows the chain from the first entry to the last one that was written. One entry at a time is in memory. `expected`: a
 * hash that was noted outside the database; null: none. `changed`: the entry, or the one before it. `unmarked`: nothing says
 * that the entry is the last one. `replaced`: no entry has the expected hash.
 */
export async function verifyChain(
  audit: Pick<Audit, 'end' | 'entries' | 'isUsed'>,
  expected: string | null = null,
): Promise<
  /** `last`: null if there is no entry. */
  | { ok: true; count: number; last: AuditRow | null }
  | { ok: false; seq: number; fault: 'changed' | 'missing' | 'unmarked' | 'replaced' }
> {
  // First: more can be written meanwhile.
  const end = await audit.end();
  let last: AuditRow | null = null;
  let count = 0;
  let isExpected = expected === null;
  for await (const row of audit.entries()) {
    const seq = count + 1;
    if (Number(row.seq) !== seq) return { ok: false, seq, fault: 'missing' };
    if (row.hash !== hashOf(row) || row.prev !== (last?.hash ?? GENESIS))
      return { ok: false, seq, fault: 'changed' };
    if (seq === end?.seq && row.hash !== end.hash) return { ok: false, seq, fault: 'changed' };
    isExpected ||= row.hash === expected;
    last = row;
    count = seq;
  }
  if (count < (end?.seq ?? 0)) return { ok: false, seq: count + 1, fault: 'missing' };
  if (count > 0 && end === null) return { ok: false, seq: count, fault: 'unmarked' };
  if (count === 0 && (await audit.isUsed())) return { ok: false, seq: 1, fault: 'missing' };
  if (!isExpected) return { ok: false, seq: count, fault: 'replaced' };
  return { ok: true, count, last };
}

/** As the database's `audit_hash`. */
function hashOf(row: AuditRow): string {
  const { hash: _hash, ...hashed } = lineOf(row, AUDIT);
  return createHash('sha256').update(JSON.stringify(hashed)).digest('hex');
}

/** Of each session, or creation whose session is not known. */
export const USAGE: ExportColumns<LedgerEntry> = {
  at: ({ at }) => at.toISOString(),
  request_id: ({ requestId }) => requestId,
  session_id: ({ sessionId }) => sessionId,
  user_id: ({ userId }) => userId,
  channel_id: ({ channelId }) => channelId,
  repos: ({ repos }) => repos ?? [],
  acu_cap: ({ cap }) => cap,
  acu_used: ({ consumed }) => consumed,
  acu_counted: ({ counted }) => counted,
  in_progress: ({ isOpen }) => isOpen,
};

function lineOf<Row>(row: Row, columns: ExportColumns<Row>): Record<string, Cell> {
  return Object.fromEntries(Object.entries(columns).map(([key, valueOf]) => [key, valueOf(row)]));
}

/** A line each: JSON, or CSV with a heading. */
export async function* exportLines<Row>(
  rows: AsyncIterable<Row>,
  columns: ExportColumns<Row>,
  csv: boolean,
): AsyncGenerator<string> {
  if (csv) yield csvLine(Object.keys(columns));
  for await (const row of rows) {
    const line = lineOf(row, columns);
    yield csv ? csvLine(Object.values(line).map(cellOf)) : `${JSON.stringify(line)}\n`;
  }
}

function cellOf(value: Cell): string {
  return Array.isArray(value) ? value.join(' ') : String(value ?? '');
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** Spreadsheets compute what begins like a formula. https://owasp.org/www-community/attacks/CSV_Injection */
function csvCell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
