import type { InputBlock } from '@slack/types';
import type { Names, ValueSource } from '../../../session/defaults.ts';
import type { Fault } from '../../../session/failure.ts';
import type { Field } from '../../../session/fields.ts';
import { acuWords } from '../../../text/amounts.ts';
import type { Text } from '../../../text/index.ts';
import { BLOCK, continuedBlock, fieldBlock, fileBlock, noneBlock } from '../../edge/ids.ts';
import { LIMIT } from '../limits.ts';
import { oneLine, truncate } from '../text.ts';
import { announcementWords } from '../why.ts';
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
import type { Allowed } from './entered.ts';
import { maxLength, strings, writtenParts } from './typed.ts';

/** How much is shown of a refused value, and of Devin's words about it, in characters. */
const SHOWN_LENGTH = 150;
const SAID_LENGTH = 1000;

type Entry = {
  field: Field;
  value: unknown;
  /** How many inputs a typed value takes; undefined: it is picked. */
  parts: number | undefined;
  source: ValueSource | undefined;
  names: Names;
  /** What was refused here before; undefined: nothing. */
  fault: Fault | undefined;
  allowed: Allowed;
  text: Text;
};

/** The inputs of a field, by its kind: most have one, some have a companion. */
export function fieldInputs(entry: Entry): InputBlock[] {
  const { field, value, names, allowed, text } = entry;
  const { input } = field;
  const placeholder = placeholderOf(entry);
  switch (input.kind) {
    case 'text':
      return typedOr(entry, (lookup) => pickOne(lookup, strings(value), { placeholder, names }));
    case 'list':
      return [
        ...typedOr(entry, (lookup) =>
          pickSeveral(lookup, [...new Set(strings(value))], { placeholder, names }),
        ),
        ...(input.none ? [noneInput(entry)] : []),
      ];
    case 'choice': {
      const { modes } = allowed;
      const choice = { values: input.options, chosen: value, placeholder, modes };
      return [single(entry, choiceElement(choice, text))];
    }
    case 'number':
      return [single(entry, numberElement({ ...input, value, placeholder }))];
    case 'switch':
      return [single(entry, tickBox(placeholder, typeof value === 'boolean' ? value : input.initially))];
    case 'secrets':
      return [...typedInputs(entry, 1), sensitiveInput(text)];
    case 'json':
      return typedInputs(entry, entry.parts ?? 1);
  }
}

/** What was refused here, for the hint: Slack shows errors at inputs only after a submission. */
function faultSentences({ field, fault, text }: Entry): string[] {
  if (fault === undefined) return [];
  const { refused, errors } = text.modal;
  if (fault.hidden !== undefined) return [`⚠️ ${errors.hidden(text.joins.list(fault.hidden))}`];
  if (fault.said !== null) return [refused.said(truncate(fault.said, SAID_LENGTH))];
  const wanted = field.input.kind === 'switch' ? refused.tick : errors.takes(text.fields[field.key].takes);
  const typed = truncate(oneLine(fault.typed.join(', ')), SHOWN_LENGTH);
  return [typed === '' ? refused.untyped(wanted) : refused.typed(typed, wanted)];
}

/** For a value that is too long for an input. */
export function fileInput({ key, input }: Field, text: Text): InputBlock {
  const { label, hint } =
    text.modal.textFiles[input.kind === 'json' || input.kind === 'secrets' ? input.kind : 'text'];
  return inputBlock({ blockId: fileBlock(key), label, hint, element: fileElement(1) });
}

export function filesInput(text: Text): InputBlock {
  const { label, hint } = text.modal.files;
  return inputBlock({ blockId: BLOCK.files, label, hint, element: fileElement(LIMIT.files) });
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
  const multiline = field.input.kind !== 'text' || field.input.multiline;
  const [first, ...further] = writtenParts(field, value, count);
  const placeholder = placeholderOf(entry);
  const element = (initial: string | undefined, focus: boolean) =>
    textElement({ initial, placeholder, maxLength: maxLength(field), multiline, focus });
  return [
    single(entry, element(first, field.isTask)),
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
  const { key, isTask } = entry.field;
  const { label } = entry.text.fields[key];
  const optional = !isTask && !mustBeFilled(entry.field, entry.fault);
  return inputBlock({ blockId: fieldBlock(key), label, hint: hintOf(entry), optional, element });
}

/** It says what happens if the input stays empty, except at the task. */
function placeholderOf(entry: Entry): string {
  const { field, fault, allowed, text } = entry;
  if (mustBeFilled(field, fault)) return '';
  return allowed.most === null
    ? text.fields[field.key].placeholder
    : text.modal.policyCap(acuWords(allowed.most));
}

/** Whether the input is required: it can't hold what was typed, which must not be dropped silently. */
export function mustBeFilled({ input }: Field, fault: Fault | undefined): boolean {
  // The input still holds what Devin refused, or what is left of it without a credential.
  if (fault === undefined || fault.said !== null || fault.hidden !== undefined) return false;
  // A required box could only be ticked.
  if (input.kind === 'switch') return false;
  return input.kind === 'number' || input.kind === 'choice' || fault.typed.length === 0;
}

/** The field's hint, how its kind is written, and where a filled-in value comes from. */
function hintOf(entry: Entry): string {
  const { field, value, source, fault, allowed, text } = entry;
  const { input, key } = field;
  const kinds: Partial<Record<string, string>> = text.modal.kinds;
  const isPicked = 'lookup' in input && input.lookup !== undefined;
  const isFilledIn = value !== undefined && source !== undefined && source !== 'request';
  return text.joins.sentences([
    ...faultSentences(entry),
    ...(mustBeFilled(field, fault) ? [text.modal.refused.filled] : []),
    ...allowed.announcements.map((one) => announcementWords(one, text)),
    text.fields[key].hint,
    ...(isPicked ? [] : [kinds[input.kind] ?? '']),
    ...(isFilledIn ? [text.modal.filledIn(text.details.why[source])] : []),
  ]);
}

function noneInput({ field, value, text }: Entry): InputBlock {
  const { label, option, hint } = text.modal.none;
  const name = text.fields[field.key].label;
  const element = tickBox(option, Array.isArray(value) && value.length === 0);
  return inputBlock({ blockId: noneBlock(field.key), label: label(name), hint, element });
}

function sensitiveInput(text: Text): InputBlock {
  const { label, option } = text.modal.sensitive;
  return inputBlock({ blockId: BLOCK.sensitive, label, element: tickBox(option, true) });
}
