import type { Policy } from './schema.ts';

/** What this version cannot do yet, and where the file asks for it: nothing is to look enforced that is not. */
export type Unenforced = { path: readonly (string | number)[]; what: 'approvals' | 'budgets' };

const BUDGETS = ['acu_per_person_per_day', 'acu_per_channel_per_day', 'acu_per_month'] as const;

export function unenforced({ limits, rules }: Policy): Unenforced[] {
  const approvals = rules.flatMap(({ verdict }, at) =>
    verdict === 'approve' ? [['rules', at, 'then']] : [],
  );
  const over = limits.over === 'approve' ? [['limits', 'over']] : [];
  const budgets = BUDGETS.filter((key) => limits[key] !== undefined).map((key) => ['limits', key]);
  return [
    ...[...over, ...approvals].map((path) => ({ path, what: 'approvals' as const })),
    ...budgets.map((path) => ({ path, what: 'budgets' as const })),
  ];
}
