import type {
  KnownBlock,
  RichTextBlock,
  RichTextLink,
  RichTextList,
  RichTextPreformatted,
  RichTextQuote,
  RichTextSection,
  RichTextText,
  TableBlock,
} from '@slack/types';
import {
  plainLeaf,
  textIn,
  type Leaf,
  type Piece,
  type TablePiece,
  LONGEST_READ,
  readMarkdown,
} from './markdown/read.ts';
import { splitText, escape, inBounds, oneLine, quote, truncate } from './text.ts';

/** A message as Slack messages. `text` is escaped, and says everything. */
type MarkdownPart = { text: string; blocks: KnownBlock[] };

/** For all blocks of a message, as JSON: Slack refuses more than about 13,000, and buttons add to it. */
const MOST_JSON = 10_000;
/** `chat.update` takes 4,000; a line above the words adds to it. */
const MOST_TEXT = 3500;

/** The part that is read. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export function markdownParts(markdown: string): MarkdownPart[] {
  return parts(readMarkdown(markdown));
}

/** Whether only a part of it is read. */
export function isCut(markdown: string): boolean {
  return markdown.length > LONGEST_READ;
}

/** Text that isn't Markdown, such as what a person typed. */
export function quotedParts(text: string): MarkdownPart[] {
  return parts(text.trim() === '' ? [] : [{ kind: 'quote', leaves: [plainLeaf(inBounds(text))] }]);
}

/** Its text on one line, without markup. */
export function markdownWords(markdown: string, max: number): string {
  const said = readMarkdown(markdown).map(wordsOf);
  return truncate(said.filter((words) => words !== '').join(' '), max);
}

function parts(pieces: readonly Piece[]): MarkdownPart[] {
  const packed: Piece[][] = [];
  let room = { json: 0, text: 0 };
  for (const piece of cutPieces(pieces)) {
    const json = JSON.stringify(richBlocks([piece])).length;
    const text = plainText([piece]).length + 1;
    const current = packed.at(-1);
    if (current === undefined || json > room.json || text > room.text) {
      packed.push([piece]);
      room = { json: MOST_JSON - json, text: MOST_TEXT - text };
    } else {
      current.push(piece);
      room = { json: room.json - json, text: room.text - text };
    }
  }
  return packed.map((some) => ({ text: plainText(some), blocks: richBlocks(some) }));
}

/** The whole text, escaped, one piece per line. */
function plainText(pieces: readonly Piece[]): string {
  return pieces.map(textOf).join('\n');
}

function textOf(piece: Piece): string {
  switch (piece.kind) {
    case 'item':
      return `${'    '.repeat(piece.indent)}${piece.number === null ? '•' : `${piece.number}.`} ${linked(piece.leaves)}`;
    case 'more':
      return `    ${linked(piece.leaves)}`;
    case 'quote':
      return quote(linked(piece.leaves));
    case 'code':
      return escape(piece.text);
    case 'table':
      return piece.rows.map((row) => row.map(linked).join(' | ')).join('\n');
    case 'text':
      return linked(piece.leaves);
  }
}

function linked(leaves: readonly Leaf[]): string {
  const whole = leaves.map(({ text, url }) => (url === null || url === text ? text : `${text} (${url})`));
  return escape(whole.join(''));
}

function wordsOf(piece: Piece): string {
  if (piece.kind === 'code') return oneLine(piece.text);
  if (piece.kind === 'table') return oneLine(piece.rows.flat().map(textIn).join(', '));
  const said = oneLine(textIn(piece.leaves));
  return piece.kind === 'item' ? `• ${said}` : said;
}

/** In characters; as JSON, one can take six. */
const LEAF_LENGTH = 1000;
const CODE_LENGTH = 1500;
/** For a paragraph with its links and styles, as JSON. */
const PARAGRAPH_JSON = 5000;

/** Cuts pieces so that a message holds several. A message takes one table: others are shown as they were written. */
function cutPieces(pieces: readonly Piece[]): Piece[] {
  const table = pieces.find((piece) => piece.kind === 'table' && tableBlock(piece) !== null);
  return pieces.flatMap((piece) => {
    if (piece === table) return [piece];
    return cutPiece(piece.kind === 'table' ? { kind: 'code', text: piece.source } : piece);
  });
}

function cutPiece(piece: Exclude<Piece, TablePiece>): Piece[] {
  if (piece.kind === 'code') return cutText(piece.text, CODE_LENGTH).map((text) => ({ kind: 'code', text }));
  return cutLeaves(piece.leaves).map((leaves, at) =>
    piece.kind === 'item' && at > 0 ? { kind: 'more', indent: piece.indent, leaves } : { ...piece, leaves },
  );
}

function cutLeaves(leaves: readonly Leaf[]): Leaf[][] {
  const paragraphs: Leaf[][] = [];
  let json = 0;
  for (const leaf of leaves.flatMap(cutLeaf)) {
    const cost = JSON.stringify(leaf).length;
    const current = paragraphs.at(-1);
    if (current === undefined || json + cost > PARAGRAPH_JSON) {
      paragraphs.push([leaf]);
      json = cost;
    } else {
      current.push(leaf);
      json += cost;
    }
  }
  return paragraphs;
}

function cutLeaf(leaf: Leaf): Leaf[] {
  return cutText(leaf.text, LEAF_LENGTH).map((text) => ({ ...leaf, text }));
}

/** Between two parts, a line end is not shown. */
function cutText(text: string, limit: number): string[] {
  return splitText(text, limit).map((part, at, { length }) =>
    at + 1 < length ? part.replace(/\n$/, '') : part,
  );
}

/** `offset`: how many numbers come before. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
type List = RichTextList & { offset?: number };
type Element = RichTextSection | List | RichTextQuote | RichTextPreformatted;

const DEEPEST_INDENT = 8;

/** These blocks hold only text and links, so they can't notify anyone. */
function richBlocks(pieces: readonly Piece[]): (RichTextBlock | TableBlock)[] {
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
const TABLE_JSON = 8000;

/** null: too large for a table in Slack. */
function tableBlock({ rows, align }: TablePiece): TableBlock | null {
  const columns = align.length;
  if (rows.length > MOST_ROWS || columns === 0 || columns > MOST_CELLS) return null;
  const block: TableBlock = {
    type: 'table',
    rows: rows.map((row) => row.map(cell)),
    column_settings: align.map((side) => ({ align: side ?? 'left', is_wrapped: true })),
  };
  return JSON.stringify(block).length > TABLE_JSON ? null : block;
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
