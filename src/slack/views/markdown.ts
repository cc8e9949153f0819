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
import { splitText, escape, inBounds, isAddress, oneLine, quote, truncate } from './text.ts';

/** How much of a message is read. A longer one is posted as a file. */
const LONGEST_READ = 6000;
/** A message that is nested more deeply is shown as it was written. It keeps lists within Slack's eight levels. */
const DEEPEST = 20;

/** Tags are shown as they were written. */
const parser = new MarkdownIt('default', { linkify: true, maxNesting: DEEPEST + 1 });
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
  const [beginning = ''] = splitText(markdown, LONGEST_READ);
  const read = inBounds(beginning);
  try {
    const tokens = parser.parse(read, {});
    if (tokens.every(({ level }) => level < DEEPEST)) return piecesOf(tokens);
  } catch {
    // What can't be read stays as it was written.
  }
  return [codePiece(read)];
}

/** The parser returns a flat list of openings and closings. */
function piecesOf(tokens: readonly Token[]): Piece[] {
  const pieces: Piece[] = [];
  /** Those that are open. */
  const lists: List[] = [];
  let quotes = 0;
  /** Of the table that is open. */
  let rows: Leaf[][][] = [];

  function add(leaves: Leaf[]): void {
    const last = pieces.at(-1);
    if (last?.kind === 'item' && last.list === lists.at(-1))
      last.leaves.push(...(last.leaves.length === 0 ? [] : [plain('\n')]), ...leaves);
    else pieces.push({ kind: quotes > 0 ? 'quote' : 'text', leaves });
  }

  for (const [at, token] of tokens.entries()) {
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
      case 'inline': {
        const leaves = inlineLeaves(token, tokens[at - 1]?.type === 'heading_open' ? ['strong'] : []);
        const row = rows.at(-1);
        if (row === undefined) add(leaves);
        else row.push(leaves);
        break;
      }
      case 'fence':
      case 'code_block':
        pieces.push(codePiece(token.content.replace(/\n$/, '')));
        break;
      case 'tr_open':
        rows.push([]);
        break;
      case 'table_close': {
        // A message takes one.
        const isFirst = pieces.every(({ kind }) => kind !== 'table');
        pieces.push(tablePiece(rows, isFirst));
        rows = [];
      }
    }
  }
  return withWords(pieces);
}

const withWords = (pieces: Piece[]): Piece[] => pieces.filter(({ leaves }) => textIn(leaves).trim() !== '');

const codePiece = (text: string): Piece => ({ kind: 'code', leaves: [plain(text)] });

/** https://docs.slack.dev/reference/block-kit/blocks/table-block */
const MOST_CELLS = 20;
/** As JSON; Slack takes 10,000 characters in a table, and about 13,000 in all blocks. It keeps rows below Slack's 100. */
const TABLE_JSON = 8000;

/** What Slack doesn't take as a table is a code block with its words. The parser fills each row. */
function tablePiece(rows: Leaf[][][], isTaken: boolean): Piece {
  const leaves = joined(
    rows.map((row) => joined(row, ' | ')),
    '\n',
  );
  const columns = rows[0] ?? [];
  const block: TableBlock = {
    type: 'table',
    rows: rows.map((row) => row.map((words) => ({ type: 'rich_text', elements: [cell(words)] }))),
    column_settings: columns.map(() => ({ is_wrapped: true })),
  };
  const isTable = isTaken && columns.length <= MOST_CELLS && jsonOf(block) <= TABLE_JSON;
  return isTable ? { kind: 'table', block, leaves } : codePiece(textIn(leaves));
}

/** Slack refuses empty ones. */
const cell = (leaves: Leaf[]): RichTextSection => section(leaves.length === 0 ? [plain(' ')] : leaves);

/** By the tags of HTML. */
const STYLES: Readonly<Record<string, 'bold' | 'italic' | 'strike' | 'code'>> = {
  strong: 'bold',
  em: 'italic',
  s: 'strike',
  code: 'code',
};

/** Styles are flat, and a link has one label, in the style around it. `open`: the tags around it. */
function inlineLeaves({ children }: Token, open: string[]): Leaf[] {
  const leaves: Leaf[] = [];
  let link: { url: string; words: string } | null = null;

  function add(text: string, style: Leaf['style']): void {
    const last = leaves.at(-1);
    if (last?.type === 'text' && JSON.stringify(last.style) === JSON.stringify(style)) last.text += text;
    else leaves.push(plain(text, style));
  }

  for (const token of children ?? []) {
    if (token.nesting === 1) open.push(token.tag);
    if (token.nesting === -1) open.pop();
    const style = styleOf([...open, token.tag]);
    const words = token.type.endsWith('break') ? '\n' : token.content;
    if (token.type === 'link_open') link = { url: String(token.attrGet('href')), words: '' };
    else if (token.type === 'link_close' && link !== null) {
      leaves.push(honestLink(link, style));
      link = null;
    } else if (link !== null) link.words += words;
    else if (token.type === 'image')
      leaves.push(honestLink({ url: String(token.attrGet('src')), words }, style));
    else add(words, style);
  }
  return leaves.filter(({ text }) => text !== '');
}

function styleOf(tags: readonly string[]): Leaf['style'] {
  const styles = tags.flatMap((tag) => STYLES[tag] ?? []);
  return styles.length === 0 ? undefined : Object.fromEntries(styles.map((style) => [style, true]));
}

/** Nobody reads longer addresses. */
const ADDRESS_LENGTH = 2000;
const LABEL_LENGTH = 500;

/** A label that reads like an address or a file's name. */
const ADDRESS_IN_LABEL = /\.\p{L}{2}|:\/\//u;
const SCHEME = /^https?:\/\//i;

/** A link that shows where it leads. What Slack doesn't make a link is its words, and the address. */
function honestLink({ url, words }: { url: string; words: string }, style: Leaf['style']): Leaf {
  const label = (words || url).replaceAll('\n', ' ').slice(0, LABEL_LENGTH);
  if (url.length > ADDRESS_LENGTH || !isAddress(url))
    return plain(`${label} (${url.slice(0, LABEL_LENGTH)})`, style);
  // A mail address has none.
  const host = (URL.parse(url)?.host ?? '').replace(/^www\./, '');
  const text = poses(label, host) ? `${label} (${host})` : label;
  return { type: 'link', url, text, ...(style !== undefined && { style }) };
}

/** Whether the label could be taken for an address of another host: it has one, and doesn't begin with this host. */
function poses(label: string, host: string): boolean {
  const words = inBounds(label.normalize('NFKC')).trim().toLowerCase();
  if (host === '' || !ADDRESS_IN_LABEL.test(words)) return false;
  const shown = words.replace(SCHEME, '').replace(/^www\./, '');
  return !shown.startsWith(host) || !/^(?:[/?#:]|$)/.test(shown.slice(host.length));
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
  return parts(withWords([{ kind: 'quote', leaves: [plain(inBounds(text))] }]));
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
  const all = group.map(({ leaves }) => leaves);
  switch (first.kind) {
    case 'item': {
      const { ordered, indent } = first.list;
      const numbered = ordered && { offset: first.number - 1 };
      const style = ordered ? 'ordered' : 'bullet';
      return { type: 'rich_text_list', style, indent, elements: all.map(section), ...numbered };
    }
    case 'quote':
      return { type: 'rich_text_quote', elements: joined(all, '\n') };
    case 'text':
      return section(joined(all, '\n\n'));
    case 'code':
    case 'table':
      return { type: 'rich_text_preformatted', elements: first.leaves };
  }
}

function joined(lists: readonly Leaf[][], gap: string): Leaf[] {
  return lists.flatMap((leaves, at) => (at === 0 ? leaves : [plain(gap), ...leaves]));
}

function section(elements: Leaf[]): RichTextSection {
  return { type: 'rich_text_section', elements };
}
