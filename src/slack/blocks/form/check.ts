import type { Field } from '../../../session/fields.ts';
import type { Text } from '../../../text/index.ts';
import { oneLine } from '../one-line.ts';
import { truncate } from '../text.ts';

const SHOWN_LENGTH = 60;

/** What the field does not take, in a sentence; null: it takes the value. */
export function problemWith(field: Field, raw: unknown, text: Text): string | null {
  const checked = field.schema.safeParse(raw);
  if (checked.success) return null;
  const { errors } = text.modal;
  if (field.input.kind === 'json') return errors.jsonSchema;
  const { takes } = text.fields[field.key];
  const given = wrongPart(raw, checked.error.issues[0]?.path[0]);
  return given === null ? errors.takes(takes) : errors.value(truncate(oneLine(given), SHOWN_LENGTH), takes);
}

/** As much of the value as the field takes, in a list of none or one. Of a list, the entries that fit. */
export function fitting(field: Field, raw: unknown): unknown[] {
  const takes = (value: unknown): boolean => field.schema.safeParse(value).success;
  if (takes(raw)) return [raw];
  const kept = Array.isArray(raw) ? raw.filter((entry: unknown) => takes([entry])) : [];
  return kept.length > 0 && takes(kept) ? [kept] : [];
}

/** The text to name: of a list, the first entry that is refused. null: all of it is, or it is not text. */
function wrongPart(raw: unknown, index: PropertyKey | undefined): string | null {
  if (typeof raw === 'string' || typeof raw === 'number') return String(raw);
  const entry: unknown = Array.isArray(raw) && typeof index === 'number' ? raw[index] : null;
  return typeof entry === 'string' ? entry : null;
}
