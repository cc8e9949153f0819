import type { Field, FieldKey, SessionDraft } from '../../../session/fields.ts';
import { LIMIT } from '../limits.ts';
import { writeList } from './list-text.ts';
import { splitText } from './parts.ts';

/** A view takes 100 blocks and 250 kB; this is what remains for long values beside everything else. */
const MAX_CONTINUED = 50;
const MAX_BYTES = 150_000;
/** More values than this are a text: each option of a select is sent twice, as its label and its value. */
const MAX_PICKED = 50;

/** How many inputs each field that is typed takes; fields that are picked are missing. */
export type TextPlan = { parts: ReadonlyMap<FieldKey, number>; cut: Field[] };

/** Depends on the prefill alone: inputs that came and went when a form is redrawn would lose what is in them. */
export function planTexts(shown: readonly Field[], prefill: SessionDraft): TextPlan {
  const parts = new Map<FieldKey, number>();
  const cut: Field[] = [];
  let bytesLeft = MAX_BYTES;
  let continuedLeft = MAX_CONTINUED;
  for (const field of shown.filter((one) => isTyped(one, prefill[one.key]))) {
    const wanted = splitText(writtenText(field, prefill[field.key]), maxLength(field));
    let count = 0;
    for (const part of wanted) {
      const bytes = Buffer.byteLength(JSON.stringify(part));
      if (count > 0 && (bytes > bytesLeft || continuedLeft === 0)) break;
      bytesLeft -= bytes;
      continuedLeft -= count > 0 ? 1 : 0;
      count += 1;
    }
    parts.set(field.key, Math.max(count, 1));
    if (count < wanted.length) cut.push(field);
  }
  return { parts, cut };
}

/** What the inputs of a typed field hold. */
export function writtenParts(field: Field, value: unknown, count: number): string[] {
  return splitText(writtenText(field, value), maxLength(field)).slice(0, count);
}

export function maxLength({ input }: Field): number {
  return input.kind === 'text' ? Math.min(input.maxLength, LIMIT.inputText) : LIMIT.inputText;
}

export function strings(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string');
}

/** What Devin can suggest is picked, unless the values that are there are more than a select can hold. */
function isTyped({ input }: Field, value: unknown): boolean {
  switch (input.kind) {
    case 'text':
    case 'list':
      return input.lookup === undefined || !canBePicked(strings(value));
    case 'json':
    case 'secrets':
      return true;
    case 'choice':
    case 'number':
    case 'switch':
      return false;
  }
}

function canBePicked(values: string[]): boolean {
  return values.length <= MAX_PICKED && values.every((value) => value.length <= LIMIT.optionValue);
}

/** Secrets are never written anywhere a person can read them. */
function writtenText({ input }: Field, value: unknown): string {
  switch (input.kind) {
    case 'text':
      return strings(value).join('');
    case 'list':
      return writeList(strings(value));
    case 'json':
      return value === undefined ? '' : writeJson(value);
    default:
      return '';
  }
}

/** Readable where that fits into one input. */
function writeJson(value: unknown): string {
  const readable = JSON.stringify(value, null, 2);
  return readable.length <= LIMIT.inputText ? readable : JSON.stringify(value);
}
