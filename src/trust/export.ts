import type { AuditRow } from '../store/audit.ts';
import type { LedgerEntry } from '../store/usage.ts';
import { toExport } from './audit-chain.ts';

const AUDIT_KEYS = [
  'seq',
  'at',
  'kind',
  'user_id',
  'devin_user_id',
  'channel_id',
  'message_ts',
  'request_id',
  'session_id',
  'rule',
  'result',
  'prev',
  'hash',
] as const satisfies (keyof ReturnType<typeof toExport>)[];

/** A line each: JSON, or CSV with a heading. */
export function exportAudit(rows: AsyncIterable<AuditRow>, csv: boolean): AsyncGenerator<string> {
  return linesOf(rows, { keys: AUDIT_KEYS, toLine: toExport }, csv);
}

/** A line for each session, or creation whose session is not known: JSON, or CSV with a heading. */
export function exportUsage(entries: AsyncIterable<LedgerEntry>, csv: boolean): AsyncGenerator<string> {
  return linesOf(entries, { keys: USAGE_KEYS, toLine: toUsageLine }, csv);
}

const USAGE_KEYS = [
  'at',
  'request_id',
  'session_id',
  'user_id',
  'channel_id',
  'mode',
  'repos',
  'acu_cap',
  'acu_used',
  'acu_counted',
  'in_progress',
  'merged_pull_requests',
] as const satisfies (keyof ReturnType<typeof toUsageLine>)[];

/** Under the names that people who read it depend on. */
function toUsageLine(entry: LedgerEntry) {
  return {
    at: entry.at.toISOString(),
    request_id: entry.requestId,
    session_id: entry.sessionId,
    user_id: entry.userId,
    channel_id: entry.channelId,
    mode: entry.mode,
    repos: entry.repos ?? [],
    acu_cap: entry.cap,
    acu_used: entry.consumed,
    acu_counted: entry.counted,
    in_progress: entry.isOpen,
    merged_pull_requests: entry.merged,
  };
}

type Value = string | number | boolean | null | string[];
type Lines<Row, Key extends string> = { keys: readonly Key[]; toLine: (row: Row) => Record<Key, Value> };

async function* linesOf<Row, Key extends string>(
  rows: AsyncIterable<Row>,
  { keys, toLine }: Lines<Row, Key>,
  csv: boolean,
): AsyncGenerator<string> {
  if (csv) yield csvLine(keys);
  for await (const row of rows) {
    const line = toLine(row);
    yield csv ? csvLine(keys.map((key) => cellOf(line[key]))) : `${JSON.stringify(line)}\n`;
  }
}

function cellOf(value: Value): string {
  return Array.isArray(value) ? value.join(' ') : String(value ?? '');
}

/** A line of a CSV file. */
function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** Spreadsheets compute what begins like a formula. https://owasp.org/www-community/attacks/CSV_Injection */
function csvCell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
