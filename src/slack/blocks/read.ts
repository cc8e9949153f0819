import { unescape } from './text.ts';

/** Keys of blocks and elements that hold what a person reads; the rest is layout. */
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

/** The readable text of any blocks, also of kinds not known here: what an alert bot says in blocks alone. */
export function blocksText(blocks: unknown[]): string {
  return blocks
    .map((block) => read(block, DEEPEST).trim())
    .filter((text) => text !== '')
    .join('\n');
}

/** What is nested deeper is none of Slack's. */
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
    return Array.isArray(value) && key === 'fields'
      ? value.map((one) => read(one, depth))
      : [read(value, depth)];
  });
  const type = String(node['type']);
  const text = parts.filter((part) => part !== '').join(type === 'section' ? '\n' : ' ');
  return BREAKS.has(type) ? `${text}\n` : text;
}

function link(node: Record<string, unknown>): string {
  const url = String(node['url']);
  const label = node['text'];
  return typeof label === 'string' && label !== url ? `${label} (${url})` : url;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
