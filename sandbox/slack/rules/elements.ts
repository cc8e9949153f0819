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
const numeric = z.string().regex(/^-?\d+(?:\.\d+)?$/, 'must be a number written as a string');

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
  z.strictObject({
    type: z.literal('static_select'),
    ...select,
    options: z.array(plainOption).min(1).max(LIMIT.options),
    initial_option: plainOption.optional(),
  }),
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
  z.strictObject({
    type: z.literal('checkboxes'),
    ...actionable,
    options: z.array(richOption).min(1).max(LIMIT.fewOptions),
    initial_options: z.array(richOption).min(1).optional(),
  }),
  z.strictObject({
    type: z.literal('radio_buttons'),
    ...actionable,
    options: z.array(richOption).min(1).max(LIMIT.fewOptions),
    initial_option: richOption.optional(),
  }),
] as const;

const typedInputs = [
  z.strictObject({
    type: z.literal('plain_text_input'),
    ...typed,
    multiline: z.boolean().optional(),
    initial_value: text(LIMIT.inputText).optional(),
    max_length: z.int().min(1).max(LIMIT.inputText).optional(),
  }),
  z.strictObject({
    type: z.literal('number_input'),
    ...typed,
    is_decimal_allowed: z.boolean(),
    initial_value: numeric.optional(),
    min_value: numeric.optional(),
    max_value: numeric.optional(),
  }),
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
