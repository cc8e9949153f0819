import type {
  RichTextBlock,
  RichTextList,
  RichTextPreformatted,
  RichTextQuote,
  RichTextSection,
  TableBlock,
} from '@slack/types';
import { plainLeaf } from './pieces.ts';
import type { Leaf, Piece } from './pieces.ts';
import { richLeaf } from './rich-leaf.ts';
import { tableBlock, tableText } from './table.ts';

/** `offset`: how many numbers come before. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
type List = RichTextList & { offset?: number };
type Element = RichTextSection | List | RichTextQuote | RichTextPreformatted;

const DEEPEST_INDENT = 8;

/** Nothing in these blocks can call anybody: they hold text and links. */
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

/** Neighbors that become one element. */
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
      return [preformatted(tableText(first))];
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

/** Separated by an empty line, except right below a heading. */
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
