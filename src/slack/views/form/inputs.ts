import type { InputBlock } from '@slack/types';
import type { Names, ValueSource } from '../../../session/defaults.ts';
import type { Fault } from '../../../session/failure.ts';
import type { Field } from '../../../session/fields.ts';
import type { Choices } from '../../../session/policy/form.ts';
import { acuWords } from '../../../text/amounts.ts';
import type { Text } from '../../../text/index.ts';
import { BLOCK, continuedBlock, fieldBlock, NONE } from '../../edge/ids.ts';
import { LIMIT } from '../limits.ts';
import { oneLine, truncate } from '../text.ts';
import {
  choiceElement,
  fileElement,
  inputBlock,
  numberElement,
  pickOne,
  pickSeveral,
  textElement,
  tickBox,
} from './elements.ts';
import { maxLength, strings, writtenParts } from './typed.ts';

/** How much is shown of a refused value, and of Devin's words about it, in characters. */
const SHOWN_LENGTH = 150;
const REASON_LENGTH = 1000;

type Entry = {
  field: Field;
  value: unknown;
  /** How many inputs a typed value takes; undefined: it is picked. */
  parts: number | undefined;
  source: ValueSource | undefined;
  names: Names;
  /** What was refused here before; undefined: nothing. */
  fault: Fault | undefined;
  /** What the policy allows; null: everything. */
  choices: Choices | null;
  text: Text;
};

/** The inputs of a field, by its kind: more than one only for a text that is too long for an input. */
export function fieldInputs(entry: Entry): InputBlock[] {
  const { field, value, names, choices, text } = entry;
  const { input } = field;
  const placeholder = placeholderOf(entry);
  switch (input.kind) {
    case 'text':
    case 'list': {
      if (input.lookup === undefined || entry.parts !== undefined) return typedInputs(entry);
      const picker = { placeholder, names: { ...names, [NONE]: text.modal.none } };
      const isNone = input.kind === 'list' && Array.isArray(value) && value.length === 0;
      const values = isNone ? [NONE] : [...new Set(strings(value))];
      const pick = input.kind === 'list' ? pickSeveral : pickOne;
      return [single(entry, pick(input.lookup, values, picker))];
    }
    case 'choice': {
      const choice = { values: input.options, chosen: value, placeholder, modes: choices?.modes ?? {} };
      return [single(entry, choiceElement(choice, text))];
    }
    case 'number':
      return [single(entry, numberElement({ ...input, value, placeholder }))];
    case 'switch':
      return [single(entry, tickBox(placeholder, typeof value === 'boolean' ? value : input.initially))];
    case 'secrets':
    case 'json':
      return typedInputs(entry);
  }
}

/** Devin's own reason for refusing a value. */
export function devinsReason(reason: string, { modal }: Text): string {
  return modal.refused.byDevin(truncate(reason, REASON_LENGTH));
}

/** What was refused at a field. */
export function faultSentence(field: Field, fault: Fault, text: Text): string {
  const { refused, errors } = text.modal;
  if (fault.hidden !== undefined) return errors.hidden(text.joins.list(fault.hidden));
  if (fault.said !== null) return devinsReason(fault.said, text);
  const wanted = field.input.kind === 'switch' ? refused.tick : errors.takes(text.fields[field.key].takes);
  const typed = truncate(oneLine(fault.typed.join(', ')), SHOWN_LENGTH);
  return typed === '' ? refused.untyped(wanted) : refused.typed(typed, wanted);
}

/** All files, sorted by name when they are sent. */
export function filesInput(text: Text): InputBlock {
  const { label, hint } = text.modal.files;
  return inputBlock({ blockId: BLOCK.files, label, hint, element: fileElement(LIMIT.files) });
}

function typedInputs(entry: Entry): InputBlock[] {
  const { field, value, parts = 1, text } = entry;
  const multiline = field.input.kind !== 'text' || field.input.multiline;
  const [first, ...further] = writtenParts(field, value, parts);
  const placeholder = placeholderOf(entry);
  const element = (initial: string | undefined, focus: boolean) =>
    textElement({ initial, placeholder, maxLength: maxLength(field), multiline, focus });
  return [
    single(entry, element(first, field.isTask)),
    ...Array.from({ length: parts - 1 }, (_, i) =>
      inputBlock({
        blockId: continuedBlock(field.key, i + 2),
        label: text.modal.continued(text.fields[field.key].label, i + 2),
        element: element(further[i], false),
      }),
    ),
  ];
}

function single(entry: Entry, element: InputBlock['element']): InputBlock {
  const { key, isTask } = entry.field;
  const { label } = entry.text.fields[key];
  return inputBlock({ blockId: fieldBlock(key), label, hint: hintOf(entry), optional: !isTask, element });
}

/** What happens if the input stays empty; at the task, an example. */
function placeholderOf({ field, choices, text }: Entry): string {
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
    ...(isFilledIn ? [text.modal.filledIn(text.details.why[source])] : []),
    text.fields[field.key].hint ?? '',
  ]);
}
