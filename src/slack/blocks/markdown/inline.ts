import type { Token } from 'markdown-it';
import { honestLink } from './link-label.ts';
import { plainLeaf } from './pieces.ts';
import type { Leaf } from './pieces.ts';

type Style = 'bold' | 'italic' | 'strike';
type State = { leaves: Leaf[]; open: Record<Style, number>; link: { href: string; from: number } | null };

const STYLES: Readonly<Record<string, Style>> = { strong: 'bold', em: 'italic', s: 'strike' };

/** Inline Markdown as leaves: styles are flat, and a link has one label. */
export function inlineLeaves(tokens: readonly Token[]): Leaf[] {
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

/** Of a label in several styles the first one counts. */
function closeLink(state: State): void {
  if (state.link === null) return;
  const { href, from } = state.link;
  const label = state.leaves.splice(from);
  const words = label
    .map(({ text }) => text)
    .join('')
    .replaceAll('\n', ' ');
  const { text, url } = honestLink(href, words === '' ? href : words);
  if (text !== '') state.leaves.push({ ...(label[0] ?? plainLeaf(text)), text, url });
  state.link = null;
}

export function attribute({ attrs }: Token, name: string): string {
  return String(attrs?.find(([key]) => key === name)?.[1] ?? '');
}

/** Neighbors of one style as one. */
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

/** Nobody sees comments; other tags are shown as they were written. */
export function readableHtml(html: string): string {
  return /^<br *\/?>$/i.test(html.trim()) ? '\n' : html.replaceAll(COMMENT, '');
}
