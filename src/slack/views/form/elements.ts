import type {
  Checkboxes,
  ExternalSelect,
  FileInput,
  InputBlock,
  MultiExternalSelect,
  NumberInput,
  PlainTextOption,
  PlainTextInput,
  StaticSelect,
} from '@slack/types';
import type { Names } from '../../../session/defaults.ts';
import { fields, type Lookup } from '../../../session/fields.ts';
import type { Text } from '../../../text/index.ts';
import { INPUT, lookupAction, NONE } from '../../edge/ids.ts';
import { LIMIT } from '../limits.ts';
import { caption, option } from '../objects.ts';
import { lookup as nameIn, oneLine } from '../text.ts';

type Labelled = {
  blockId: string;
  label: string;
  hint?: string;
  optional?: boolean;
  element: InputBlock['element'];
};

export function inputBlock({ blockId, label, hint = '', optional = true, element }: Labelled): InputBlock {
  return {
    type: 'input',
    block_id: blockId,
    label: caption(label, LIMIT.label),
    ...(hint !== '' && { hint: caption(hint, LIMIT.label) }),
    optional,
    element,
  };
}

type Typed = {
  initial?: string | undefined;
  placeholder?: string | undefined;
  maxLength: number;
  multiline: boolean;
  focus?: boolean;
};

export function textElement({
  initial,
  placeholder = '',
  maxLength,
  multiline,
  focus = false,
}: Typed): PlainTextInput {
  return {
    type: 'plain_text_input',
    action_id: INPUT,
    multiline,
    max_length: maxLength,
    ...placeholderOf(placeholder),
    ...(initial !== undefined && { initial_value: initial }),
    ...(focus && { focus_on_load: true }),
  };
}

type Picker = { placeholder: string; names: Names };

/** `min_query_length: 0`: suggestions appear as soon as the select opens. */
export function pickOne(lookup: Lookup, [value]: string[], { placeholder, names }: Picker): ExternalSelect {
  return {
    type: 'external_select',
    action_id: lookupAction(lookup),
    ...placeholderOf(placeholder),
    min_query_length: 0,
    ...(value !== undefined && { initial_option: named(value, names) }),
  };
}

export function pickSeveral(
  lookup: Lookup,
  values: string[],
  { placeholder, names }: Picker,
): MultiExternalSelect {
  return {
    type: 'multi_external_select',
    action_id: lookupAction(lookup),
    ...placeholderOf(placeholder),
    min_query_length: 0,
    ...(values.length > 0 && { initial_options: values.map((value) => named(value, names)) }),
  };
}

type Choice = {
  values: readonly string[];
  chosen: unknown;
  placeholder: string;
  /** What the policy says about some. */
  modes: Readonly<Partial<Record<string, 'refuse' | 'approve'>>>;
};

export function choiceElement({ values, chosen, placeholder, modes }: Choice, text: Text): StaticSelect {
  const labels: Record<string, string> = text.modal.options;
  const options = values.map((value) => {
    const [label = value, verdict] = [labels[value], modes[value]];
    return option(verdict === undefined ? label : text.modal.optionThen[verdict](label), value);
  });
  const initial = options.find(({ value }) => value === chosen);
  return {
    type: 'static_select',
    action_id: INPUT,
    ...placeholderOf(placeholder),
    options,
    ...(initial !== undefined && { initial_option: initial }),
  };
}

type Range = { min: number; max: number; value: unknown; placeholder: string };

export function numberElement({ min, max, value, placeholder }: Range): NumberInput {
  const isWithin = typeof value === 'number' && value >= min && value <= max;
  return {
    type: 'number_input',
    action_id: INPUT,
    is_decimal_allowed: false,
    min_value: String(min),
    max_value: String(max),
    ...placeholderOf(placeholder),
    ...(isWithin && { initial_value: String(value) }),
  };
}

function placeholderOf(words: string) {
  return words === '' ? {} : { placeholder: caption(words, LIMIT.placeholder) };
}

export function fileElement(most: number): FileInput {
  return { type: 'file_input', action_id: INPUT, max_files: most };
}

const TICKED = 'on';

export function tickBox(label: string, ticked: boolean): Checkboxes {
  const box = option(label, TICKED);
  return { type: 'checkboxes', action_id: INPUT, options: [box], ...(ticked && { initial_options: [box] }) };
}

/** Without a known name, the value is its label. */
function named(value: string, names: Names) {
  const label = nameIn(names, value) ?? value;
  return option(oneLine(label) || value, value);
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
