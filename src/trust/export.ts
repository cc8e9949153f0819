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
  return linesOf(entries, { keys: Object.keys(USAGE), toLine: toUsageLine }, csv);
}

/** The columns, under the names that people who read it depend on. */
const USAGE: Readonly<Record<string, (entry: LedgerEntry) => Value>> = {
  at: ({ at }) => at.toISOString(),
  request_id: ({ requestId }) => requestId,
  session_id: ({ sessionId }) => sessionId,
  user_id: ({ userId }) => userId,
  channel_id: ({ channelId }) => channelId,
  mode: ({ mode }) => mode,
  repos: ({ repos }) => repos ?? [],
  acu_cap: ({ cap }) => cap,
  acu_used: ({ consumed }) => consumed,
  acu_counted: ({ counted }) => counted,
  in_progress: ({ isOpen }) => isOpen,
  merged_pull_requests: ({ merged }) => merged,
};

function toUsageLine(entry: LedgerEntry): Record<string, Value> {
  return Object.fromEntries(Object.entries(USAGE).map(([key, valueOf]) => [key, valueOf(entry)]));
}

type Value = string | number | boolean | null | string[];
type Lines<Row> = { keys: readonly string[]; toLine: (row: Row) => Readonly<Record<string, Value>> };

async function* linesOf<Row>(
  rows: AsyncIterable<Row>,
  { keys, toLine }: Lines<Row>,
  csv: boolean,
): AsyncGenerator<string> {
  if (csv) yield csvLine(keys);
  for await (const row of rows) {
    const line = toLine(row);
    yield csv ? csvLine(keys.map((key) => cellOf(line[key] ?? null))) : `${JSON.stringify(line)}\n`;
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
