import type { InputBlock, PlainTextOption } from '@slack/types';
import { isTooDeep } from '../../../bounds.ts';
import type { Names, ValueSource } from '../../../session/defaults.ts';
import type { Fault } from '../../../session/failure.ts';
import {
  type Field,
  type FieldInput,
  type SessionSecret,
  fields,
  type Lookup,
} from '../../../session/fields.ts';
import type { Choices } from '../../../session/policy/decide.ts';
import { acuWords, type Text } from '../../../text/index.ts';
import { fieldBlock, INPUT, lookupAction, NONE } from '../../edge/ids.ts';
import { inputBlock, placeholderOf, textElement, type Entered, LIMIT, option } from '../objects.ts';
import { lookup as nameIn, oneLine, truncate } from '../text.ts';

/** A field's input: how it is drawn, and how it is read; by its kind, never by its name. */

type Entry = {
  field: Field;
  value: unknown;
  source: ValueSource | undefined;
  names: Names;
  /** What was refused here before; undefined: nothing. */
  fault: Fault | undefined;
  /** What the policy allows; null: everything. */
  choices: Choices | null;
  text: Text;
};

export function fieldInput(entry: Entry): InputBlock {
  const { field, value, text } = entry;
  return inputBlock({
    blockId: fieldBlock(field.key),
    label: text.fields[field.key].label,
    hint: hintOf(entry),
    optional: field.isTask !== true || isKept(field, value),
    element: field.lookup === undefined ? elementOf(entry) : pickerOf(entry, field.lookup),
  });
}

const TICKED = 'on';

function elementOf(entry: Entry): InputBlock['element'] {
  const { field, value, choices, text } = entry;
  const { input } = field;
  const words = emptyWords(entry);
  const shared = { action_id: INPUT, ...placeholderOf(words) };
  const written = isKept(field, value) ? '' : writtenText(field, value);
  switch (input.kind) {
    case 'choice': {
      const options = input.options.map((one) => optionOf(one, choices, text));
      const initial = options.find((one) => one.value === value);
      return { type: 'static_select', ...shared, options, ...(initial && { initial_option: initial }) };
    }
    case 'number':
      return {
        type: 'number_input',
        ...shared,
        is_decimal_allowed: false,
        min_value: String(input.min),
        max_value: String(input.max),
        ...(written !== '' && { initial_value: written }),
      };
    case 'switch': {
      const box = option(words, TICKED);
      const isTicked = typeof value === 'boolean' ? value : input.initially;
      return {
        type: 'checkboxes',
        action_id: INPUT,
        options: [box],
        ...(isTicked && { initial_options: [box] }),
      };
    }
    default:
      return textElement({
        initial: written,
        placeholder: words,
        maxLength: LIMIT.inputText,
        multiline: input.kind !== 'text' || field.isTask === true,
        focus: field.isTask === true,
      });
  }
}

function optionOf(value: string, choices: Choices | null, { modal }: Text) {
  const labels: Record<string, string> = modal.options;
  const modes: Partial<Record<string, 'refuse' | 'approve'>> = choices?.modes ?? {};
  const [label = value, verdict] = [labels[value], modes[value]];
  return option(verdict === undefined ? label : modal.optionThen[verdict](label), value);
}

/** `min_query_length: 0`: suggestions appear as soon as the select opens. */
function pickerOf(entry: Entry, lookup: Lookup): InputBlock['element'] {
  const { field, value, names, text } = entry;
  const shared = {
    action_id: lookupAction(lookup),
    ...placeholderOf(emptyWords(entry)),
    min_query_length: 0,
  };
  const isNone = Array.isArray(value) && value.length === 0;
  const values = isNone ? [NONE] : [...new Set(strings(value))];
  // Without a known name, the value is its label.
  const known = { ...names, [NONE]: text.details.none };
  const picked = isKept(field, value)
    ? []
    : values.map((one) => option(oneLine(nameIn(known, one) ?? one) || one, one));
  const [initial] = picked;
  if (field.input.kind !== 'list')
    return { type: 'external_select', ...shared, ...(initial && { initial_option: initial }) };
  return { type: 'multi_external_select', ...shared, ...(initial && { initial_options: picked }) };
}

/** What happens if the input stays empty; at the task, an example. */
function emptyWords({ field, choices, text }: Entry): string {
  const most = field.input.kind === 'number' ? (choices?.most ?? null) : null;
  return most === null
    ? (text.fields[field.key].placeholder ?? text.details.none)
    : text.modal.policyCap(acuWords(most));
}

/** What was refused here, where a filled-in value comes from, and the field's hint. */
function hintOf({ field, value, source, fault, text }: Entry): string {
  const isFilledIn = value !== undefined && source !== undefined && source !== 'request';
  return text.joins.sentences([
    ...(fault === undefined ? [] : [`⚠️ ${faultSentence(field, fault, text)}`]),
    ...(isKept(field, value) ? [text.modal.kept(writtenText(field, value).length)] : []),
    ...(isFilledIn ? [text.modal.filledIn(text.details.why[source])] : []),
    text.fields[field.key].hint ?? severalWords(field, text),
  ]);
}

/** Of a list that is typed into one input. */
function severalWords({ key, input, lookup }: Field, text: Text): string {
  return input.kind === 'list' && lookup === undefined
    ? text.command.several(text.fields[key].takes, false)
    : '';
}

/** How much is shown of a refused value, and of Devin's words about it, in characters. */
const SHOWN_LENGTH = 150;
const REASON_LENGTH = 1000;

/** Devin's own reason for refusing a value. */
export function devinsReason(reason: string, { devin }: Text): string {
  return devin.refused(truncate(reason, REASON_LENGTH));
}

/** What was refused at a field. */
export function faultSentence({ key, input }: Field, { said, typed }: Fault, text: Text): string {
  if (said !== null) return devinsReason(said, text);
  return input.kind === 'switch'
    ? text.modal.refused.tick
    : invalidValue(typed.join(', '), text.fields[key].takes, text);
}

/** `typed`: '' if there is no value. */
export function invalidValue(typed: string, takes: string, { modal: { errors } }: Text): string {
  const shown = truncate(oneLine(typed), SHOWN_LENGTH);
  return shown === '' ? errors.takes(takes) : errors.value(shown, takes);
}

/** More values than this can't be picked: a select sends each option twice, as its label and its value. */
const MAX_PICKED = 50;

/** Whether its input can't hold a value: then it stays as it is, unless something else is entered. */
export function isKept(field: Field, value: unknown): boolean {
  if (field.lookup === undefined) return writtenText(field, value).length > LIMIT.inputText;
  const values = strings(value);
  return values.length > MAX_PICKED || values.some((one) => one.length > LIMIT.optionValue);
}

function strings(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string');
}

/** `value`: undefined if nothing was entered, or a switch was left as it is. */
export type Reading = { value: unknown } | { problem: string };

const asTyped = (typed: string): Reading => ({ value: typed });
const unwritten = (): string => '';

/** How a value of each kind is written into its input, and what is read from an input that isn't empty. */
const KINDS: Record<
  FieldInput['kind'],
  { write: (value: unknown) => string; read: (typed: string, text: Text) => Reading }
> = {
  text: { write: (value) => strings(value).join(''), read: asTyped },
  list: { write: (value) => writeList(strings(value)), read: (typed) => someOf(readList(typed)) },
  number: { write: String, read: (typed) => ({ value: Number(typed) }) },
  // Secrets are never shown.
  secrets: { write: unwritten, read: readSecrets },
  json: { write: writeJson, read: readJson },
  choice: { write: unwritten, read: asTyped },
  switch: { write: unwritten, read: asTyped },
};

function writtenText({ input }: Field, value: unknown): string {
  return value === undefined ? '' : KINDS[input.kind].write(value);
}

function someOf(items: readonly unknown[]): Reading {
  return { value: items.length === 0 ? undefined : items };
}

/** What a field's input holds, before its schema checks it. */
export function readField({ key, input, lookup }: Field, entered: Entered, text: Text): Reading {
  const values = entered.get(fieldBlock(key));
  // The field isn't in view.
  if (values === undefined) return { value: undefined };
  if (input.kind === 'switch') {
    const isOn = values.length > 0;
    return { value: isOn === input.initially ? undefined : isOn };
  }
  const [typed = ''] = values;
  if (typed.trim() === '') return { value: undefined };
  const isPicked = input.kind === 'list' && lookup !== undefined;
  // Beside others, "none" means nothing.
  return isPicked
    ? { value: input.none ? values.filter((one) => one !== NONE) : values }
    : KINDS[input.kind].read(typed, text);
}

/** Indented if that fits into the input. */
function writeJson(value: unknown): string {
  const readable = JSON.stringify(value, null, 2);
  return readable.length <= LIMIT.inputText ? readable : JSON.stringify(value);
}

/** https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions. Devin says what else is wrong with a schema. */
const MAX_SCHEMA_BYTES = 64 * 1024;

export function readJson(typed: string, { modal: { errors } }: Text): Reading {
  const tooLarge = { problem: errors.schemaTooLarge };
  if (Buffer.byteLength(typed) > MAX_SCHEMA_BYTES) return tooLarge;
  let value: unknown;
  try {
    value = JSON.parse(typed);
  } catch (error) {
    // It may quote half of a character.
    return { problem: errors.json(oneLine(String(error).toWellFormed()).replace(/^SyntaxError: /, '')) };
  }
  return isTooDeep(value) ? tooLarge : { value };
}

const SECRET_LINE = /^([^=\s]{1,256})\s*=\s*(.*)$/s;

/**
 * KEY=VALUE lines. Spaces around key and value are cut; quotes stay. A fault is told by its line only, since the line may
 * hold a secret; lines count from 1.
 */
function readSecrets(typed: string, { modal: { errors } }: Text): Reading {
  const secrets: SessionSecret[] = [];
  for (const [at, line] of typed.split('\n').entries()) {
    const entry = line.trim();
    if (entry === '' || entry.startsWith('#')) continue;
    const [, key = '', value = ''] = SECRET_LINE.exec(entry) ?? [];
    if (key === '') return { problem: errors.secretLine(at + 1) };
    secrets.push({ key, value, sensitive: true });
  }
  return someOf(secrets);
}

/** Several values in one text input: one per line or separated by commas, in quotes if they would be misread. */
const ENTRY = /[^\S\n]*"((?:[^"]|"")*)"[^\S\n]*(?=[,，、\n]|$)|[^,，、\n]+/g;

export function writeList(items: readonly string[]): string {
  return items
    .map((item) => (/[,，、\n]|^"/.test(item) ? `"${item.replaceAll('"', '""')}"` : item))
    .join('\n');
}

export function readList(text: string): string[] {
  return [...text.matchAll(ENTRY)]
    .map(([whole, quoted]) => (quoted === undefined ? whole : quoted.replaceAll('""', '"')).trim())
    .filter((item) => item !== '');
}

export type Suggestion = { value: string; label: string; description: string | null };

/**
 * Suggestions of a picker. People can always take what they typed, since the list may be incomplete or forbidden. It
 * comes last, because Enter takes the first. Before anything is typed, a list that can be none at all says so there.
 * https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
 */
export function lookupOptions(
  lookup: Lookup,
  { found, typed }: { found: readonly Suggestion[]; typed: string },
  { modal, details }: Text,
): PlainTextOption[] {
  const byValue = Map.groupBy(found.filter(isPickable), ({ value }) => value);
  const known = [...byValue.values()].flatMap(([first]) => first ?? []);
  const last =
    typed === ''
      ? { value: canBeNone(lookup) ? NONE : '', label: details.none, description: null }
      : { value: typed, label: modal.useTyped(typed), description: null };
  const own = isPickable(last) && !byValue.has(last.value) ? [last] : [];
  return [...known.slice(0, LIMIT.options - own.length), ...own].map(({ value, label, description }) =>
    option(oneLine(label) || value, value, oneLine(description ?? '') || undefined),
  );
}

/** Whether a list with these suggestions can be none at all. */
function canBeNone(wanted: Lookup): boolean {
  return fields.some(({ input, lookup }) => lookup === wanted && input.kind === 'list' && input.none);
}

/** A cut value would be another value. */
function isPickable({ value }: Suggestion): boolean {
  return value !== '' && value.length <= LIMIT.optionValue;
}
