import type { Block, DataTableBlock, KnownBlock, RichTextBlock } from '@slack/types';
import { rounded } from '../../text/amounts.ts';
import { truncate } from './text.ts';

/** Blocks for numbers. Not every workspace takes them yet. */

/** https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block; @slack/types 3.2 doesn't have it. */
interface ChartBlock extends Block {
  type: 'data_visualization';
  title: string;
  chart: {
    type: 'bar';
    series: { name: string; data: { label: string; value: number }[] }[];
    axis_config: { categories: string[] };
  };
}

export type ShownBlock = KnownBlock | ChartBlock;

const TITLE_LENGTH = 50;
const LABEL_LENGTH = 20;
const MOST_BARS = 20;

type Bar = { label: string; value: number };

/** `name`: what the bars are. Their labels differ. */
export function barChart(title: string, name: string, bars: readonly Bar[]): ChartBlock {
  const data = bars.slice(-MOST_BARS).map(({ label, value }) => ({
    label: truncate(label, LABEL_LENGTH),
    value: rounded(value),
  }));
  return {
    type: 'data_visualization',
    title: truncate(title, TITLE_LENGTH),
    chart: {
      type: 'bar',
      series: [{ name: truncate(name, LABEL_LENGTH), data }],
      axis_config: { categories: data.map(({ label }) => label) },
    },
  };
}

/** https://docs.slack.dev/reference/block-kit/blocks/data-table-block; without the heading. */
export const MOST_TABLE_ROWS = 100;
const PAGE_SIZE = 10;
const CELL_LENGTH = 150;

export type Cell =
  | { kind: 'text'; text: string }
  | { kind: 'number'; value: number; text: string }
  | { kind: 'user' | 'channel'; id: string };

/** 1 to MOST_TABLE_ROWS rows. */
export function dataTable(
  caption: string,
  heading: readonly string[],
  rows: readonly (readonly Cell[])[],
): DataTableBlock {
  const head = heading.map((text) => ({ type: 'raw_text' as const, text }));
  return {
    type: 'data_table',
    caption,
    page_size: PAGE_SIZE,
    rows: [head, ...rows.map((row) => row.map(cellBlock))],
  };
}

function cellBlock(cell: Cell): DataTableBlock['rows'][number][number] {
  switch (cell.kind) {
    case 'text':
      return { type: 'raw_text', text: truncate(cell.text, CELL_LENGTH) };
    case 'number':
      return { type: 'raw_number', value: cell.value, text: cell.text };
    case 'user':
      return rich({ type: 'user', user_id: cell.id });
    case 'channel':
      return rich({ type: 'channel', channel_id: cell.id });
  }
}

type Mention = { type: 'user'; user_id: string } | { type: 'channel'; channel_id: string };

function rich(mention: Mention): RichTextBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [mention] }] };
}
