import { sql, type Kysely } from 'kysely';
import { cleanText } from '../bounds.ts';
import type { Tables } from './store.ts';

/** What can fail on its own: a session's row, a message to post. */
type SetAsideKind = 'session' | 'message';

/** What failed, and how often. */
export type SetAsideRow = {
  kind: SetAsideKind;
  id: string;
  failures: number;
  reason: string;
  failedAt: Date;
};

/** After this many failures it is set aside. */
export const MOST_FAILURES = 5;

const REASON_LENGTH = 300;

type SetAsideFailure = { error: unknown; by?: number };

export function createSetAside(db: Kysely<Tables>) {
  return {
    /** Counts a failure, or several at once; resolves with the total. */
    async note(kind: SetAsideKind, id: string, { error, by = 1 }: SetAsideFailure): Promise<number> {
      const reason = cleanText(String(error)).slice(0, REASON_LENGTH);
      const { failures } = await db
        .insertInto('setAside')
        .values({ kind, id, reason, failures: by })
        .onConflict((conflict) =>
          conflict
            .columns(['kind', 'id'])
            .doUpdateSet({ failures: sql`set_aside.failures + ${by}`, reason, failedAt: sql`now()` }),
        )
        .returning('failures')
        .executeTakeFirstOrThrow();
      return failures;
    },
  };
}

export async function countSetAside(db: Kysely<Tables>): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('setAside')
    .select(['kind', (select) => select.fn.countAll().as('count')])
    .where('failures', '>=', MOST_FAILURES)
    .groupBy('kind')
    .execute();
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, Number(count)]));
}
