import { createHash } from 'node:crypto';
import type { Audit, AuditRow } from '../store/audit.ts';

/** An entry as it is exported, with the keys in this order. */
type ExportedEntry = ReturnType<typeof toExport>;

export function toExport(row: AuditRow) {
  return {
    seq: Number(row.seq),
    at: row.at.toISOString(),
    kind: row.kind,
    user_id: row.userId,
    devin_user_id: row.devinUserId,
    channel_id: row.channelId,
    message_ts: row.messageTs,
    request_id: row.requestId,
    session_id: row.sessionId,
    rule: row.rule,
    result: row.result,
    prev: row.prev,
    hash: row.hash,
  };
}

/** The first entry's `prev`. */
const GENESIS = '0'.repeat(64);

/** `loose`: unchanged, but it was written after another entry. */
type Fault = 'changed' | 'missing' | 'loose';
type Verified =
  /** `last`: null if there is no entry. */
  { ok: true; count: number; last: ExportedEntry | null } | { ok: false; seq: number; fault: Fault };

/** Follows the chain from the first entry to the last one that was written. One entry at a time is in memory. */
export async function verifyChain(audit: Pick<Audit, 'end' | 'entries'>): Promise<Verified> {
  // First: more can be written meanwhile.
  const end = await audit.end();
  let last: ExportedEntry | null = null;
  for await (const row of audit.entries()) {
    const entry = toExport(row);
    const expected = (last?.seq ?? 0) + 1;
    if (entry.seq !== expected) return { ok: false, seq: expected, fault: 'missing' };
    if (entry.hash !== hashOf(entry)) return { ok: false, seq: entry.seq, fault: 'changed' };
    if (entry.prev !== (last?.hash ?? GENESIS)) return { ok: false, seq: entry.seq, fault: 'loose' };
    if (entry.seq === end?.seq && entry.hash !== end.hash)
      return { ok: false, seq: entry.seq, fault: 'changed' };
    last = entry;
  }
  const count = last?.seq ?? 0;
  if (count < (end?.seq ?? 0)) return { ok: false, seq: count + 1, fault: 'missing' };
  return { ok: true, count, last };
}

/** As the database's `audit_hash`. */
function hashOf({ hash: _hash, ...hashed }: ExportedEntry): string {
  return createHash('sha256').update(JSON.stringify(hashed)).digest('hex');
}
