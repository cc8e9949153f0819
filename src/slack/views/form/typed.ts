import type { Field, FieldKey, SessionDraft } from '../../../session/fields.ts';
import { splitText } from '../cut.ts';
import { LIMIT } from '../limits.ts';

/** A view takes 100 blocks and 250 kB; this remains for long values. */
const MAX_CONTINUED = 50;
const MAX_BYTES = 150_000;
/** More values than this become a text: a select sends each option twice, as its label and its value. */
const MAX_PICKED = 50;

/** How many inputs each typed field takes, without picked fields. */
export type TextPlan = { parts: ReadonlyMap<FieldKey, number>; cut: Field[] };

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

/** Fields with suggestions are picked, unless they hold more values than a select can. */
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

/** Secrets are never shown. */
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

/** Indented if that fits into one input. */
function writeJson(value: unknown): string {
  const readable = JSON.stringify(value, null, 2);
  return readable.length <= LIMIT.inputText ? readable : JSON.stringify(value);
}

/** Several values in one text input: one per line or separated by commas, in quotes if they would be misread. */

const ENTRY = /[^\S\n]*"((?:[^"]|"")*)"[^\S\n]*(?=[,，、\n]|$)|[^,，、\n]+/g;

function writeList(items: readonly string[]): string {
  return items
    .map((item) => (/[,，、\n]|^"/.test(item) ? `"${item.replaceAll('"', '""')}"` : item))
    .join('\n');
}

export function readList(text: string): string[] {
  return [...text.matchAll(ENTRY)]
    .map(([whole, quoted]) => (quoted === undefined ? whole : quoted.replaceAll('""', '"')).trim())
    .filter((item) => item !== '');
}

/**
 * A text that is too long for an input is split over several, and joined again exactly. If a person continued in the
 * next input, a line break separates the two.
 * https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
 */
export function joinText(parts: readonly string[], max: number): string {
  return parts
    .filter((part) => part !== '')
    .map((part, i, all) => {
      const next = all[i + 1];
      const isWhole = next === undefined || /\s$/.test(part) || /^\s/.test(next) || part.length >= max - 1;
      return isWhole ? part : `${part}\n`;
    })
    .join('');
}
