import { z } from 'zod';
import { id, text } from './composition.ts';
import { LIMIT } from './limits.ts';
import { plainRichText, richText } from './rich-text.ts';

/** Charts and tables of numbers. */

const label = text(LIMIT.chartLabel);
const value = z.number().refine(Number.isFinite, 'must be finite');
const point = z.strictObject({ label, value });
const title = text(LIMIT.chartTitle);

const series = z.strictObject({ name: label, data: z.array(point).min(1).max(LIMIT.chartPoints) });

const axes = z.strictObject({ categories: z.array(label).min(1).max(LIMIT.chartPoints) });

const barChart = z
  .strictObject({
    type: z.literal('bar'),
    series: z.array(series).min(1).max(LIMIT.chartSeries),
    axis_config: axes,
  })
  .superRefine(({ series: all, axis_config: { categories } }, context) => {
    const names = all.map(({ name }) => name);
    if (new Set(names).size < names.length)
      context.addIssue({ code: 'custom', path: ['series'], message: 'names must be unique' });
    if (new Set(categories).size < categories.length)
      context.addIssue({
        code: 'custom',
        path: ['axis_config', 'categories'],
        message: 'must be unique',
      });
    for (const [at, { data }] of all.entries()) {
      const labels = data.map((one) => one.label);
      if (labels.length !== categories.length || !categories.every((one) => labels.includes(one)))
        context.addIssue({
          code: 'custom',
          path: ['series', at, 'data'],
          message: 'labels must match the categories',
        });
    }
  });

/** https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block */
export const dataVisualization = z.strictObject({
  type: z.literal('data_visualization'),
  block_id: id.optional(),
  title,
  chart: barChart,
});

const words = z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) });
const number = z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) });
const heading = z
  .array(z.discriminatedUnion('type', [words, number]))
  .min(1)
  .max(LIMIT.tableCells);
const row = z
  .array(z.discriminatedUnion('type', [words, number, richText]))
  .min(1)
  .max(LIMIT.tableCells);

/** https://docs.slack.dev/reference/block-kit/blocks/data-table-block */
export const dataTable = z
  .strictObject({
    type: z.literal('data_table'),
    block_id: id.optional(),
    caption: z.string().min(1),
    rows: z.tuple([heading, row], row).refine(({ length }) => length <= LIMIT.dataTableRows, {
      error: `must be at most ${LIMIT.dataTableRows} rows with the heading`,
    }),
    page_size: z.int().min(1).max(LIMIT.dataTablePage).optional(),
    row_header_column_index: z.int().min(0).optional(),
  })
  .superRefine(({ rows, row_header_column_index: column = 0 }, context) => {
    const [{ length }] = rows;
    if (rows.some((one) => one.length !== length))
      context.addIssue({ code: 'custom', path: ['rows'], message: 'rows must have the same length' });
    if (column >= length)
      context.addIssue({ code: 'custom', path: ['row_header_column_index'], message: 'is no column' });
    if (plainRichText(rows).length > LIMIT.dataTableText)
      context.addIssue({
        code: 'custom',
        path: ['rows'],
        message: `must be less than ${LIMIT.dataTableText + 1} characters`,
      });
  });

type Chart = z.infer<typeof dataVisualization>;
type Table = z.infer<typeof dataTable>;

/** For terminals and failing tests. */
export function renderChart({ title: heading, chart }: Chart): string {
  const points = chart.series.flatMap(({ data }) => data);
  return [`[chart: ${heading}]`, points.map((one) => `${one.label}: ${one.value}`).join(' · ')].join('\n');
}

export function renderDataTable({ caption, rows }: Table): string {
  const lines = rows.map((cells) => cells.map((cell) => cellText(cell)).join(' | '));
  return [`[table: ${caption}]`, ...lines].join('\n');
}

function cellText(cell: Table['rows'][number][number]): string {
  return cell.type === 'rich_text' ? mentionText(cell) || plainRichText(cell) : cell.text;
}

/** Mentions have no words of their own. */
function mentionText({ elements }: z.infer<typeof richText>): string {
  return elements
    .flatMap((part) => (part.type === 'rich_text_section' ? part.elements : []))
    .map((leaf) =>
      leaf.type === 'user' ? `@${leaf.user_id}` : leaf.type === 'channel' ? `#${leaf.channel_id}` : '',
    )
    .join('');
}
