import { z } from 'zod';
import {
  confirm,
  conversationFilter,
  dispatchConfig,
  id,
  optionGroup,
  overflowOption,
  plainOption,
  plainText,
  richOption,
  text,
  webUrl,
} from './composition.ts';
import { LIMIT } from './limits.ts';

/** https://docs.slack.dev/reference/block-kit/block-elements */

const actionable = { action_id: id.optional() };
const confirmable = { confirm: confirm.optional() };
const focusable = { focus_on_load: z.boolean().optional() };
const placeholdable = { placeholder: plainText(LIMIT.placeholder).optional() };
const select = { ...actionable, ...confirmable, ...focusable, ...placeholdable };
const severalSelect = { ...select, max_selected_items: z.int().min(1).optional() };
const typed = {
  ...actionable,
  ...focusable,
  ...placeholdable,
  dispatch_action_config: dispatchConfig.optional(),
};
const numeric = z.string().regex(/^-?\d+(?:\.\d+)?$/, 'must be a number written as a string');

const button = z.strictObject({
  type: z.literal('button'),
  ...actionable,
  ...confirmable,
  text: plainText(LIMIT.buttonText),
  value: text(LIMIT.buttonValue).optional(),
  url: webUrl.optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: text(LIMIT.buttonText).optional(),
});

const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...actionable,
  ...confirmable,
  options: z.array(overflowOption).min(1).max(LIMIT.overflowOptions),
});

const slackFile = z.union([z.strictObject({ id }), z.strictObject({ url: webUrl })]);

export const picture = {
  type: z.literal('image'),
  alt_text: text(LIMIT.altText),
  image_url: webUrl.optional(),
  slack_file: slackFile.optional(),
};

/** An image names exactly one source. */
export const oneSource = (image: { image_url?: unknown; slack_file?: unknown }): boolean =>
  (image.image_url === undefined) !== (image.slack_file === undefined);

export const imageElement = z.strictObject(picture).refine(oneSource, 'needs image_url or slack_file');

/** Options are given flat or in groups, never both. */
const optionList = {
  options: z.array(plainOption).min(1).max(LIMIT.options).optional(),
  option_groups: z.array(optionGroup).min(1).max(LIMIT.optionGroups).optional(),
};

const selects = [
  z.strictObject({
    type: z.literal('static_select'),
    ...select,
    ...optionList,
    initial_option: plainOption.optional(),
  }),
  z.strictObject({
    type: z.literal('multi_static_select'),
    ...severalSelect,
    ...optionList,
    initial_options: z.array(plainOption).min(1).optional(),
  }),
  z.strictObject({
    type: z.literal('external_select'),
    ...select,
    initial_option: plainOption.optional(),
    min_query_length: z.int().min(0).optional(),
  }),
  z.strictObject({
    type: z.literal('multi_external_select'),
    ...severalSelect,
    initial_options: z.array(plainOption).min(1).optional(),
    min_query_length: z.int().min(0).optional(),
  }),
  z.strictObject({ type: z.literal('users_select'), ...select, initial_user: id.optional() }),
  z.strictObject({
    type: z.literal('multi_users_select'),
    ...severalSelect,
    initial_users: z.array(id).min(1).optional(),
  }),
  z.strictObject({
    type: z.literal('conversations_select'),
    ...select,
    initial_conversation: id.optional(),
    default_to_current_conversation: z.boolean().optional(),
    response_url_enabled: z.boolean().optional(),
    filter: conversationFilter.optional(),
  }),
  z.strictObject({
    type: z.literal('multi_conversations_select'),
    ...severalSelect,
    initial_conversations: z.array(id).min(1).optional(),
    default_to_current_conversation: z.boolean().optional(),
    filter: conversationFilter.optional(),
  }),
  z.strictObject({
    type: z.literal('channels_select'),
    ...select,
    initial_channel: id.optional(),
    response_url_enabled: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('multi_channels_select'),
    ...severalSelect,
    initial_channels: z.array(id).min(1).optional(),
  }),
] as const;

const choices = [
  z.strictObject({
    type: z.literal('checkboxes'),
    ...actionable,
    ...confirmable,
    ...focusable,
    options: z.array(richOption).min(1).max(LIMIT.fewOptions),
    initial_options: z.array(richOption).min(1).optional(),
  }),
  z.strictObject({
    type: z.literal('radio_buttons'),
    ...actionable,
    ...confirmable,
    ...focusable,
    options: z.array(richOption).min(1).max(LIMIT.fewOptions),
    initial_option: richOption.optional(),
  }),
  z.strictObject({
    type: z.literal('datepicker'),
    ...select,
    initial_date: z.iso.date().optional(),
  }),
  z.strictObject({
    type: z.literal('timepicker'),
    ...select,
    initial_time: z.iso.time({ precision: -1 }).optional(),
    timezone: id.optional(),
  }),
] as const;

const typedInputs = [
  z.strictObject({
    type: z.literal('plain_text_input'),
    ...typed,
    multiline: z.boolean().optional(),
    initial_value: text(LIMIT.inputText).optional(),
    min_length: z.int().min(0).max(LIMIT.inputText).optional(),
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
  z.strictObject({ type: z.literal('url_text_input'), ...typed, initial_value: webUrl.optional() }),
  z.strictObject({ type: z.literal('email_text_input'), ...typed, initial_value: z.email().optional() }),
] as const;

const fileInput = z.strictObject({
  type: z.literal('file_input'),
  ...actionable,
  filetypes: z.array(text(20)).min(1).optional(),
  max_files: z.int().min(1).max(LIMIT.files).optional(),
});

const mixed = [button, overflow, ...selects, ...choices] as const;

/** https://docs.slack.dev/reference/block-kit/blocks/actions-block */
export const actionElement = z.discriminatedUnion('type', mixed);

/** https://docs.slack.dev/reference/block-kit/blocks/section-block */
export const accessory = z.discriminatedUnion('type', [...mixed, imageElement]);

/** https://docs.slack.dev/reference/block-kit/blocks/input-block */
export const inputElement = z.discriminatedUnion('type', [...selects, ...choices, ...typedInputs, fileInput]);

export type InputElement = z.infer<typeof inputElement>;
type ActionElement = z.infer<typeof actionElement>;
export type Element = InputElement | ActionElement;
