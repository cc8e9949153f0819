import type { Block } from '../../slack/rules/blocks.ts';
import type { AppState } from './app.ts';
import { nameOf } from './app.ts';
import { emojiOf } from './emoji.ts';
import { h } from './vnode.ts';
import type { Child } from './vnode.ts';

type RichText = Extract<Block, { type: 'rich_text' }>;
type Part = RichText['elements'][number];
type Leaf = Part['elements'][number];

/** Loosely: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export function richText(state: AppState, { elements }: RichText): Child {
  return h(
    'div.rich-text',
    {},
    elements.map((part) => richPart(state, part)),
  );
}

function richPart(state: AppState, part: Part): Child {
  if (part.type === 'rich_text_list') {
    const items = part.elements.map((item) => h('li', {}, leaves(state, item)));
    return h(part['style'] === 'ordered' ? 'ol' : 'ul', {}, items);
  }
  const shown = part.elements.map((leaf) => richLeaf(state, leaf));
  if (part.type === 'rich_text_quote') return h('blockquote', {}, shown);
  return h(part.type === 'rich_text_preformatted' ? 'pre.code' : 'div.line', {}, shown);
}

function leaves(state: AppState, item: Leaf): Child[] {
  const inner = item['elements'];
  return Array.isArray(inner)
    ? inner.map((leaf: unknown) => (isLeaf(leaf) ? richLeaf(state, leaf) : null))
    : [];
}

function isLeaf(value: unknown): value is Leaf {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function richLeaf(state: AppState, leaf: Leaf): Child {
  const field = (name: string): string => (typeof leaf[name] === 'string' ? leaf[name] : '');
  switch (leaf.type) {
    case 'text':
      return styled(leaf['style'], field('text'));
    case 'link':
      return h('a', { href: field('url'), rel: 'noreferrer' }, field('text') || field('url'));
    case 'emoji':
      return emojiOf(field('name')) ?? `:${field('name')}:`;
    case 'user':
      return h('span.mention', {}, `@${nameOf(state, field('user_id'))}`);
    default:
      return field('text');
  }
}

const STYLES = { bold: 'strong', italic: 'em', strike: 's', code: 'code' };

function styled(style: unknown, text: string): Child {
  if (typeof style !== 'object' || style === null) return text;
  const tags = Object.entries(STYLES).flatMap(([name, tag]) => (Object.hasOwn(style, name) ? [tag] : []));
  return tags.reduce<Child>((inner, tag) => h(tag, {}, inner), text);
}
