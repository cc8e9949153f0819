import type { RichTextBlock, TableBlock } from '@slack/types';
import { richLeaf } from './rich-leaf.ts';
import type { Leaf, TablePiece } from './pieces.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/table-block; Slack counts the characters of all cells together. */
const MOST_ROWS = 100;
const MOST_CELLS = 20;
/** As JSON; Slack takes 10,000 characters in a table, and about 13,000 in all blocks. */
const MOST_JSON = 8000;
/** The most characters of a table shown as code. */
const MOST_LAID_OUT = 6000;

/** null: Slack takes no such table. */
export function tableBlock({ rows, align }: TablePiece): TableBlock | null {
  const columns = align.length;
  if (rows.length > MOST_ROWS || columns === 0 || columns > MOST_CELLS) return null;
  const block: TableBlock = {
    type: 'table',
    rows: rows.map((row) => row.map(cell)),
    column_settings: align.map((side) => ({ align: side ?? 'left', is_wrapped: true })),
  };
  return JSON.stringify(block).length > MOST_JSON ? null : block;
}

/** Slack takes no empty cell. */
function cell(leaves: readonly Leaf[]): RichTextBlock {
  const elements = leaves.length === 0 ? [{ type: 'text' as const, text: ' ' }] : leaves.map(richLeaf);
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}

/** In columns of one width; as it was written where that would be too wide. */
export function tableText(table: TablePiece): string {
  const lines = table.rows.map((row) =>
    row.map((leaves) =>
      leaves
        .map(({ text }) => text)
        .join('')
        .replaceAll(/\s+/g, ' '),
    ),
  );
  const widths = table.align.map((_side, column) => widest(lines, column));
  const total = widths.reduce((sum, width) => sum + width + 3, 0) * (lines.length + 1);
  if (total > MOST_LAID_OUT) return table.source;
  const [head = '', ...body] = lines.map((line) =>
    widths
      .map((width, column) => padded(line[column] ?? '', width, table.align[column] ?? null))
      .join(' | ')
      .trimEnd(),
  );
  return [head, widths.map((width) => '-'.repeat(width)).join('-+-'), ...body].join('\n');
}

function widest(lines: readonly string[][], column: number): number {
  return lines.reduce((width, line) => Math.max(width, widthOf(line[column] ?? '')), 0);
}

function padded(words: string, width: number, align: TablePiece['align'][number]): string {
  const room = width - widthOf(words);
  const before = align === 'right' ? room : align === 'center' ? Math.floor(room / 2) : 0;
  return ' '.repeat(before) + words + ' '.repeat(room - before);
}

function widthOf(words: string): number {
  return Array.from(words).length;
}
