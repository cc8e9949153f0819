/** A string up to where it ends or breaks: no quote, no line break or other control character, known escapes only. */
const STRING_START = /"(?:[ !#-[\]-\u{10FFFF}]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*/uy;
const TOKEN =
  /[{}[\]:,]|"(?:[ !#-[\]-\u{10FFFF}]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][+-]?\d+)?|true|false|null/uy;
const BLANKS = /[ \t\n\r]*/y;

/** Kinds of tokens: brackets, colon and comma stand for themselves, s: a string, v: another scalar. */
const VALUE = '{[sv';
const KEY = 's';

export type JsonFault = {
  line: number;
  column: number;
  /** The character that cannot stand there; null: the text ends too early. */
  found: string | null;
};

/** Where a text stops being JSON (RFC 8259); null: it is JSON. What `JSON.parse` says does not always name the place. */
export function jsonFault(text: string): JsonFault | null {
  const open: string[] = [];
  let expected = VALUE;
  let at = endOf(BLANKS, text, 0);
  while (at < text.length) {
    const end = endOf(TOKEN, text, at);
    const kind = end === at ? null : kindOf(text.slice(at, end));
    if (kind === null) return faultAt(text, endOf(STRING_START, text, at));
    if (!expected.includes(kind)) return faultAt(text, at);
    expected = follow(kind, expected, open);
    at = endOf(BLANKS, text, end);
  }
  return expected === '' ? null : faultAt(text, text.length);
}

/** Where the pattern's match at an offset ends; the offset itself where it does not match. */
function endOf(sticky: RegExp, text: string, from: number): number {
  sticky.lastIndex = from;
  return from + (sticky.exec(text)?.[0].length ?? 0);
}

function kindOf(token: string): string {
  if (token.startsWith('"')) return 's';
  return /^[{}[\]:,]$/.test(token) ? token : 'v';
}

/** The kinds that may come next; `open` holds the brackets that are not closed yet. */
function follow(kind: string, expected: string, open: string[]): string {
  if (kind === ':') return VALUE;
  if (kind === ',') return open.at(-1) === '{' ? KEY : VALUE;
  if (kind === '{' || kind === '[') {
    open.push(kind);
    return kind === '{' ? `${KEY}}` : `${VALUE}]`;
  }
  if (kind === 's' && (expected === KEY || expected === `${KEY}}`)) return ':';
  if (kind === '}' || kind === ']') open.pop();
  const around = open.at(-1);
  if (around === undefined) return '';
  return around === '{' ? ',}' : ',]';
}

function faultAt(text: string, offset: number): JsonFault {
  const before = text.slice(0, offset);
  const [found = null] = text.slice(offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n'), found };
}
