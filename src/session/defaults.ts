import { isDeepStrictEqual } from 'node:util';
import {
  fields,
  OPTION_GROUPS,
  storedDraftSchema,
  type Field,
  type FieldKey,
  type FieldValues,
  type Lookup,
  type OptionGroup,
  type StoredDraft,
} from './fields.ts';

/** Who settings apply to. */
export const SETTING_SCOPES = ['workspace', 'channel', 'person'] as const;
export type SettingScope = (typeof SETTING_SCOPES)[number];

/** Who set a value. Values that nobody set are left out: Devin uses the organization's default. */
export const VALUE_SOURCES = [...SETTING_SCOPES, 'request', 'policy'] as const;
export type ValueSource = (typeof VALUE_SOURCES)[number];

export type Sources = Partial<Record<FieldKey, ValueSource>>;

/** The known names of values that are ids, by value. */
export type Names = Readonly<Record<string, string>>;

/** A draft that records where each value came from. */
export type EffectiveDraft = { values: StoredDraft; sources: Sources; names?: Names | undefined };

/** Later sources win: workspace < channel < person < this request < policy. Lists are replaced, not merged. */
export function applyDefaults(layers: Partial<Record<ValueSource, StoredDraft>>): EffectiveDraft {
  const values: StoredDraft = {};
  const sources: Sources = {};
  for (const source of VALUE_SOURCES) {
    const isDefault = source !== 'request' && source !== 'policy';
    const among = isDefault ? fields.filter(({ isOwn }) => isOwn !== true) : fields;
    const layer = picked(layers[source] ?? {}, among);
    Object.assign(values, layer);
    for (const { key } of fields) if (layer[key] !== undefined) sources[key] = source;
  }
  return { values, sources };
}

export function omitFields(draft: StoredDraft, keys: readonly FieldKey[]): StoredDraft {
  const left = fields.filter(({ key }) => !keys.includes(key));
  return storedDraftSchema.parse(picked(draft, left));
}

/** All that was set is in view, so an emptied input is no longer set. What stays keeps its source. */
export function applyForm(prefill: EffectiveDraft, submitted: StoredDraft): EffectiveDraft {
  const now: FieldValues = submitted;
  const before: FieldValues = prefill.values;
  const sources: Sources = {};
  for (const { key } of fields) {
    if (now[key] === undefined) continue;
    sources[key] = isDeepStrictEqual(now[key], before[key]) ? (prefill.sources[key] ?? 'request') : 'request';
  }
  return { values: submitted, sources, names: prefill.names };
}

/** The fields of a draft whose values Devin lists, each with what is set there. */
export function listedIn(draft: StoredDraft) {
  const values: FieldValues = draft;
  return fields.flatMap(({ key, input, lookup }) => {
    const set = [values[key]].flat().filter((value) => typeof value === 'string');
    return lookup === undefined || set.length === 0 ? [] : [{ key, lookup, set, kind: input.kind }];
  });
}

/** A draft with the names of its ids that are known now. */
export type WithNames = (draft: EffectiveDraft) => EffectiveDraft;

export const createWithNames =
  (nameOf: (lookup: Lookup, value: string) => string | null): WithNames =>
  (draft) => {
    const found = listedIn(draft.values).flatMap(({ lookup, set }) =>
      set.flatMap((id) => {
        const name = nameOf(lookup, id);
        return name === null || name === id ? [] : [[id, name] as const];
      }),
    );
    return found.length === 0 ? draft : { ...draft, names: { ...draft.names, ...Object.fromEntries(found) } };
  };

/** The groups of a form in which something is given. */
export function groupsOf(...given: readonly FieldValues[]): OptionGroup[] {
  return OPTION_GROUPS.filter((one) =>
    fields.some(({ key, group }) => group === one && given.some(({ [key]: value }) => value !== undefined)),
  );
}

/** What was set for this request besides the task, without defaults. */
export function askedBeside({ values, sources }: EffectiveDraft): FieldValues {
  const own = fields.filter(({ key, isTask }) => isTask !== true && sources[key] === 'request');
  return picked(values, own);
}

/** The values that these fields have. */
function picked(values: FieldValues, among: readonly Field[]): FieldValues {
  return Object.fromEntries(
    among.flatMap(({ key }) => (values[key] === undefined ? [] : [[key, values[key]]])),
  );
}
