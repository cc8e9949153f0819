import type { CeilingKey, Spend } from '../session/policy/index.ts';

const CEILING_OF: ReadonlyMap<string, CeilingKey> = new Map([
  ['person', 'acu_per_person_per_day'],
  ['channel', 'acu_per_channel_per_day'],
  ['month', 'acu_per_month'],
]);
const PART = /^(\w+)=(\d{1,9}(?:\.\d{1,3})?)$/;

/** Reads `person=N,channel=N,month=N`, each at most once and in any order; null: it is written otherwise. */
export function readSpent(written: string): Spend | null {
  const spent: Partial<Record<CeilingKey, number>> = {};
  for (const part of written.split(',')) {
    const [, name = '', acu] = PART.exec(part.trim()) ?? [];
    const key = CEILING_OF.get(name);
    if (key === undefined || spent[key] !== undefined) return null;
    spent[key] = Number(acu);
  }
  return spent;
}
