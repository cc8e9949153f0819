import type { Block, DataTableBlock, KnownBlock, RichTextBlock } from '@slack/types';
import { rounded } from '../../text/amounts.ts';
import { charactersOf, fitting } from './objects.ts';
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
const MOST_ROWS = 100;
const PAGE_SIZE = 10;
const CELL_LENGTH = 150;

export type Cell = DataTableBlock['rows'][number][number];

/** `room`: in characters, as JSON. */
type Table = {
  caption: string;
  heading: readonly string[];
  rows: readonly (readonly Cell[])[];
  room: number;
};

/** The first rows, as many as there is room for. There must be one. `leftOut`: how many are not in it. */
export function dataTable({ caption, heading, rows, room }: Table): {
  table: DataTableBlock;
  leftOut: number;
} {
  const head = heading.map((text) => ({ type: 'raw_text' as const, text }));
  const empty = { type: 'data_table' as const, caption, page_size: PAGE_SIZE, rows: [head] };
  const cells = rows.slice(0, MOST_ROWS).map((row) => [...row]);
  const shown = fitting(cells, room - charactersOf(empty), (row) => charactersOf(row) + 1);
  return { table: { ...empty, rows: [head, ...shown] }, leftOut: rows.length - shown.length };
}

export function textCell(text: string): Cell {
  return { type: 'raw_text', text: truncate(text, CELL_LENGTH) };
}

type Mention = { type: 'user'; user_id: string } | { type: 'channel'; channel_id: string };

/** By its name, wherever it is shown. */
export function mentionCell(mention: Mention): RichTextBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [mention] }] };
}
