import type { InputBlock, PlainTextOption } from '@slack/types';
import { isTooDeep } from '../../../bounds.ts';
import type { Names, ValueSource } from '../../../session/defaults.ts';
import type { Fault } from '../../../session/failure.ts';
import { type Field, type SessionSecret, fields, type Lookup } from '../../../session/fields.ts';
import type { Choices } from '../../../session/policy/form.ts';
import { acuWords, type Text } from '../../../text/index.ts';
import { fieldBlock, INPUT, lookupAction, NONE } from '../../edge/ids.ts';
import {
  inputBlock,
  enteredIn,
  placeholderOf,
  textElement,
  type EnteredByBlock,
  LIMIT,
  option,
} from '../objects.ts';
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
    optional: !field.isTask || isKept(field, value),
    element: elementOf(entry),
  });
}

const TICKED = 'on';

function elementOf(entry: Entry): InputBlock['element'] {
  const { field, value, choices, text } = entry;
  const { input } = field;
  const words = emptyWords(entry);
  const shared = { action_id: INPUT, ...placeholderOf(words) };
  switch (input.kind) {
    case 'choice': {
      const options = input.options.map((one) => optionOf(one, choices, text));
      const initial = options.find((one) => one.value === value);
      return { type: 'static_select', ...shared, options, ...(initial && { initial_option: initial }) };
    }
    case 'number': {
      const { min, max } = input;
      const isWithin = typeof value === 'number' && value >= min && value <= max;
      return {
        type: 'number_input',
        ...shared,
        is_decimal_allowed: false,
        min_value: String(min),
        max_value: String(max),
        ...(isWithin && { initial_value: String(value) }),
      };
    }
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
      return pickerOf(entry) ?? typedElement(entry);
  }
}

function optionOf(value: string, choices: Choices | null, { modal }: Text) {
  const labels: Record<string, string> = modal.options;
  const modes: Partial<Record<string, 'refuse' | 'approve'>> = choices?.modes ?? {};
  const [label = value, verdict] = [labels[value], modes[value]];
  return option(verdict === undefined ? label : modal.optionThen[verdict](label), value);
}

/** null: the value is typed. `min_query_length: 0`: suggestions appear as soon as the select opens. */
function pickerOf({ field, value, names, ...entry }: Entry): InputBlock['element'] | null {
  const { input } = field;
  if (isTyped(field, value) || !('lookup' in input) || input.lookup === undefined) return null;
  const shared = {
    action_id: lookupAction(input.lookup),
    ...placeholderOf(emptyWords({ ...entry, field })),
    min_query_length: 0,
  };
  const isNone = input.kind === 'list' && Array.isArray(value) && value.length === 0;
  const values = isNone ? [NONE] : [...new Set(strings(value))];
  // Without a known name, the value is its label.
  const known = { ...names, [NONE]: entry.text.modal.none };
  const picked = values.map((one) => option(oneLine(nameIn(known, one) ?? one) || one, one));
  if (input.kind === 'list')
    return {
      type: 'multi_external_select',
      ...shared,
      ...(picked.length > 0 && { initial_options: picked }),
    };
  const [initial] = picked;
  return { type: 'external_select', ...shared, ...(initial && { initial_option: initial }) };
}

function typedElement(entry: Entry) {
  const { field, value } = entry;
  return textElement({
    initial: isKept(field, value) ? '' : writtenText(field, value),
    placeholder: emptyWords(entry),
    maxLength: maxLength(field),
    multiline: field.input.kind !== 'text' || field.input.multiline,
    focus: field.isTask,
  });
}

/** What happens if the input stays empty; at the task, an example. */
function emptyWords({ field, choices, text }: Pick<Entry, 'field' | 'choices' | 'text'>): string {
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
    text.fields[field.key].hint ?? '',
  ]);
}

/** How much is shown of a refused value, and of Devin's words about it, in characters. */
const SHOWN_LENGTH = 150;
const REASON_LENGTH = 1000;

/** Devin's own reason for refusing a value. */
export function devinsReason(reason: string, { modal }: Text): string {
  return modal.refused.byDevin(truncate(reason, REASON_LENGTH));
}

/** What was refused at a field. */
export function faultSentence(field: Field, fault: Fault, text: Text): string {
  const { refused, errors } = text.modal;
  if (fault.said !== null) return devinsReason(fault.said, text);
  const wanted = field.input.kind === 'switch' ? refused.tick : errors.takes(text.fields[field.key].takes);
  const typed = truncate(oneLine(fault.typed.join(', ')), SHOWN_LENGTH);
  return typed === '' ? refused.untyped(wanted) : refused.typed(typed, wanted);
}

/** What a field's input holds, before its schema checks it. */
export type Reading =
  /** Left empty, or a switch left as it is. */
  { kind: 'nothing' } | { kind: 'value'; raw: unknown } | { kind: 'wrong'; sentence: (text: Text) => string };

const NOTHING: Reading = { kind: 'nothing' };

export function readField({ key, input }: Field, entered: EnteredByBlock): Reading {
  const block = fieldBlock(key);
  // The field isn't in view.
  if (!entered.has(block)) return NOTHING;
  const { picked, text: written } = enteredIn(entered, block);
  const typed = picked[0] ?? written;
  const isEmpty = typed.trim() === '';
  switch (input.kind) {
    case 'text':
    case 'choice':
      return isEmpty ? NOTHING : { kind: 'value', raw: typed };
    case 'number':
      return isEmpty ? NOTHING : { kind: 'value', raw: Number(typed) };
    case 'list':
      return readItems(picked.length > 0 ? picked : readList(typed), input.none);
    case 'switch': {
      const isOn = typed !== '';
      return isOn === input.initially ? NOTHING : { kind: 'value', raw: isOn };
    }
    case 'secrets':
      return readSecrets(typed);
    case 'json':
      return isEmpty ? NOTHING : readJson(typed);
  }
}

/** `hasNone`: the list can be none at all; beside others, "none" means nothing. */
function readItems(items: string[], hasNone: boolean): Reading {
  return items.length === 0
    ? NOTHING
    : { kind: 'value', raw: hasNone ? items.filter((item) => item !== NONE) : items };
}

/** https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions. Devin says what else is wrong with a schema. */
const MAX_SCHEMA_BYTES = 64 * 1024;

export function readJson(typed: string): Exclude<Reading, { kind: 'nothing' }> {
  const tooLarge: Reading = { kind: 'wrong', sentence: (text) => text.modal.errors.schemaTooLarge };
  if (Buffer.byteLength(typed) > MAX_SCHEMA_BYTES) return tooLarge;
  let value: unknown;
  try {
    value = JSON.parse(typed);
  } catch (error) {
    // It may quote half of a character.
    const said = oneLine(String(error).toWellFormed()).replace(/^SyntaxError: /, '');
    return { kind: 'wrong', sentence: (text) => text.modal.errors.json(said) };
  }
  return isTooDeep(value) ? tooLarge : { kind: 'value', raw: value };
}

const SECRET_LINE = /^([^=\s]{1,256})\s*=\s*(.*)$/s;

/**
 * KEY=VALUE lines. Spaces around key and value are cut; quotes stay. A fault is told by its line only, since the line may
 * hold a secret; lines count from 1.
 */
function readSecrets(typed: string): Reading {
  const secrets: SessionSecret[] = [];
  const keys = new Set<string>();
  for (const [at, line] of typed.split('\n').entries()) {
    const entry = line.trim();
    if (entry === '' || entry.startsWith('#')) continue;
    const [, key = '', value = ''] = SECRET_LINE.exec(entry) ?? [];
    const fault = keys.has(key) ? 'repeated' : 'wrong';
    if (key === '' || keys.has(key))
      return { kind: 'wrong', sentence: (text) => text.modal.errors.secrets[fault](at + 1) };
    keys.add(key);
    secrets.push({ key, value, sensitive: true });
  }
  return secrets.length === 0 ? NOTHING : { kind: 'value', raw: secrets };
}

/** More values than this become a text: a select sends each option twice, as its label and its value. */
const MAX_PICKED = 50;

/** Fields with suggestions are picked, unless they hold more values than a select can. */
function isTyped({ input }: Field, value: unknown): boolean {
  if (input.kind === 'choice' || input.kind === 'number' || input.kind === 'switch') return false;
  if (!('lookup' in input) || input.lookup === undefined) return true;
  const values = strings(value);
  return values.length > MAX_PICKED || values.some((one) => one.length > LIMIT.optionValue);
}

/** Whether a value is too long for its input: it stays as it is, unless something else is typed. */
export function isKept(field: Field, value: unknown): boolean {
  return isTyped(field, value) && writtenText(field, value).length > maxLength(field);
}

function maxLength({ input }: Field): number {
  return input.kind === 'text' ? Math.min(input.maxLength, LIMIT.inputText) : LIMIT.inputText;
}

function strings(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string');
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

/** Indented if that fits into the input. */
function writeJson(value: unknown): string {
  const readable = JSON.stringify(value, null, 2);
  return readable.length <= LIMIT.inputText ? readable : JSON.stringify(value);
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
 * comes last, because Enter takes the first.
 * https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
 */
export function lookupOptions(
  lookup: Lookup,
  { found, typed }: { found: readonly Suggestion[]; typed: string },
  text: Text,
): PlainTextOption[] {
  const none = { value: NONE, label: text.modal.none, description: null };
  const wanted = [
    ...(canBeNone(lookup) && isStartOf(typed, NONE, none.label) ? [none] : []),
    ...(typed === '' ? [] : [{ value: typed, label: text.modal.useTyped(typed), description: null }]),
  ];
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

/** Whether a list with these suggestions can be none at all. */
function canBeNone(lookup: Lookup): boolean {
  return fields.some(({ input }) => input.kind === 'list' && input.lookup === lookup && input.none);
}

function isStartOf(typed: string, ...words: string[]): boolean {
  return words.some((word) => word.toLowerCase().startsWith(typed.toLowerCase()));
}

/** A cut value would be another value. */
function isPickable({ value }: Suggestion): boolean {
  return value !== '' && value.length <= LIMIT.optionValue;
}
