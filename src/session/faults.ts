import { z } from 'zod';
import { fields } from './fields.ts';
import type { FieldKey } from './fields.ts';
import type { Problem } from './intent.ts';

/** What was refused at a field: as it was typed, and in Devin's own words if it was Devin. */
const faultSchema = z.object({ typed: z.array(z.string()), said: z.string().nullable() });
export type Fault = z.infer<typeof faultSchema>;

export const faultsSchema = z.partialRecord(z.enum(fields.map(({ key }) => key)), faultSchema);
export type Faults = Partial<Record<FieldKey, Fault>>;

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
