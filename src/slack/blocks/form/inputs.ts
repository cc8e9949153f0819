import type { InputBlock } from '@slack/types';
import type { ValueSource } from '../../../session/defaults.ts';
import type { Field } from '../../../session/fields.ts';
import type { Text } from '../../../text/index.ts';
import { BLOCK, continuedBlock, fieldBlock, INPUT, noneBlock } from '../../ids.ts';
import { LIMIT } from '../limits.ts';
import {
  choiceElement,
  inputBlock,
  numberElement,
  pickOne,
  pickSeveral,
  textElement,
  tickBox,
} from './elements.ts';
import { TASK } from './shown.ts';
import { maxLength, strings, writtenParts } from './typed.ts';

export type Entry = {
  field: Field;
  value: unknown;
  /** Inputs that a typed value is spread over; undefined: it is picked. */
  parts: number | undefined;
  source: ValueSource | undefined;
  text: Text;
};

/** The inputs of one field, by its kind: most take one, some have a companion. */
export function fieldInputs(entry: Entry): InputBlock[] {
  const { field, value, text } = entry;
  const { input } = field;
  switch (input.kind) {
    case 'text':
      return typedOr(entry, (lookup) => pickOne(lookup, strings(value), text));
    case 'list':
      return [
        ...typedOr(entry, (lookup) => pickSeveral(lookup, [...new Set(strings(value))], text)),
        ...(input.none ? [noneInput(entry)] : []),
      ];
    case 'choice':
      return [single(entry, choiceElement(input.options, value, text))];
    case 'number':
      return [single(entry, numberElement(input.min, value))];
    case 'switch':
      return [single(entry, tickBox(text.modal.on, typeof value === 'boolean' ? value : input.initially))];
    case 'secrets':
      return [...typedInputs(entry, 1), sensitiveInput(text)];
    case 'json':
      return typedInputs(entry, entry.parts ?? 1);
  }
}

export function filesInput(text: Text): InputBlock {
  const { label, hint } = text.modal.files;
  const element = { type: 'file_input', action_id: INPUT, max_files: LIMIT.files } as const;
  return inputBlock({ blockId: BLOCK.files, label, hint, element });
}

type Picker = (lookup: NonNullable<Lookups['lookup']>) => InputBlock['element'];
type Lookups = Extract<Field['input'], { kind: 'text' | 'list' }>;

function typedOr(entry: Entry, picker: Picker): InputBlock[] {
  const { input } = entry.field;
  const lookup = input.kind === 'text' || input.kind === 'list' ? input.lookup : undefined;
  return lookup === undefined || entry.parts !== undefined
    ? typedInputs(entry, entry.parts ?? 1)
    : [single(entry, picker(lookup))];
}

function typedInputs(entry: Entry, count: number): InputBlock[] {
  const { field, value, text } = entry;
  const isTask = field.key === TASK;
  const multiline = field.input.kind !== 'text' || field.input.multiline;
  const [first, ...further] = writtenParts(field, value, count);
  const element = (initial: string | undefined, focus: boolean) =>
    textElement({ initial, maxLength: maxLength(field), multiline, focus });
  return [
    single(entry, element(first, isTask)),
    ...Array.from({ length: count - 1 }, (_, i) =>
      inputBlock({
        blockId: continuedBlock(field.key, i + 2),
        label: text.modal.continued(text.fields[field.key].label, i + 2),
        hint: text.modal.continuedHint,
        element: element(further[i], false),
      }),
    ),
  ];
}

function single(entry: Entry, element: InputBlock['element']): InputBlock {
  const { key } = entry.field;
  const { label } = entry.text.fields[key];
  return inputBlock({
    blockId: fieldBlock(key),
    label,
    hint: hintOf(entry),
    optional: key !== TASK,
    element,
  });
}

/** The field's own hint, how its kind is written, and where a value that is filled in came from. */
function hintOf({ field, value, source, text }: Entry): string {
  const { input, key } = field;
  const kinds: Partial<Record<string, string>> = text.modal.kinds;
  const isPicked = 'lookup' in input && input.lookup !== undefined;
  const isFilledIn = value !== undefined && source !== undefined && source !== 'request';
  return [
    text.fields[key].hint,
    ...(isPicked ? [] : [kinds[input.kind] ?? '']),
    ...(isFilledIn ? [text.modal.filledIn[source]] : []),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function noneInput({ field, value, text }: Entry): InputBlock {
  const { label, option, hint } = text.modal.none;
  const isNone = Array.isArray(value) && value.length === 0;
  return inputBlock({
    blockId: noneBlock(field.key),
    label: label(text.fields[field.key].label),
    hint,
    element: tickBox(option, isNone),
  });
}

function sensitiveInput(text: Text): InputBlock {
  const { label, option, hint } = text.modal.sensitive;
  return inputBlock({
    blockId: BLOCK.sensitive,
    label,
    hint,
    element: tickBox(option, true),
  });
}
