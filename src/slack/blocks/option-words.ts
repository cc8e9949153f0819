import { fields } from '../../session/fields.ts';
import type { FieldKey } from '../../session/fields.ts';
import type { Text } from '../../text/index.ts';
import { escape, oneLine, truncate } from './text.ts';

const VALUE_LENGTH = 80;

/** Options in a few words each, `Repositories: acme/web`, in the order of the field table. Escaped. */
export function optionWords(values: Readonly<Partial<Record<FieldKey, unknown>>>, text: Text): string[] {
  return fields.flatMap(({ key }) =>
    values[key] === undefined ? [] : [`${escape(text.fields[key].label)}: ${shortValue(values[key], text)}`],
  );
}

function shortValue(value: unknown, text: Text): string {
  if (typeof value === 'boolean') return value ? text.details.yes : text.details.no;
  if (Array.isArray(value) && value.length === 0) return text.details.none;
  const items = Array.isArray(value) ? value : [value];
  const isPlain = items.every((item) => typeof item === 'string' || typeof item === 'number');
  return isPlain ? escape(truncate(oneLine(items.join(', ')), VALUE_LENGTH)) : text.details.isSet;
}
