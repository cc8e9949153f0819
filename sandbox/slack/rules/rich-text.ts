import { z } from 'zod';
import { id, webUrl } from './composition.ts';
import { LIMIT } from './limits.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */

const flag = z.boolean().optional();
const style = z.strictObject({ bold: flag, italic: flag, strike: flag, code: flag }).optional();

const textLeaf = z.strictObject({ type: z.literal('text'), text: z.string().min(1), style });
const linkLeaf = z.strictObject({
  type: z.literal('link'),
  url: webUrl,
  text: z.string().min(1).optional(),
  style,
});

const leaf = z.discriminatedUnion('type', [
  textLeaf,
  linkLeaf,
  z.strictObject({ type: z.literal('user'), user_id: id, style }),
  z.strictObject({ type: z.literal('channel'), channel_id: id, style }),
]);
export type RichLeaf = z.infer<typeof leaf>;

const leaves = z.array(leaf).min(1);
const section = z.strictObject({ type: z.literal('rich_text_section'), elements: leaves });

const part = z.discriminatedUnion('type', [
  section,
  z.strictObject({
    type: z.literal('rich_text_list'),
    style: z.enum(['bullet', 'ordered']),
    elements: z.array(section).min(1),
    indent: z.int().min(0).max(LIMIT.listIndent).optional(),
    offset: z.int().min(0).optional(),
  }),
  z.strictObject({ type: z.literal('rich_text_quote'), elements: leaves }),
  z.strictObject({
    type: z.literal('rich_text_preformatted'),
    elements: z.array(z.discriminatedUnion('type', [textLeaf, linkLeaf])).min(1),
  }),
]);
export type RichPart = z.infer<typeof part>;

export const richText = z.strictObject({
  type: z.literal('rich_text'),
  block_id: id.optional(),
  elements: z.array(part).min(1),
});

/** https://docs.slack.dev/reference/block-kit/blocks/table-block */
export const table = z.strictObject({
  type: z.literal('table'),
  block_id: id.optional(),
  rows: z.array(z.array(richText).min(1).max(LIMIT.tableCells)).min(1).max(LIMIT.tableRows),
  column_settings: z
    .array(
      z.strictObject({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: flag }).nullable(),
    )
    .max(LIMIT.tableCells)
    .optional(),
});

/** Its text, without markup. */
export function plainRichText(value: unknown): string {
  if (Array.isArray(value)) return value.map(plainRichText).join('');
  if (typeof value !== 'object' || value === null) return '';
  if ('text' in value && typeof value.text === 'string') return value.text;
  if ('url' in value && typeof value.url === 'string') return value.url;
  return 'elements' in value ? plainRichText(value.elements) : '';
}
