import { z } from 'zod';
import { fields } from './fields.ts';
import type { Failure } from './failure.ts';
import type { FieldKey, StoredDraft } from './fields.ts';
import type { Problem } from './intent.ts';

/** What was refused at a field: as it was typed, and in Devin's own words if it was Devin. */
const faultSchema = z.object({ typed: z.array(z.string()), said: z.string().nullable() });
export type Fault = z.infer<typeof faultSchema>;

export const faultsSchema = z.partialRecord(z.enum(fields.map(({ key }) => key)), faultSchema);
export type Faults = Partial<Record<FieldKey, Fault>>;

/** Of a value that may be named in Devin's words: shorter ones are in any sentence. */
const TELLING_LENGTH = 3;

/**
 * Devin's reason at the fields that it is about: those it names, else those whose value or name is in its words, else
 * the task.
 */
export function faultsOfFailure(failure: Failure | null, values: StoredDraft): Faults {
  if (failure?.kind !== 'devin' || failure.code !== 'invalid-request') return {};
  const { fieldErrors, detail } = failure;
  const named = fields.flatMap(({ key }) => {
    const words = fieldErrors
      .filter(({ field }) => field.split('.').includes(key))
      .map(({ message }) => message);
    return words.length === 0 ? [] : [[key, words.join(' ')] as const];
  });
  if (named.length > 0) return said(named);
  const reason = detail ?? fieldErrors.map(({ message }) => message).join(' ');
  if (reason === '') return {};
  const given = new Map(Object.entries(values));
  const meant = fields.filter(({ key }) => key !== 'prompt' && isNamedIn(reason, key, given.get(key)));
  return said(meant.length === 0 ? [['prompt', reason]] : meant.map(({ key }) => [key, reason] as const));
}

function isNamedIn(reason: string, key: FieldKey, value: unknown): boolean {
  if (value === undefined) return false;
  const words = reason.toLowerCase();
  const isTelling = (one: unknown): boolean =>
    typeof one === 'string' && one.length >= TELLING_LENGTH && words.includes(one.toLowerCase());
  return words.includes(key) || [value].flat().some(isTelling);
}

function said(reasons: readonly (readonly [FieldKey, string])[]): Faults {
  return Object.fromEntries(reasons.map(([key, words]) => [key, { typed: [], said: words }]));
}

/** What is to be corrected in a form. */
export function faultsOf(problems: readonly Problem[]): Faults {
  const faults: Faults = {};
  for (const problem of problems) {
    if (!('field' in problem)) continue;
    const before = faults[problem.field]?.typed ?? [];
    const typed = 'value' in problem ? [...before, problem.value] : before;
    faults[problem.field] = { typed, said: null };
  }
  return faults;
}
