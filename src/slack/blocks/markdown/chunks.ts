import type { MarkedToken, Tokens } from 'marked';
import { escape, quote } from '../text.ts';
import { inlineMrkdwn, plainInline } from './inline.ts';
import { withoutFences } from './fences.ts';
import { known, readableHtml } from './tokens.ts';

/** `text` is mrkdwn, escaped; `code` is raw. */
export type Chunk = { kind: 'text'; text: string } | { kind: 'code'; code: string };

const INDENT = '    ';
const RULE = '———';

/** Blocks of Markdown, in order. Code stands by itself wherever it stood: Slack has none within lists and quotes. */
export function chunksOf(tokens: readonly MarkedToken[]): Chunk[] {
  return tokens.flatMap(chunksOfOne).filter((chunk) => chunk.kind === 'code' || chunk.text.trim() !== '');
}

function chunksOfOne(token: MarkedToken): Chunk[] {
  switch (token.type) {
    case 'heading':
      return [text(boldLine(token))];
    case 'paragraph':
      return [text(inlineMrkdwn(known(token.tokens)))];
    case 'text':
      return [text(inlineMrkdwn([token]))];
    case 'code':
      return [{ kind: 'code', code: token.text }];
    case 'table':
      return [{ kind: 'code', code: tableText(token) }];
    case 'blockquote':
      return onText(chunksOf(known(token.tokens)), quote);
    case 'list':
      return listChunks(token);
    case 'hr':
      return [text(RULE)];
    case 'html':
      return [text(escape(readableHtml(token.text).trim()))];
    case 'def':
    case 'space':
    case 'checkbox':
      return [];
    default:
      return [text(escape(token.raw))];
  }
}

function text(mrkdwn: string): Chunk {
  return { kind: 'text', text: withoutFences(mrkdwn) };
}

function boldLine(heading: Tokens.Heading): string {
  const line = inlineMrkdwn(known(heading.tokens), ['strong']).replaceAll('\n', ' ').trim();
  return line === '' ? '' : `*${line}*`;
}

function onText(chunks: Chunk[], change: (text: string) => string): Chunk[] {
  return chunks.map((chunk) => (chunk.kind === 'text' ? { kind: 'text', text: change(chunk.text) } : chunk));
}

function listChunks(list: Tokens.List): Chunk[] {
  const start = list.start === '' ? 1 : list.start;
  const items = list.items.map((item, index) => {
    const signs = [
      ...(list.ordered ? [`${start + index}.`] : item.task ? [] : ['•']),
      ...(item.task ? [item.checked === true ? '☑' : '☐'] : []),
    ];
    return itemChunks(item, `${signs.join(' ')} `);
  });
  return joined(items.flat());
}

function itemChunks(item: Tokens.ListItem, marker: string): Chunk[] {
  const chunks = chunksOf(known(item.tokens));
  const [first, ...rest] = chunks[0]?.kind === 'text' ? chunks : [text(''), ...chunks];
  const head = onText(first === undefined ? [] : [first], (words) => marker + indentRest(words));
  return [...head, ...onText(rest, (words) => INDENT + indentRest(words))];
}

function indentRest(words: string): string {
  return words.replaceAll('\n', `\n${INDENT}`);
}

/** Lines of a list stand close together. */
function joined(chunks: Chunk[]): Chunk[] {
  const out: Chunk[] = [];
  for (const chunk of chunks) {
    const last = out.at(-1);
    if (last?.kind === 'text' && chunk.kind === 'text') {
      out[out.length - 1] = { kind: 'text', text: `${last.text}\n${chunk.text}` };
    } else {
      out.push(chunk);
    }
  }
  return out;
}

function tableText({ header, rows, align }: Tokens.Table): string {
  const lines = [header, ...rows].map((cells) => cells.map((cell) => plainInline(known(cell.tokens))));
  const widths = header.map((_cell, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  const [head = '', ...body] = lines.map((line) =>
    widths
      .map((width, column) => padded(line[column] ?? '', width, align[column] ?? null))
      .join(' | ')
      .trimEnd(),
  );
  return [head, widths.map((width) => '-'.repeat(width)).join('-+-'), ...body].join('\n');
}

function padded(cell: string, width: number, align: Tokens.Table['align'][number]): string {
  const room = width - widthOf(cell);
  const before = align === 'right' ? room : align === 'center' ? Math.floor(room / 2) : 0;
  return ' '.repeat(before) + cell + ' '.repeat(room - before);
}

function widthOf(cell: string): number {
  return Array.from(cell).length;
}
