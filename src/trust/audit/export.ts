import type { AuditRow } from '../../store/audit.ts';
import { csvLine } from '../csv.ts';
import { toExport } from './chain.ts';

const KEYS = [
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
export async function* exportAudit(rows: AsyncIterable<AuditRow>, csv: boolean): AsyncGenerator<string> {
  if (csv) yield csvLine(KEYS);
  for await (const row of rows) {
    const entry = toExport(row);
    yield csv ? csvLine(KEYS.map((key) => String(entry[key] ?? ''))) : `${JSON.stringify(entry)}\n`;
  }
}
