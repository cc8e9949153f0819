import type { Policy } from './schema.ts';

/** What this version cannot do yet, and where the file asks for it: nothing is to look enforced that is not. */
export type Unenforced = { path: readonly (string | number)[]; what: 'approvals' };

export function unenforced({ limits, rules }: Policy): Unenforced[] {
  const approvals = rules.flatMap(({ verdict }, at) =>
    verdict === 'approve' ? [['rules', at, 'then']] : [],
  );
  const over = limits.over === 'approve' ? [['limits', 'over']] : [];
  return [...over, ...approvals].map((path) => ({ path, what: 'approvals' as const }));
}
