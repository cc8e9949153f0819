import type { EffectiveDraft } from '../session/defaults.ts';
import {
  fields,
  storedDraftSchema,
  type FieldKey,
  type FieldValues,
  type Lookup,
} from '../session/fields.ts';

/** The id of what is given by its name or id; null: there is none. Throws DevinError. */
export type IdOf = (lookup: Exclude<Lookup, 'repositories'>, typed: string) => Promise<string | null>;

export type Unlisted = { kind: 'not-listed'; field: FieldKey; value: string };

/** With ids for names, or the first that Devin doesn't list: nothing is sent then. Repositories have no ids. */
export async function withIds(idOf: IdOf, draft: EffectiveDraft): Promise<EffectiveDraft | Unlisted> {
  const values: FieldValues = draft.values;
  const found: Record<string, unknown> = {};
  for (const { key, input } of fields) {
    const lookup = 'lookup' in input ? input.lookup : undefined;
    const typed = [values[key] ?? []].flat().filter((one) => typeof one === 'string');
    if (lookup === undefined || lookup === 'repositories' || typed.length === 0) continue;
    const ids: string[] = [];
    for (const value of typed) {
      const id = await idOf(lookup, value);
      if (id === null) return { kind: 'not-listed', field: key, value };
      ids.push(id);
    }
    found[key] = input.kind === 'list' ? ids : ids[0];
  }
  return { ...draft, values: storedDraftSchema.parse({ ...draft.values, ...found }) };
}
