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
import MarkdownIt, { type Token } from 'markdown-it';
import { batchesOf } from '../../bounds.ts';
import { splitText, escape, inBounds, isAddress, oneLine, quote, truncate } from './text.ts';

/** How much of a message is read. A longer one is posted as a file. */
const LONGEST_READ = 6000;
/** A message that is nested more deeply is shown as it was written. */
const DEEPEST = 20;

const parser = new MarkdownIt('default', { html: true, linkify: true, maxNesting: DEEPEST + 1 });
// Only addresses with a scheme: `config.js` and `a.b@c` stay text.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

/** Whether only a part of it is read. */
export function isCut(markdown: string): boolean {
  return markdown.length > LONGEST_READ;
}

/** Text and links only, which can't notify anyone. Raw. */
type Leaf = RichTextText | (RichTextLink & { text: string });

/** `indent`: how deep it is. `next`: the number of its next item. */
type List = { ordered: boolean; indent: number; next: number };

/** Markdown in order and flat: Slack nests only the levels of a list. */
type Piece =
  | { kind: 'text' | 'quote' | 'code'; leaves: Leaf[] }
  | { kind: 'item'; list: List; number: number; leaves: Leaf[] }
  | { kind: 'table'; block: TableBlock; leaves: Leaf[] };

function readMarkdown(markdown: string): Piece[] {
  const read = inBounds(markdown.slice(0, endOf(markdown)));
  try {
    const tokens = parser.parse(read, {});
    if (tokens.every(({ level }) => level < DEEPEST)) return piecesOf(tokens, read.split(/\r\n?|\n/));
  } catch {
    // What can't be read stays as it was written.
  }
  return [codePiece(read)];
}

/** Between two lines, if one of them ends in the second half. */
function endOf(markdown: string): number {
  if (!isCut(markdown)) return markdown.length;
  const line = markdown.lastIndexOf('\n', LONGEST_READ);
  return line > LONGEST_READ / 2 ? line : LONGEST_READ;
}

/** The parser returns a flat list of openings and closings. */
function piecesOf(tokens: readonly Token[], lines: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  /** Those that are open. */
  const lists: List[] = [];
  let quotes = 0;

  function add(leaves: Leaf[]): void {
    const last = pieces.at(-1);
    if (isBlank(leaves)) return;
    if (last?.kind === 'item' && last.list === lists.at(-1))
      last.leaves.push(...(last.leaves.length === 0 ? [] : [plain('\n')]), ...leaves);
    else pieces.push({ kind: quotes > 0 ? 'quote' : 'text', leaves });
  }

  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1]?.type ?? '';
    switch (token.type) {
      case 'blockquote_open':
      case 'blockquote_close':
        quotes += token.nesting;
        break;
      case 'bullet_list_open':
      case 'ordered_list_open': {
        const next = Number(token.attrGet('start') ?? 1);
        lists.push({ ordered: token.tag === 'ol', indent: lists.length, next });
        break;
      }
      case 'bullet_list_close':
      case 'ordered_list_close':
        lists.pop();
        break;
      case 'list_item_open': {
        const list = lists.at(-1);
        if (list !== undefined) pieces.push({ kind: 'item', list, number: list.next++, leaves: [] });
        break;
      }
      case 'inline':
        // Those of a table were read with it.
        if (!/^t[hd]_open$/.test(before)) add(inlineLeaves(token, before === 'heading_open' ? ['bold'] : []));
        break;
      case 'hr':
        add([plain(RULE)]);
        break;
      case 'html_block':
        add([plain(readableHtml(token.content).trim())]);
        break;
      case 'fence':
      case 'code_block':
        pieces.push(codePiece(token.content.replace(/\n$/, '')));
        break;
      case 'table_open': {
        const table = readTable(tokens.slice(at));
        // A message takes one: others are shown as they were written.
        const isOnly = pieces.every(({ kind }) => kind !== 'table');
        const written = lines.slice(...(token.map ?? [0, 0])).join('\n');
        pieces.push(isOnly && table !== null ? table : codePiece(written));
      }
    }
  }
  return pieces.filter(({ leaves }) => !isBlank(leaves));
}

const isBlank = (leaves: readonly Leaf[]): boolean => textIn(leaves).trim() === '';
const codePiece = (text: string): Piece => ({ kind: 'code', leaves: [plain(text)] });

const RULE = '———';
const COMMENT = /<!--[^]*?(?:-->|$)/g;

/** Without comments; other tags are shown as written. */
const readableHtml = (html: string): string =>
  html.replaceAll(COMMENT, '').replace(/^\s*<br *\/?>\s*$/i, '\n');

/** https://docs.slack.dev/reference/block-kit/blocks/table-block */
const MOST_CELLS = 20;
/** As JSON; Slack takes 10,000 characters in a table, and about 13,000 in all blocks. It keeps rows below Slack's 100. */
const TABLE_JSON = 8000;

/** The table with which the tokens begin. null: too large for a table in Slack. */
function readTable(tokens: readonly Token[]): Piece | null {
  const end = tokens.findIndex(({ type }) => type === 'table_close');
  const table = tokens.slice(0, end);
  const heads = table.filter(({ type }) => type === 'th_open');
  const cells = table.filter(({ type }) => type === 'inline').map((token) => inlineLeaves(token));
  // The parser fills each row.
  const rows = batchesOf(cells, heads.length);
  const block: TableBlock = {
    type: 'table',
    rows: rows.map((row) => row.map((leaves) => ({ type: 'rich_text', elements: [cell(leaves)] }))),
    column_settings: heads.map((head) => ({ align: alignOf(head), is_wrapped: true })),
  };
  if (heads.length > MOST_CELLS || jsonOf(block) > TABLE_JSON) return null;
  const lines = rows.map((row) => joined(row, ' | '));
  return { kind: 'table', block, leaves: joined(lines, '\n') };
}

/** Slack refuses empty ones. */
const cell = (leaves: Leaf[]): RichTextSection => section(leaves.length === 0 ? [plain(' ')] : leaves);

function alignOf(head: Token) {
  const style = String(head.attrGet('style'));
  return (['right', 'center'] as const).find((side) => style.endsWith(side)) ?? 'left';
}

type Style = 'bold' | 'italic' | 'strike' | 'code';

const STYLES: Readonly<Record<string, Style>> = { strong: 'bold', em: 'italic', s: 'strike' };

/** Styles are flat, and a link has one label, in the style of its beginning. `open`: the styles around it. */
function inlineLeaves({ children }: Token, open: Style[] = []): Leaf[] {
  const leaves: Leaf[] = [];
  let link: { url: string; label: Leaf[] } | null = null;

  function add(text: string, ...more: Style[]): void {
    const style = styleOf([...open, ...more]);
    const into = link?.label ?? leaves;
    const last = into.at(-1);
    if (last?.type === 'text' && JSON.stringify(last.style) === JSON.stringify(style)) last.text += text;
    else if (text !== '') into.push(plain(text, style));
  }

  for (const token of children ?? []) {
    const style = STYLES[token.tag];
    if (style !== undefined) {
      if (token.nesting === 1) open.push(style);
      else open.pop();
      continue;
    }
    switch (token.type) {
      case 'link_open':
        link = { url: String(token.attrGet('href')), label: [] };
        break;
      case 'link_close':
        if (link !== null) leaves.push(honestLink(link.url, textIn(link.label), link.label[0]?.style));
        link = null;
        break;
      case 'image':
        (link?.label ?? leaves).push(honestLink(String(token.attrGet('src')), token.content, styleOf(open)));
        break;
      case 'softbreak':
      case 'hardbreak':
        add('\n');
        break;
      case 'html_inline':
        add(readableHtml(token.content));
        break;
      case 'code_inline':
        add(token.content, 'code');
        break;
      default:
        add(token.content);
    }
  }
  return leaves.filter(({ text }) => text !== '');
}

const styleOf = (styles: readonly Style[]): Leaf['style'] =>
  styles.length === 0 ? undefined : Object.fromEntries(styles.map((style) => [style, true]));

/** Nobody reads longer addresses. */
const ADDRESS_LENGTH = 2000;
const LABEL_LENGTH = 500;

/** A label that reads like an address or a file's name. */
const ADDRESS_IN_LABEL = /\.\p{L}{2}|:\/\//u;
const SCHEME = /^https?:\/\//i;

/** A link that shows where it leads. What Slack doesn't make a link is its words, and the address. */
function honestLink(url: string, words: string, style: Leaf['style']): Leaf {
  const label = (words === '' ? url : words).replaceAll('\n', ' ').slice(0, LABEL_LENGTH);
  if (url.length > ADDRESS_LENGTH || !isAddress(url))
    return plain(words === '' ? label : `${label} (${url.slice(0, LABEL_LENGTH)})`, style);
  const host = hostOf(url);
  const text = host !== null && poses(label, host) ? `${label} (${host})` : label;
  return { type: 'link', url, text, ...(style !== undefined && { style }) };
}

/** Whether the label could be taken for an address of another host: it has one, and doesn't begin with this host. */
function poses(label: string, host: string): boolean {
  const words = inBounds(label.normalize('NFKC')).trim().toLowerCase();
  if (!ADDRESS_IN_LABEL.test(words)) return false;
  const shown = words.replace(SCHEME, '').replace(/^www\./, '');
  return !shown.startsWith(host) || !/^(?:[/?#:]|$)/.test(shown.slice(host.length));
}

function hostOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { host, protocol } = new URL(address);
  return protocol === 'mailto:' ? null : host.replace(/^www\./, '');
}

function plain(text: string, style?: Leaf['style']): RichTextText {
  return { type: 'text', text, ...(style !== undefined && { style }) };
}

const textIn = (leaves: readonly Leaf[]): string => leaves.map(({ text }) => text).join('');

/** On one line, without markup. */
export function markdownWords(markdown: string, max: number): string {
  const said = readMarkdown(markdown).map(({ kind, leaves }) =>
    oneLine(`${kind === 'item' ? '• ' : ''}${textIn(leaves)}`),
  );
  return truncate(said.join(' '), max);
}

const FEWEST_OPTIONS = 2;
const MOST_OPTIONS = 5;
/** Longer ones are paragraphs, not options. */
const OPTION_LENGTH = 150;

/** What a question offers to choose from: the entries of its last list. Empty: it is open, or none. */
export function questionOptions(markdown: string): string[] {
  const pieces = readMarkdown(markdown);
  const items = pieces.flatMap((piece) => (piece.kind === 'item' && piece.list.indent === 0 ? [piece] : []));
  const list = items.filter((item) => item.list === items.at(-1)?.list);
  const options = list.map(({ leaves }) => oneLine(textIn(leaves)));
  const asks = pieces.some(({ kind, leaves }) => kind !== 'code' && /[?？]/.test(textIn(leaves)));
  const isChoice =
    options.length >= FEWEST_OPTIONS &&
    options.length <= MOST_OPTIONS &&
    new Set(options).size === options.length &&
    options.every((words) => words.length <= OPTION_LENGTH);
  return asks && isChoice ? options : [];
}

/** A message as Slack messages. `text` is escaped, and says everything. */
type MarkdownPart = { text: string; blocks: KnownBlock[] };

/** The part that is read. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export function markdownParts(markdown: string): MarkdownPart[] {
  return parts(readMarkdown(markdown));
}

/** Text that isn't Markdown, such as what a person typed. */
export function quotedParts(text: string): MarkdownPart[] {
  return parts(text.trim() === '' ? [] : [{ kind: 'quote', leaves: [plain(inBounds(text))] }]);
}

/** For all blocks of a message, as JSON: Slack refuses more than about 13,000, and buttons add to it. */
const MOST_JSON = 10_000;
/** `chat.update` takes 4,000; a line above the words adds to it. */
const MOST_TEXT = 3500;
/** For a paragraph with its links and styles, as JSON: a message holds several. */
const PARAGRAPH_JSON = 5000;
/** In characters; as JSON, one can take six. */
const LEAF_LENGTH = 800;

const jsonOf = (value: object): number => JSON.stringify(value).length;

function parts(pieces: readonly Piece[]): MarkdownPart[] {
  const size = (piece: Piece): number =>
    Math.max(jsonOf(richBlocks([piece])) / MOST_JSON, (textOf(piece).length + 1) / MOST_TEXT);
  return grouped(pieces.flatMap(cutPiece), size).map((some) => ({
    text: some.map(textOf).join('\n'),
    blocks: richBlocks(some),
  }));
}

/** In order, with sizes of at most 1 together, or a single one. */
function grouped<One>(ones: readonly One[], sizeOf: (one: One) => number): One[][] {
  const groups: One[][] = [];
  let room = 0;
  for (const one of ones) {
    const size = sizeOf(one);
    const group = size > room ? undefined : groups.at(-1);
    if (group === undefined) groups.push([one]);
    else group.push(one);
    room = (group === undefined ? 1 : room) - size;
  }
  return groups;
}

/** What is left of a long item is text below it. */
function cutPiece(piece: Piece): Piece[] {
  if (piece.kind === 'table') return [piece];
  const short = piece.leaves.flatMap((leaf) =>
    splitText(leaf.text, LEAF_LENGTH).map((text) => ({ ...leaf, text })),
  );
  const [first = [], ...rest] = grouped(short, (leaf) => jsonOf(leaf) / PARAGRAPH_JSON);
  const kind = piece.kind === 'item' ? 'text' : piece.kind;
  return [{ ...piece, leaves: first }, ...rest.map((leaves) => ({ kind, leaves }))];
}

/** Escaped. */
function textOf(piece: Piece): string {
  const linked = piece.leaves.map((leaf) =>
    leaf.type === 'link' && leaf.url !== leaf.text ? `${leaf.text} (${leaf.url})` : leaf.text,
  );
  const text = escape(linked.join(''));
  if (piece.kind === 'quote') return quote(text);
  if (piece.kind !== 'item') return text;
  const { list, number } = piece;
  return `${'    '.repeat(list.indent)}${list.ordered ? `${number}.` : '•'} ${text}`;
}

/** `offset`: how many numbers come before. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
type Element = RichTextSection | (RichTextList & { offset?: number }) | RichTextQuote | RichTextPreformatted;

const DEEPEST_INDENT = 8;

/** These blocks hold only text and links, so they can't notify anyone. */
function richBlocks(pieces: readonly Piece[]): (RichTextBlock | TableBlock)[] {
  const groups: [Piece, ...Piece[]][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    if (group !== undefined && keyOf(group[0]) === keyOf(piece)) group.push(piece);
    else groups.push([piece]);
  }
  const blocks: (RichTextBlock | TableBlock)[] = [];
  for (const group of groups) {
    const [first] = group;
    const last = blocks.at(-1);
    if (first.kind === 'table') blocks.push(first.block);
    else if (last?.type === 'rich_text') last.elements.push(elementOf(group));
    else blocks.push({ type: 'rich_text', elements: [elementOf(group)] });
  }
  return blocks;
}

/** Neighbors with the same key are one element: paragraphs, lines of a quote, items of a list. */
function keyOf(piece: Piece): unknown {
  if (piece.kind === 'item') return piece.list;
  return piece.kind === 'code' ? piece : piece.kind;
}

function elementOf(group: readonly [Piece, ...Piece[]]): Element {
  const [first] = group;
  switch (first.kind) {
    case 'item':
      return listOf(first, group);
    case 'quote':
      return { type: 'rich_text_quote', elements: joined(leavesOf(group), '\n') };
    case 'text':
      return section(joined(leavesOf(group), '\n\n'));
    case 'code':
    case 'table':
      return { type: 'rich_text_preformatted', elements: first.leaves };
  }
}

const leavesOf = (pieces: readonly Piece[]): Leaf[][] => pieces.map(({ leaves }) => leaves);

function joined(lists: readonly Leaf[][], gap: string): Leaf[] {
  return lists.flatMap((leaves, at) => (at === 0 ? leaves : [plain(gap), ...leaves]));
}

function listOf({ list, number }: Extract<Piece, { kind: 'item' }>, group: readonly Piece[]): Element {
  const { ordered, indent } = list;
  return {
    type: 'rich_text_list',
    style: ordered ? 'ordered' : 'bullet',
    elements: group.map(({ leaves }) => section(leaves)),
    ...(indent > 0 && { indent: Math.min(indent, DEEPEST_INDENT) }),
    ...(ordered && number > 1 && { offset: number - 1 }),
  };
}

function section(elements: Leaf[]): RichTextSection {
  return { type: 'rich_text_section', elements };
}
