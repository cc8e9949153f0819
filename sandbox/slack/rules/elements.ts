import { z } from 'zod';
import {
  confirm,
  id,
  overflowOption,
  plainOption,
  plainText,
  richOption,
  text,
  webUrl,
} from './composition.ts';
import { LIMIT } from './limits.ts';

/**
 * The elements that the app uses; others are unknown here and therefore refused.
 * https://docs.slack.dev/reference/block-kit/block-elements
 */

const actionable = { action_id: id.optional() };
const placeholdable = { placeholder: plainText(LIMIT.placeholder).optional() };
const select = { ...actionable, ...placeholdable };
const typed = { ...actionable, ...placeholdable, focus_on_load: z.boolean().optional() };
const whole = z.string().regex(/^-?\d+$/, 'must be a whole number written as a string');

type Choice = {
  options: object[];
  initial_option?: object | undefined;
  initial_options?: object[] | undefined;
};

/** An initial option must equal one of the options, text and description included. */
function hasInitial({ options, initial_option: one, initial_options: many = [] }: Choice): boolean {
  const known = new Set(options.map((option) => JSON.stringify(option)));
  return [...many, ...(one === undefined ? [] : [one])].every((option) => known.has(JSON.stringify(option)));
}

const NOT_OFFERED = 'the initial option is not among the options';

const button = z.strictObject({
  type: z.literal('button'),
  ...actionable,
  confirm: confirm.optional(),
  text: plainText(LIMIT.buttonText),
  value: text(LIMIT.buttonValue).optional(),
  url: webUrl.optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: text(LIMIT.buttonText).optional(),
});

const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...actionable,
  options: z.array(overflowOption).min(1).max(LIMIT.overflowOptions),
});

const choices = [
  z
    .strictObject({
      type: z.literal('static_select'),
      ...select,
      options: z.array(plainOption).min(1).max(LIMIT.options),
      initial_option: plainOption.optional(),
    })
    .refine(hasInitial, NOT_OFFERED),
  z.strictObject({
    type: z.literal('external_select'),
    ...select,
    initial_option: plainOption.optional(),
    min_query_length: z.int().min(0).optional(),
  }),
  z.strictObject({
    type: z.literal('multi_external_select'),
    ...select,
    initial_options: z.array(plainOption).min(1).optional(),
    min_query_length: z.int().min(0).optional(),
  }),
  z
    .strictObject({
      type: z.literal('checkboxes'),
      ...actionable,
      options: z.array(richOption).min(1).max(LIMIT.fewOptions),
      initial_options: z.array(richOption).min(1).optional(),
    })
    .refine(hasInitial, NOT_OFFERED),
  z
    .strictObject({
      type: z.literal('radio_buttons'),
      ...actionable,
      options: z.array(richOption).min(1).max(LIMIT.fewOptions),
      initial_option: richOption.optional(),
    })
    .refine(hasInitial, NOT_OFFERED),
] as const;

type Numbers = Partial<Record<'min_value' | 'initial_value' | 'max_value', string | undefined>>;

function isInOrder({ min_value: min = '-Infinity', max_value: max = 'Infinity', ...rest }: Numbers): boolean {
  const initial = Number(rest.initial_value ?? min);
  return Number(min) <= initial && initial <= Number(max);
}

const typedInputs = [
  z
    .strictObject({
      type: z.literal('plain_text_input'),
      ...typed,
      multiline: z.boolean().optional(),
      initial_value: text(LIMIT.inputText).optional(),
      max_length: z.int().min(1).max(LIMIT.inputText).optional(),
    })
    .refine(
      ({ initial_value: text = '', max_length: max = LIMIT.inputText }) => text.length <= max,
      'initial_value must have at most max_length characters',
    ),
  z
    .strictObject({
      type: z.literal('number_input'),
      ...typed,
      is_decimal_allowed: z.literal(false),
      initial_value: whole.optional(),
      min_value: whole.optional(),
      max_value: whole.optional(),
    })
    .refine(isInOrder, 'must be in order'),
] as const;

const fileInput = z.strictObject({
  type: z.literal('file_input'),
  ...actionable,
  max_files: z.int().min(1).max(LIMIT.files).optional(),
});

/**
 * In actions and beside a section. https://docs.slack.dev/reference/block-kit/blocks/actions-block,
 * https://docs.slack.dev/reference/block-kit/blocks/section-block
 */
export const actionElement = z.discriminatedUnion('type', [button, overflow, ...choices]);

/** https://docs.slack.dev/reference/block-kit/blocks/input-block */
export const inputElement = z.discriminatedUnion('type', [...choices, ...typedInputs, fileInput]);

export type InputElement = z.infer<typeof inputElement>;
type ActionElement = z.infer<typeof actionElement>;
export type Element = InputElement | ActionElement;
