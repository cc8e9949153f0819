import { mostOf } from '../../../session/fields.ts';
import type { Field } from '../../../session/fields.ts';
import { schemaFault } from '../../../session/json-schema.ts';
import type { SchemaFault } from '../../../session/json-schema.ts';
import type { Text } from '../../../text/index.ts';
import { oneLine, truncate } from '../text.ts';

const SHOWN_LENGTH = 60;

/** `ownTag`: the app adds a tag of its own. */
export type Rules = { ownTag: boolean };

/** What the field does not take, in a sentence; null: it takes the value. */
export function problemWith(field: Field, raw: unknown, rules: Rules, text: Text): string | null {
  const { errors } = text.modal;
  const most = mostOf(field.input, rules.ownTag);
  if (most !== null && Array.isArray(raw) && raw.length > most) return errors.tooMany(most, raw.length);
  const checked = field.schema.safeParse(raw);
  if (checked.success) return field.input.kind === 'json' ? schemaProblem(checked.data, text) : null;
  const { takes } = text.fields[field.key];
  const given = wrongPart(raw, checked.error.issues[0]?.path[0]);
  return given === null ? errors.takes(takes) : errors.value(truncate(oneLine(given), SHOWN_LENGTH), takes);
}

/** As much of the value as the field takes, in a list of none or one. Of a list, the entries that are valid. */
export function fitting(field: Field, raw: unknown): unknown[] {
  const takes = (value: unknown): boolean => field.schema.safeParse(value).success;
  if (takes(raw)) return [raw];
  const kept = Array.isArray(raw) ? raw.filter((entry: unknown) => takes([entry])) : [];
  return kept.length > 0 && takes(kept) ? [kept] : [];
}

function schemaProblem(schema: unknown, text: Text): string | null {
  const isObject = typeof schema === 'object' && schema !== null;
  const fault = isObject ? schemaFault(Object.fromEntries(Object.entries(schema))) : null;
  return fault === null ? null : schemaSentence(fault, text);
}

function schemaSentence(fault: SchemaFault, text: Text): string {
  const { schema } = text.modal.errors;
  switch (fault.kind) {
    case 'too-large':
      return schema.tooLarge;
    case 'external':
      return schema.external(truncate(fault.ref, SHOWN_LENGTH));
    case 'draft':
      return schema.draft(truncate(fault.declared, SHOWN_LENGTH));
    case 'invalid':
      return schema.invalid(truncate(fault.at, SHOWN_LENGTH * 2), fault.message);
  }
}

/** The text to name: of a list, the first entry that is refused. null: all of it is, or it is not text. */
function wrongPart(raw: unknown, index: PropertyKey | undefined): string | null {
  if (typeof raw === 'string' || typeof raw === 'number') return String(raw);
  const entry: unknown = Array.isArray(raw) && typeof index === 'number' ? raw[index] : null;
  return typeof entry === 'string' ? entry : null;
}
