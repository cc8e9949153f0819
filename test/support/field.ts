import * as fc from 'fast-check';

/** A list without repeats: `uniqueArray` can repeat what `stringMatching` makes. */
export function several(item: fc.Arbitrary<string>, maxLength = 60): fc.Arbitrary<string[]> {
  return fc.array(item, { minLength: 1, maxLength }).map((items) => [...new Set(items)]);
}
