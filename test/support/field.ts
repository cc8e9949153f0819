import * as fc from 'fast-check';
import { fields, type Field, type FieldKey } from '../../src/session/fields.ts';

export function fieldOf(wanted: FieldKey): Field {
  const field = fields.find(({ key }) => key === wanted);
  if (field === undefined) throw new Error(`no field ${wanted}`);
  return field;
}

/** A list without repeats: `uniqueArray` can repeat what `stringMatching` makes. */
export function several(item: fc.Arbitrary<string>, maxLength = 60): fc.Arbitrary<string[]> {
  return fc.array(item, { minLength: 1, maxLength }).map((items) => [...new Set(items)]);
}
