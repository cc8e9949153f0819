import type { Block } from '../../slack/rules/blocks.ts';
import type { RichLeaf, RichPart } from '../../slack/rules/rich-text.ts';
import { type AppState, nameOf } from './app.ts';
import { type Child, h, tag } from './h.ts';
import { wording } from './words.ts';

type RichText = Extract<Block, { type: 'rich_text' }>;
type Table = Extract<Block, { type: 'table' }>;
type List = Extract<RichPart, { type: 'rich_text_list' }>;

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export function richText(state: AppState, { elements }: RichText): Child {
  return tag(
    'div.rich-text',
    elements.map((part) => richPart(state, part)),
  );
}

/** https://docs.slack.dev/reference/block-kit/blocks/table-block: the first row is the header. */
export function table(state: AppState, { rows, column_settings: settings = [] }: Table): Child {
  const [head = [], ...body] = rows;
  const alignOf = (at: number): string => settings[at]?.align ?? 'left';
  const row = (cell: 'th' | 'td', cells: Table['rows'][number]): Child =>
    tag(
      'tr',
      cells.map((one, at) => tag(`${cell}.${alignOf(at)}`, richText(state, one))),
    );
  return h(
    'div.table',
    { tabindex: 0, role: 'group', 'aria-label': wording.message.table },
    tag(
      'table',
      tag('thead', row('th', head)),
      tag(
        'tbody',
        body.map((cells) => row('td', cells)),
      ),
    ),
  );
}

function richPart(state: AppState, part: RichPart): Child {
  if (part.type === 'rich_text_list') return list(state, part);
  const shown = part.elements.map((leaf) => richLeaf(state, leaf));
  if (part.type === 'rich_text_quote') return tag('blockquote', shown);
  return tag(part.type === 'rich_text_preformatted' ? 'pre.code' : 'div.line', shown);
}

function list(state: AppState, { style, indent = 0, offset = 0, elements }: List): Child {
  const items = elements.map((item) =>
    tag(
      'li',
      item.elements.map((leaf) => richLeaf(state, leaf)),
    ),
  );
  return style === 'ordered'
    ? h(`ol.indent-${indent}`, { start: offset + 1 }, items)
    : tag(`ul.indent-${indent}`, items);
}

function richLeaf(state: AppState, leaf: RichLeaf): Child {
  switch (leaf.type) {
    case 'text':
      return styled(leaf.style, leaf.text);
    case 'link':
      return styled(leaf.style, h('a', { href: leaf.url, rel: 'noreferrer' }, leaf.text ?? leaf.url));
    case 'user':
      return tag('span.mention', `@${nameOf(state, leaf.user_id)}`);
    case 'channel':
      return `#${state.snapshot.channels.find(({ id }) => id === leaf.channel_id)?.name ?? leaf.channel_id}`;
  }
}

const STYLES = [
  ['bold', 'strong'],
  ['italic', 'em'],
  ['strike', 's'],
  ['code', 'code'],
] as const;

function styled(style: RichLeaf['style'], shown: Child): Child {
  return STYLES.reduce<Child>(
    (inner, [name, element]) => (style?.[name] === true ? tag(element, inner) : inner),
    shown,
  );
}
