import { createAudit, type AuditRow } from '../../src/store/audit.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { verifyChain } from '../../src/trust/index.ts';

type Place = { databaseUrl: string | null; dataDir: string };
type Chain = { entries: number; violations: string[] };

/** Whether the app's own audit is intact, and has each started session once; and nothing is reserved for nothing. */
export async function auditChain(
  { databaseUrl, dataDir }: Place,
  { created }: { created: number },
): Promise<Chain> {
  const database = await openDatabase({ dataDir, ...(databaseUrl !== null && { databaseUrl }) });
  try {
    const starts: string[] = [];
    const { end, isUsed, entries } = createAudit(database.db);
    const verified = await verifyChain({ end, isUsed, entries: () => noting(entries(), starts) });
    if (!verified.ok)
      return { entries: 0, violations: [`audit: entry ${verified.seq} is ${verified.fault}`] };
    const twice = starts.filter((id, at) => starts.indexOf(id) !== at);
    const violations = twice.map((id) => `audit: the start of ${id} is recorded twice`);
    if (starts.length < created)
      violations.push(`audit: ${starts.length} starts recorded, but ${created} sessions were asked for`);
    return { entries: verified.count, violations: [...violations, ...(await reservedForNothing(database))] };
  } finally {
    await database.close();
  }
}

/** What may have been sent, though its session is neither known nor searched for. */
async function reservedForNothing({ db }: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('ledger')
    .where('sessionId', 'is', null)
    .where('nextLookAt', 'is', null)
    .select('requestId')
    .execute();
  return rows.map(({ requestId }) => `ledger: ${requestId} counts for a session that nobody searches for`);
}

async function* noting(rows: AsyncIterable<AuditRow>, starts: string[]): AsyncGenerator<AuditRow> {
  for await (const row of rows) {
    if (row.kind === 'start') starts.push(row.sessionId ?? '');
    yield row;
  }
}
