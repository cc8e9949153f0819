import { Marked } from 'marked';
import type { MarkedToken, Token } from 'marked';

const marked = new Marked({ gfm: true });

/** What Markdown says; null where it is nested so deeply that it cannot be read. */
export function readMarkdown(markdown: string): MarkedToken[] | null {
  try {
    return known(marked.lexer(markdown));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const TYPES: ReadonlySet<string> = new Set<MarkedToken['type']>([
  'blockquote',
  'br',
  'checkbox',
  'code',
  'codespan',
  'def',
  'del',
  'em',
  'escape',
  'heading',
  'hr',
  'html',
  'image',
  'link',
  'list',
  'list_item',
  'paragraph',
  'space',
  'strong',
  'table',
  'text',
]);

/** The parser's own kinds; it has no others while no extension is used. */
export function known(tokens: readonly Token[] | undefined): MarkedToken[] {
  return (tokens ?? []).filter((token): token is MarkedToken => TYPES.has(token.type));
}

const ENTITY = /&(?:amp|lt|gt|quot|apos|nbsp|#39);/g;
const CHARACTERS: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&nbsp;': ' ',
};

/** Text as a person reads it: the parser leaves HTML's entities as they are. */
export function readable(text: string): string {
  return text.replaceAll(ENTITY, (entity) => CHARACTERS[entity] ?? entity);
}

const COMMENT = /<!--[^]*?(?:-->|$)/g;

/** Nobody sees comments; other tags are shown as they were written. */
export function readableHtml(html: string): string {
  return /^<br\s*\/?>$/i.test(html.trim()) ? '\n' : html.replaceAll(COMMENT, '');
}
