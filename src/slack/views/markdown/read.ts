import MarkdownIt, { type Token } from 'markdown-it';
import { inBounds } from '../text.ts';
import {
  attribute,
  inlineLeaves,
  plainLeaf,
  readableHtml,
  type Align,
  type Leaf,
  type Piece,
  type TablePiece,
} from './inline.ts';

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

type List = { ordered: boolean; next: number; isFresh: boolean };

/** The parser returns a flat list of openings and closings; this tracks what is open. */
function createReader(markdown: string) {
  const lines = markdown.split(/\r\n?|\n/);
  const out: Piece[] = [];
  const lists: List[] = [];
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
  function marker(list: List | undefined): Leaf[] {
    if (list === undefined || !list.isFresh) return [];
    return [plainLeaf(list.ordered ? `${list.next}. ` : '• ')];
  }

  function itemOf(list: List, leaves: Leaf[]): Piece {
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
function withTaskSign(leaves: Leaf[], list: List | undefined): Leaf[] {
  const [first, ...rest] = leaves;
  const sign = list?.isFresh === true && first !== undefined ? TASK.exec(first.text)?.[1] : undefined;
  if (first === undefined || sign === undefined) return leaves;
  return [{ ...first, text: `${sign === ' ' ? '☐' : '☑'} ${first.text.slice('[x] '.length)}` }, ...rest];
}

function alignOf(token: Token): Align {
  const style = attribute(token, 'style');
  return (['left', 'center', 'right'] as const).find((side) => style.endsWith(side)) ?? null;
}
