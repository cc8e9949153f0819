import type { Token } from 'markdown-it';
import { inBounds, isAddress } from '../text.ts';

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

export function attribute({ attrs }: Token, name: string): string {
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
export function readableHtml(html: string): string {
  return /^<br *\/?>$/i.test(html.trim()) ? '\n' : html.replaceAll(COMMENT, '');
}

/** Nobody reads longer addresses. */
const ADDRESS_LENGTH = 2000;
const LABEL_LENGTH = 500;

/** A label that looks like an address, with or without a scheme; ⁄, ∕, ╱ and ⧸ look like a slash. */
const ADDRESS_IN_LABEL =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?((?:[^\s/?#@]*@)?(?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?=[/⁄∕╱⧸?#:]|$)/iu;
/** One in a label. */
const ADDRESS_BEHIND_WORDS = /[^\p{L}\p{N}./⁄∕╱⧸-]((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?=[/⁄∕╱⧸])/iu;
const SCHEME = /[a-z]:\/\//i;

/** What a link shows and where it leads; `url` null: Slack doesn't make it a link. */
function honestLink(href: string, label: string): { text: string; url: string | null } {
  const short = label.slice(0, LABEL_LENGTH);
  if (href.length > ADDRESS_LENGTH || !isAddress(href)) {
    const isShown = href === '' || href === label;
    return { text: isShown ? short : `${short} (${href.slice(0, LABEL_LENGTH)})`, url: null };
  }
  const host = hostOf(href);
  return { text: host !== null && poses(short, href, host) ? `${short} (${host})` : short, url: href };
}

/** Whether the label looks like an address of another host. A file's name is at the end of its address. */
function poses(label: string, href: string, host: string): boolean {
  const words = inBounds(label.normalize('NFKC')).trim();
  if (words === href || words === '') return isDisguised(href);
  const shown = ADDRESS_IN_LABEL.exec(words)?.[1];
  if (shown === undefined) {
    const behind = ADDRESS_BEHIND_WORDS.exec(words)?.[1];
    return SCHEME.test(words) || (behind !== undefined && hostOf(`https://${behind}`) !== host);
  }
  if (hostOf(SCHEME.test(words) ? words : `https://${words}`) === host) return false;
  return SCHEME.test(words) || !href.endsWith(`/${words}`);
}

/** `https://github.com@evil.example`: the part before the `@` isn't the host. */
function isDisguised(href: string): boolean {
  const url = URL.canParse(href) ? new URL(href) : null;
  return url !== null && url.username !== '' && url.protocol !== 'mailto:';
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

export type Align = 'left' | 'center' | 'right' | null;

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
