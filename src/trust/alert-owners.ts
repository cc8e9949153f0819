import type { Transaction } from 'kysely';
import type { Enqueue } from '../queue/index.ts';
import { alertName, highestMarks, type BudgetAlert } from '../session/policy/index.ts';
import { noteAlerts } from '../store/ledger.ts';
import type { Tables } from '../store/tables.ts';

/** Has the policy's owners told what they haven't been told yet. */
export async function alertOwners(
  enqueue: Enqueue,
  alerts: readonly BudgetAlert[],
  trx: Transaction<Tables>,
): Promise<void> {
  const added = await noteAlerts(alerts.map(alertName), trx);
  const news = alerts.filter((alert) => added.has(alertName(alert)));
  for (const alert of highestMarks(news)) await enqueue('tell-owners', alert, { trx });
}
