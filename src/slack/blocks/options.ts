import type { PlainTextOption } from '@slack/types';
import type { Names } from '../../session/defaults.ts';
import { fields, type FieldValues } from '../../session/fields.ts';
import type { Text } from '../../text/index.ts';
import { LIMIT } from './limits.ts';
import { option } from './objects.ts';
import { escape, lookup, oneLine, truncate } from './text.ts';

const VALUE_LENGTH = 80;

/** Options in a few words each, `Repositories: acme/web`, in the order of the field table. Escaped. */
export function optionWords(values: FieldValues, text: Text, names: Names = {}): string[] {
  return fields.flatMap(({ key }) => {
    const value = values[key];
    return value === undefined
      ? []
      : [`${escape(text.fields[key].label)}: ${shortValue(value, text, names)}`];
  });
}

function shortValue(value: unknown, text: Text, names: Names): string {
  if (typeof value === 'boolean') return value ? text.details.yes : text.details.no;
  if (Array.isArray(value) && value.length === 0) return text.details.none;
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  const items = ids.map((id) => (typeof id === 'string' ? (lookup(names, id) ?? id) : id));
  const isPlain = items.every((item) => typeof item === 'string' || typeof item === 'number');
  return isPlain ? escape(truncate(oneLine(items.join(', ')), VALUE_LENGTH)) : text.details.isSet;
}

export type Suggestion = { value: string; label: string; description: string | null };

/**
 * Suggestions of a picker. People can always take what they typed, since the list may be incomplete or forbidden. It
 * comes last, because Enter takes the first.
 * https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
 */
export function lookupOptions(found: readonly Suggestion[], typed: string, text: Text): PlainTextOption[] {
  const wanted = typed === '' ? [] : [{ value: typed, label: text.lookup.use(typed), description: null }];
  const known = new Map<string, Suggestion>();
  for (const one of found) {
    if (isPickable(one) && !known.has(one.value)) known.set(one.value, one);
  }
  const own = wanted.filter((one) => isPickable(one) && !known.has(one.value));
  return [...[...known.values()].slice(0, LIMIT.options - own.length), ...own].map(
    ({ value, label, description }) =>
      option(oneLine(label) || value, value, oneLine(description ?? '') || undefined),
  );
}

/** A cut value would be another value. */
function isPickable({ value }: Suggestion): boolean {
  return value !== '' && value.length <= LIMIT.optionValue;
}
