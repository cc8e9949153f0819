import type { LedgerEntry } from '../../store/usage.ts';
import { csvLine } from '../csv.ts';

/** A line for each session, or creation whose session is not known: JSON, or CSV with a heading. */
export async function* exportUsage(
  entries: AsyncIterable<LedgerEntry>,
  csv: boolean,
): AsyncGenerator<string> {
  if (csv) yield csvLine(KEYS);
  for await (const entry of entries) {
    const line = toExport(entry);
    yield csv ? csvLine(KEYS.map((key) => cellOf(line[key]))) : `${JSON.stringify(line)}\n`;
  }
}

const KEYS = [
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
] as const satisfies (keyof ReturnType<typeof toExport>)[];

/** Under the names that people who read it depend on. */
function toExport(entry: LedgerEntry) {
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

function cellOf(value: string | number | boolean | null | string[]): string {
  return Array.isArray(value) ? value.join(' ') : String(value ?? '');
}
