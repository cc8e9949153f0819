import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { openDatabase } from '../store/database.ts';
import { countSetAside } from '../store/set-aside.ts';
import { codeOf, StoreError } from '../store/store-error.ts';
import { operatorSentence } from '../operator.ts';
import type { Text } from '../text/index.ts';
import type { Finding } from './examine.ts';

/** SQLSTATE of a table that does not exist. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNDEFINED_TABLE = '42P01';

/** What the app gave up on; nothing before its first start. */
export async function examineStore(config: Config['store'], text: Text): Promise<Finding[]> {
  const { databaseUrl, dataDir } = config;
  const isNew = databaseUrl === null && !existsSync(join(dataDir, 'database', 'PG_VERSION'));
  if (isNew) return [];
  try {
    return setAsideFindings(await readSetAside(config), text);
  } catch (error) {
    if (codeOf(error) === UNDEFINED_TABLE) return [];
    if (!(error instanceof StoreError)) throw error;
    return error.code === 'folder-in-use'
      ? [{ sign: 'not-checkable', sentence: text.doctor.databaseInUse }]
      : [{ sign: 'missing', sentence: operatorSentence(error, text) }];
  }
}

async function readSetAside(store: Config['store']): Promise<Record<string, number>> {
  const database = await openDatabase(store);
  try {
    return await countSetAside(database.db);
  } finally {
    await database.close();
  }
}

function setAsideFindings(counts: Record<string, number>, { doctor }: Text): Finding[] {
  const found = Object.entries(counts).map(([kind, count]): Finding => ({
    sign: 'warning',
    sentence: doctor.setAside(kind, count),
  }));
  return found.length > 0 ? found : [{ sign: 'ok', sentence: doctor.noneSetAside }];
}
