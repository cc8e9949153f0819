import { unescape } from '../views/text.ts';

/** Keys of blocks and elements with text for people; the rest is layout. */
const TEXT_KEYS = [
  'text',
  'fields',
  'title',
  'elements',
  'alt_text',
  'url',
  'name',
  'blocks',
  'rows',
] as const;
const BREAKS = new Set(['rich_text_section', 'rich_text_list', 'rich_text_quote', 'rich_text_preformatted']);

/** The readable text of any blocks, even of unknown kinds. */
export function blocksText(blocks: unknown[]): string {
  return blocks
    .map((block) => read(block, DEEPEST).trim())
    .filter((text) => text !== '')
    .join('\n');
}

/** Slack nests nothing deeper. */
const DEEPEST = 30;

function read(node: unknown, depth: number): string {
  if (typeof node === 'string') return unescape(node);
  if (depth === 0) return '';
  if (Array.isArray(node))
    return node
      .map((one) => read(one, depth - 1))
      .filter((text) => text !== '')
      .join('');
  if (!isRecord(node)) return '';
  switch (node['type']) {
    case 'user':
      return `<@${String(node['user_id'])}>`;
    case 'link':
      return link(node);
    case 'emoji':
      return `:${String(node['name'])}:`;
    case 'broadcast':
      return `@${String(node['range'])}`;
    default:
      return container(node, depth - 1);
  }
}

function container(node: Record<string, unknown>, depth: number): string {
  const parts = TEXT_KEYS.flatMap((key) => {
    const value = node[key];
    if (value === undefined || (key === 'url' && node['type'] !== 'image')) return [];
    if (key === 'alt_text' && node['type'] !== 'image') return [];
    if (key === 'rows') return [table(value, depth)];
    return Array.isArray(value) && key === 'fields'
      ? value.map((one) => read(one, depth))
      : [read(value, depth)];
  });
  const type = String(node['type']);
  const text = parts.filter((part) => part !== '').join(type === 'section' ? '\n' : ' ');
  return BREAKS.has(type) ? `${text}\n` : text;
}

/** As a code block, so that nothing in a cell is read as an option or a mention. */
function table(rows: unknown, depth: number): string {
  const lines = listOf(rows).map((row) => listOf(row).map((cell) => cellText(cell, depth)));
  if (lines.flat().every((cell) => cell === '')) return '';
  return ['```', ...lines.map((cells) => cells.join(' | ')), '```'].join('\n');
}

/** https://docs.slack.dev/reference/block-kit/blocks/table-block */
function cellText(cell: unknown, depth: number): string {
  const isNumber = isRecord(cell) && cell['type'] === 'raw_number';
  const text = isNumber ? String(cell['text'] ?? cell['value']) : read(cell, depth);
  // It would end the code block.
  return text.replaceAll(/\s+/g, ' ').trim().replaceAll('```', "'''");
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function link(node: Record<string, unknown>): string {
  const url = String(node['url']);
  const label = node['text'];
  return typeof label === 'string' && label !== url ? `${label} (${url})` : url;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
