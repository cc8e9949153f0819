import { isDeepStrictEqual } from 'node:util';
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { OperatorError } from '../../operator-error.ts';
import { codeOf, orForbidden, UNDEFINED_TABLE } from '../store-error.ts';
import type { Tables } from '../tables.ts';
import { initial } from './001-initial.ts';
import { liveThreads } from './002-live-threads.ts';
import { namesAndPlaces } from './003-names-and-places.ts';
import { editTimes } from './004-edit-times.ts';
import { lostAnswers } from './005-lost-answers.ts';
import { openHomes } from './006-open-homes.ts';
import { cardLeases } from './007-card-leases.ts';
import { resumedAt } from './008-resumed-at.ts';
import { setAside } from './010-set-aside.ts';
import { knownPeople } from './012-known-people.ts';
import { limits } from './013-limits.ts';
import { cardLine } from './014-card-line.ts';
import { exactlyOnce } from './016-exactly-once.ts';
import { threadListening } from './017-thread-listening.ts';
import { boundedReads } from './018-bounded-reads.ts';
import { retention } from './019-retention.ts';
import { formReview } from './021-form-review.ts';
import { formSecrets } from './022-form-secrets.ts';
import { checkedAt } from './023-checked-at.ts';
import { calls } from './024-calls.ts';
import { greetings } from './025-greetings.ts';
import { placingCards } from './026-placing-cards.ts';
import { lostIdentities } from './027-lost-identities.ts';
import { introducedThreads } from './031-introduced-threads.ts';
import { ledger } from './032-ledger.ts';
import { budgetAlerts } from './033-budget-alerts.ts';
import { audit } from './037-audit.ts';
import { decidingRule } from './038-deciding-rule.ts';
import { approvals } from './042-approvals.ts';
import { replacingRequests } from './043-replacing-requests.ts';
import { pendingOfPerson } from './051-pending-of-person.ts';
import { approvalsOfPerson } from './055-approvals-of-person.ts';
import { sharedAccounts } from './056-shared-accounts.ts';
import { unusedColumns } from './062-unused-columns.ts';
import { twinKey } from './063-twin-key.ts';
import { unloggedLeases } from './064-unlogged-leases.ts';
import { auditEnd } from './065-audit-end.ts';
import { dueMilestones } from './066-due-milestones.ts';
import { oneWaitingIndex } from './067-one-waiting-index.ts';
import { sentForm } from './068-sent-form.ts';
import { questionsByChannel } from './069-questions-by-channel.ts';
import { unusedIndex } from './070-unused-index.ts';
import { postsIndexes } from './071-posts-indexes.ts';
import { turns } from './072-turns.ts';
import { formerThreads } from './073-former-threads.ts';

/**
 * All migrations, by name, in order. A released one is never changed.
 *
 * During a rolling update the version before this one still runs on the new tables: expand, then contract. A release may
 * add tables, indexes, and columns that are nullable or have a default. It may drop or rename only what the release
 * before it no longer names in any statement, `returning` and column lists of inserts included.
 */
const migrations: Record<string, Migration> = {
  '001-initial': initial,
  '002-live-threads': liveThreads,
  '003-names-and-places': namesAndPlaces,
  '004-edit-times': editTimes,
  '005-lost-answers': lostAnswers,
  '006-open-homes': openHomes,
  '007-card-leases': cardLeases,
  '008-resumed-at': resumedAt,
  '010-set-aside': setAside,
  '012-known-people': knownPeople,
  '013-limits': limits,
  '014-card-line': cardLine,
  '016-exactly-once': exactlyOnce,
  '017-thread-listening': threadListening,
  '018-bounded-reads': boundedReads,
  '019-retention': retention,
  '021-form-review': formReview,
  '022-form-secrets': formSecrets,
  '023-checked-at': checkedAt,
  '024-calls': calls,
  '025-greetings': greetings,
  '026-placing-cards': placingCards,
  '027-lost-identities': lostIdentities,
  '031-introduced-threads': introducedThreads,
  '032-ledger': ledger,
  '033-budget-alerts': budgetAlerts,
  '037-audit': audit,
  '038-deciding-rule': decidingRule,
  '042-approvals': approvals,
  '043-replacing-requests': replacingRequests,
  '051-pending-of-person': pendingOfPerson,
  '055-approvals-of-person': approvalsOfPerson,
  '056-shared-accounts': sharedAccounts,
  '062-unused-columns': unusedColumns,
  '063-twin-key': twinKey,
  '064-unlogged-leases': unloggedLeases,
  '065-audit-end': auditEnd,
  '066-due-milestones': dueMilestones,
  '067-one-waiting-index': oneWaitingIndex,
  '068-sent-form': sentForm,
  '069-questions-by-channel': questionsByChannel,
  '070-unused-index': unusedIndex,
  '071-posts-indexes': postsIndexes,
  '072-turns': turns,
  '073-former-threads': formerThreads,
};

/** Brings the tables up to date. Replicas that start at once wait for one another: Kysely takes a lock on Postgres. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  if (await isUpToDate(db)) return;
  const migrator = new Migrator({
    db: db.withoutPlugins(),
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const unknown = (await applied(db).catch(() => [])).find((name) => !Object.hasOwn(migrations, name));
  if (unknown !== undefined) throw new OperatorError('database-newer', ({ store }) => store.newer(unknown));
  const named = orForbidden(error);
  if (named instanceof OperatorError) throw named;
  const failed = results?.find((result) => result.status === 'Error');
  const migration = failed?.migrationName ?? 'migrations';
  throw new OperatorError('migration-failed', ({ store }) => store.migration(migration), { cause: error });
}

/** Mostly it is: the migrator would describe each table of the database twice to find that out. */
async function isUpToDate(db: Kysely<Tables>): Promise<boolean> {
  try {
    return isDeepStrictEqual(await applied(db), Object.keys(migrations));
  } catch (error) {
    if (codeOf(error) === UNDEFINED_TABLE) return false;
    throw error;
  }
}

async function applied(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}
