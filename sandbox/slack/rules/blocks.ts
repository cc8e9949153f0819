import { z } from 'zod';
import { anyText, id, plainText } from './composition.ts';
import { actionElement, inputElement } from './elements.ts';
import { LIMIT } from './limits.ts';
import { richText, table } from './rich-text.ts';

/**
 * Block Kit's rules, from Slack's reference. Stricter than the types of @slack/types, which know shapes but no limits.
 * Blocks and members that the app doesn't use are unknown here and therefore refused.
 * https://docs.slack.dev/reference/block-kit/blocks
 */

const named = { block_id: id.optional() };

const section = z.strictObject({
  type: z.literal('section'),
  ...named,
  text: anyText(LIMIT.text),
  accessory: actionElement.optional(),
});

const context = z.strictObject({
  type: z.literal('context'),
  ...named,
  elements: z.array(anyText(LIMIT.text)).min(1).max(LIMIT.contextElements),
});

const actions = z.strictObject({
  type: z.literal('actions'),
  ...named,
  elements: z.array(actionElement).min(1).max(LIMIT.actionsElements),
});

const input = z.strictObject({
  type: z.literal('input'),
  ...named,
  label: plainText(LIMIT.label),
  hint: plainText(LIMIT.label).optional(),
  optional: z.boolean().optional(),
  element: inputElement,
});

export const block = z.discriminatedUnion('type', [
  section,
  context,
  actions,
  input,
  richText,
  table,
  z.strictObject({ type: z.literal('divider'), ...named }),
  z.strictObject({
    type: z.literal('alert'),
    ...named,
    text: anyText(LIMIT.alert),
    level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
  }),
  z.strictObject({ type: z.literal('header'), ...named, text: plainText(LIMIT.header) }),
]);
export type Block = z.infer<typeof block>;
