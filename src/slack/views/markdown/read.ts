import MarkdownIt, { type Token } from 'markdown-it';
import { inBounds, isAddress } from '../text.ts';

/** Deeper nesting is shown as it was written. */
const DEEPEST = 20;
/** How much of a message is read. A longer one is posted as a file. */
export const LONGEST_READ = 6000;
const RULE = '———';

const parser = new MarkdownIt('default', { html: true, linkify: true, maxNesting: DEEPEST });
// Only addresses with a scheme: `config.js` and `a.b@c` stay text.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

/** Reads Markdown. What it can't read stays as it was written. */
export function readMarkdown(markdown: string): Piece[] {
  const start = inBounds(markdown.slice(0, endOf(markdown)));
  try {
    return createReader(start).pieces(parser.parse(start, {}));
  } catch {
    return [{ kind: 'code', text: start }];
  }
}

/** Between two lines, if one of them ends in the second half. */
function endOf(markdown: string): number {
  if (markdown.length <= LONGEST_READ) return markdown.length;
  const line = markdown.lastIndexOf('\n', LONGEST_READ);
  return line > LONGEST_READ / 2 ? line : LONGEST_READ;
}

type OpenList = { ordered: boolean; next: number; isFresh: boolean };

/** The parser returns a flat list of openings and closings; this tracks what is open. */
function createReader(markdown: string) {
  const lines = markdown.split(/\r\n?|\n/);
  const out: Piece[] = [];
  const lists: OpenList[] = [];
  let quotes = 0;
  let isHeading = false;
  let table: TablePiece | null = null;

  function words(leaves: Leaf[]): void {
    if (leaves.every(({ text }) => text.trim() === '')) return;
    const list = lists.at(-1);
    if (quotes > 0) out.push({ kind: 'quote', leaves: [...marker(list), ...leaves] });
    else if (list === undefined) out.push({ kind: 'text', heading: isHeading, leaves });
    else out.push(list.isFresh ? itemOf(list, leaves) : { kind: 'more', indent: lists.length - 1, leaves });
    if (list !== undefined) list.isFresh = false;
  }

  /** Slack has no lists in quotes. */
  function marker(list: OpenList | undefined): Leaf[] {
    if (list === undefined || !list.isFresh) return [];
    return [plainLeaf(list.ordered ? `${list.next}. ` : '• ')];
  }

  function itemOf(list: OpenList, leaves: Leaf[]): Piece {
    return { kind: 'item', number: list.ordered ? list.next : null, indent: lists.length - 1, leaves };
  }

  function beginItem(token: Token): void {
    const list = lists.at(-1);
    if (list === undefined) return;
    list.isFresh = true;
    if (list.ordered) list.next = Number(token.info);
  }

  /** Whether the parser left something out because it was nested too deeply. */
  function leftOut(token: Token, next: Token | undefined): boolean {
    const isContainer = token.type === 'blockquote_open' || token.type === 'list_item_open';
    return isContainer && token.level >= DEEPEST - 1 && next?.nesting === -1;
  }

  function read(token: Token): void {
    switch (token.type) {
      case 'blockquote_open':
      case 'blockquote_close':
        quotes += token.nesting;
        return;
      case 'bullet_list_open':
      case 'ordered_list_open':
        lists.push({ ordered: token.type === 'ordered_list_open', next: 1, isFresh: false });
        return;
      case 'bullet_list_close':
      case 'ordered_list_close':
        lists.pop();
        return;
      case 'list_item_open':
        return beginItem(token);
      case 'heading_open':
      case 'heading_close':
        isHeading = token.nesting === 1;
        return;
      case 'inline':
        return inline(token);
      case 'fence':
      case 'code_block':
        return code(token.content.replace(/\n$/, ''));
      case 'html_block':
        return words([plainLeaf(readableHtml(token.content).trim())]);
      case 'hr':
        return words([plainLeaf(RULE)]);
      default:
        return readTable(token);
    }
  }

  function inline(token: Token): void {
    const leaves = inlineLeaves(token.children ?? []);
    if (table === null) words(withTaskSign(leaves, lists.at(-1)));
    else table.rows.at(-1)?.push(leaves);
  }

  function readTable(token: Token): void {
    if (token.type === 'table_open') {
      table = { kind: 'table', rows: [], align: [], source: sourceOf(token) };
      out.push(table);
    }
    if (token.type === 'table_close') table = null;
    if (token.type === 'tr_open') table?.rows.push([]);
    if (token.type === 'th_open') table?.align.push(alignOf(token));
  }

  function sourceOf({ map }: Token): string {
    return map === null ? '' : lines.slice(...map).join('\n');
  }

  function code(text: string): void {
    if (text.trim() !== '') out.push({ kind: 'code', text });
  }

  return {
    pieces(tokens: readonly Token[]): Piece[] {
      for (const [at, token] of tokens.entries()) {
        if (leftOut(token, tokens[at + 1])) code(sourceOf(token));
        read(token);
      }
      return out;
    },
  };
}

const TASK = /^\[([ xX])\] /;

/** `[x] done` at the start of an item. */
function withTaskSign(leaves: Leaf[], list: OpenList | undefined): Leaf[] {
  const [first, ...rest] = leaves;
  const sign = list?.isFresh === true && first !== undefined ? TASK.exec(first.text)?.[1] : undefined;
  if (first === undefined || sign === undefined) return leaves;
  return [{ ...first, text: `${sign === ' ' ? '☐' : '☑'} ${first.text.slice('[x] '.length)}` }, ...rest];
}

function alignOf(token: Token): Align {
  const style = attribute(token, 'style');
  return (['left', 'center', 'right'] as const).find((side) => style.endsWith(side)) ?? null;
}

type Style = 'bold' | 'italic' | 'strike';
type State = { leaves: Leaf[]; open: Record<Style, number>; link: { href: string; from: number } | null };

const STYLES: Readonly<Record<string, Style>> = { strong: 'bold', em: 'italic', s: 'strike' };

/** Inline Markdown as leaves: styles are flat, and a link has one label. */
function inlineLeaves(tokens: readonly Token[]): Leaf[] {
  const state: State = { leaves: [], open: { bold: 0, italic: 0, strike: 0 }, link: null };
  for (const token of tokens) read(state, token);
  return joined(state.leaves);
}

function read(state: State, token: Token): void {
  const style = Object.hasOwn(STYLES, token.tag) ? STYLES[token.tag] : undefined;
  if (style !== undefined && token.nesting !== 0) {
    state.open[style] += token.nesting;
    return;
  }
  switch (token.type) {
    case 'link_open':
      state.link = { href: attribute(token, 'href'), from: state.leaves.length };
      return;
    case 'link_close':
      closeLink(state);
      return;
    case 'image':
      return add(state, honestLink(attribute(token, 'src'), token.content));
    case 'softbreak':
    case 'hardbreak':
      return add(state, { text: '\n', url: null });
    case 'html_inline':
      return add(state, { text: readableHtml(token.content), url: null });
    default:
      return add(state, { text: token.content, url: null }, token.type === 'code_inline');
  }
}

function add(
  { leaves, open }: State,
  { text, url }: { text: string; url: string | null },
  code = false,
): void {
  if (text === '') return;
  leaves.push({ text, url, code, bold: open.bold > 0, italic: open.italic > 0, strike: open.strike > 0 });
}

/** If a label has several styles, the first one counts. */
function closeLink(state: State): void {
  if (state.link === null) return;
  const { href, from } = state.link;
  const label = state.leaves.splice(from);
  const words = textIn(label).replaceAll('\n', ' ');
  const { text, url } = honestLink(href, words === '' ? href : words);
  if (text !== '') state.leaves.push({ ...(label[0] ?? plainLeaf(text)), text, url });
  state.link = null;
}

function attribute({ attrs }: Token, name: string): string {
  return String(attrs?.find(([key]) => key === name)?.[1] ?? '');
}

function joined(leaves: readonly Leaf[]): Leaf[] {
  const out: Leaf[] = [];
  for (const leaf of leaves) {
    const last = out.at(-1);
    if (last !== undefined && isAlike(last, leaf))
      out[out.length - 1] = { ...last, text: last.text + leaf.text };
    else out.push(leaf);
  }
  return out;
}

function isAlike(a: Leaf, b: Leaf): boolean {
  const isSame = a.bold === b.bold && a.italic === b.italic && a.strike === b.strike && a.code === b.code;
  return isSame && a.url === null && b.url === null;
}

const COMMENT = /<!--[^]*?(?:-->|$)/g;

/** Removes comments; other tags are shown as written. */
function readableHtml(html: string): string {
  return /^<br *\/?>$/i.test(html.trim()) ? '\n' : html.replaceAll(COMMENT, '');
}

/** Nobody reads longer addresses. */
const ADDRESS_LENGTH = 2000;
const LABEL_LENGTH = 500;

/** A label that reads like an address or a file's name. */
const ADDRESS_IN_LABEL = /\.\p{L}{2}|:\/\//u;
const SCHEME = /^https?:\/\//i;

/** What a link shows and where it leads; `url` null: Slack doesn't make it a link. */
function honestLink(href: string, label: string): { text: string; url: string | null } {
  const short = label.slice(0, LABEL_LENGTH);
  if (href.length > ADDRESS_LENGTH || !isAddress(href)) {
    const isShown = href === '' || href === label;
    return { text: isShown ? short : `${short} (${href.slice(0, LABEL_LENGTH)})`, url: null };
  }
  const host = hostOf(href);
  return { text: host !== null && poses(short, host) ? `${short} (${host})` : short, url: href };
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

/** Text in one style. `url`: where it leads. Raw, never empty. */
export type Leaf = {
  text: string;
  bold: boolean;
  italic: boolean;
  strike: boolean;
  code: boolean;
  url: string | null;
};

type Align = 'left' | 'center' | 'right' | null;

export type TablePiece = { kind: 'table'; rows: Leaf[][][]; align: Align[]; source: string };

/** Markdown in order and flat: Slack nests only the levels of a list. */
export type Piece =
  | { kind: 'text'; heading: boolean; leaves: Leaf[] }
  /** `number`: null for a bullet. */
  | { kind: 'item'; number: number | null; indent: number; leaves: Leaf[] }
  /** Another paragraph of the item before. */
  | { kind: 'more'; indent: number; leaves: Leaf[] }
  | { kind: 'quote'; leaves: Leaf[] }
  | { kind: 'code'; text: string }
  | TablePiece;

export function textIn(leaves: readonly Leaf[]): string {
  return leaves.map(({ text }) => text).join('');
}

export function plainLeaf(text: string): Leaf {
  return { text, bold: false, italic: false, strike: false, code: false, url: null };
}
