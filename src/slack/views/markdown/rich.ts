import type {
  RichTextBlock,
  RichTextLink,
  RichTextList,
  RichTextPreformatted,
  RichTextQuote,
  RichTextSection,
  RichTextText,
  TableBlock,
} from '@slack/types';
import { plainLeaf, type Leaf, type Piece, type TablePiece } from './inline.ts';

/** `offset`: how many numbers come before. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
type List = RichTextList & { offset?: number };
type Element = RichTextSection | List | RichTextQuote | RichTextPreformatted;

const DEEPEST_INDENT = 8;

/** These blocks hold only text and links, so they can't notify anyone. */
export function richBlocks(pieces: readonly Piece[]): (RichTextBlock | TableBlock)[] {
  const blocks: (RichTextBlock | TableBlock)[] = [];
  let elements: Element[] = [];
  const flush = (): void => {
    if (elements.length > 0) blocks.push({ type: 'rich_text', elements });
    elements = [];
  };
  for (const group of groupsOf(pieces)) {
    const [first] = group;
    const table = first?.kind === 'table' ? tableBlock(first) : null;
    if (table === null) {
      elements.push(...elementOf(group));
    } else {
      flush();
      blocks.push(table);
    }
  }
  flush();
  return blocks;
}

function groupsOf(pieces: readonly Piece[]): Piece[][] {
  const groups: Piece[][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    if (group !== undefined && joins(group, piece)) group.push(piece);
    else groups.push([piece]);
  }
  return groups;
}

function joins(group: readonly Piece[], piece: Piece): boolean {
  const [first] = group;
  if (first === undefined) return false;
  if (piece.kind === 'more') return first.kind === 'item' && first.indent === piece.indent;
  if (piece.kind !== 'item')
    return first.kind === piece.kind && (piece.kind === 'text' || piece.kind === 'quote');
  if (first.kind !== 'item' || first.indent !== piece.indent) return false;
  const items = group.filter(({ kind }) => kind === 'item').length;
  return first.number === null ? piece.number === null : piece.number === first.number + items;
}

function elementOf(group: readonly Piece[]): Element[] {
  const [first] = group;
  switch (first?.kind) {
    case undefined:
      return [];
    case 'text':
    case 'more':
      return [section(paragraphs(group))];
    case 'quote':
      return [{ type: 'rich_text_quote', elements: paragraphs(group).map(richLeaf) }];
    case 'code':
      return [preformatted(first.text)];
    case 'table':
      return [preformatted(first.source)];
    case 'item':
      return [list(group, first)];
  }
}

function section(leaves: readonly Leaf[]): RichTextSection {
  return { type: 'rich_text_section', elements: leaves.map(richLeaf) };
}

function preformatted(text: string): RichTextPreformatted {
  return { type: 'rich_text_preformatted', elements: [{ type: 'text', text }] };
}

/** Separated by an empty line, except after a heading. */
function paragraphs(group: readonly Piece[]): Leaf[] {
  return group.flatMap((piece, at) => {
    const before = group[at - 1];
    const gap = before === undefined ? [] : [plainLeaf(gapAfter(before))];
    return [...gap, ...leavesOf(piece)];
  });
}

function gapAfter(piece: Piece): string {
  return piece.kind === 'text' && !piece.heading ? '\n\n' : '\n';
}

function leavesOf(piece: Piece): Leaf[] {
  if (piece.kind === 'code' || piece.kind === 'table') return [];
  if (piece.kind !== 'text' || !piece.heading) return piece.leaves;
  return piece.leaves.map((leaf) => ({ ...leaf, bold: true }));
}

function list(group: readonly Piece[], { number, indent }: Extract<Piece, { kind: 'item' }>): List {
  const items: Leaf[][] = [];
  for (const piece of group) {
    if (piece.kind === 'item') items.push([...piece.leaves]);
    else items.at(-1)?.push(plainLeaf('\n'), ...leavesOf(piece));
  }
  return {
    type: 'rich_text_list',
    style: number === null ? 'bullet' : 'ordered',
    elements: items.map(section),
    ...(indent > 0 && { indent: Math.min(indent, DEEPEST_INDENT) }),
    ...(number !== null && number > 1 && { offset: number - 1 }),
  };
}

/** https://docs.slack.dev/reference/block-kit/blocks/table-block. Slack counts the characters of all cells together. */
const MOST_ROWS = 100;
const MOST_CELLS = 20;
/** As JSON; Slack takes 10,000 characters in a table, and about 13,000 in all blocks. */
const MOST_JSON = 8000;

/** null: too large for a table in Slack. */
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

/** Slack refuses empty cells. */
function cell(leaves: readonly Leaf[]): RichTextBlock {
  return { type: 'rich_text', elements: [section(leaves.length === 0 ? [plainLeaf(' ')] : leaves)] };
}

const STYLES = ['bold', 'italic', 'strike', 'code'] as const;

function richLeaf(leaf: Leaf): RichTextText | RichTextLink {
  const style = Object.fromEntries(STYLES.flatMap((name) => (leaf[name] ? [[name, true]] : [])));
  const styled = Object.keys(style).length === 0 ? {} : { style };
  const { text, url } = leaf;
  if (url === null) return { type: 'text', text, ...styled };
  return { type: 'link', url, ...(text !== url && { text }), ...styled };
}
