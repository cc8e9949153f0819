import type { Block } from '../../slack/rules/blocks.ts';
import type { Element } from '../../slack/rules/elements.ts';
import type { App } from './app.ts';
import { element } from './elements.ts';
import { type InputBlock, type Labels, type Surface, placeOf } from './entries.ts';
import { type Child, h, tag, type VNode } from './h.ts';
import { anyText, plainText } from './mrkdwn.ts';
import { richText, table } from './rich-text.ts';
import { wording } from './words.ts';

/** https://docs.slack.dev/reference/block-kit/blocks */

export function blocksOf(app: App, surface: Surface, blocks: readonly Block[]): VNode[] {
  const keyOf = keysOfBlocks();
  return blocks.map((block) =>
    h('div.block', { key: keyOf(block), 'data-block': block.block_id }, shown(app, surface, block)),
  );
}

/**
 * Slack names blocks anew at each edit, so a block is known by its place among those of its kind: what has the focus
 * keeps it. Inputs have names of the app's own, and others may come between them.
 */
function keysOfBlocks(): (block: Block) => string {
  const counts = new Map<string, number>();
  return ({ type, block_id: blockId = '' }) => {
    if (type === 'input') return blockId;
    const before = counts.get(type) ?? 0;
    counts.set(type, before + 1);
    return `${type}-${before}`;
  };
}

function shown(app: App, surface: Surface, block: Block): Child {
  const { state } = app;
  switch (block.type) {
    case 'section':
      return section(app, surface, block);
    case 'context':
      return tag(
        'div.context',
        block.elements.map((one) => tag('span', anyText(state, one))),
      );
    case 'actions':
      return tag(
        'div.actions',
        block.elements.map((one) => loose(app, surface, block.block_id ?? '', one)),
      );
    case 'input':
      return input(app, surface, block);
    case 'alert':
      return h(
        'div.alert',
        { role: 'note', 'data-level': block.level ?? 'default' },
        anyText(state, block.text),
      );
    case 'header':
      return tag('h3.header', plainText(block.text));
    case 'divider':
      return tag('hr');
    case 'rich_text':
      return richText(state, block);
    case 'table':
      return table(state, block);
  }
}

function section(app: App, surface: Surface, block: Extract<Block, { type: 'section' }>): VNode {
  const { text, accessory, block_id: blockId = '' } = block;
  return tag(
    'div.section',
    tag('div.section-text', anyText(app.state, text)),
    accessory === undefined ? null : tag('div.accessory', loose(app, surface, blockId, accessory)),
  );
}

/** An element without a label: each change goes to the app at once. */
function loose(app: App, surface: Surface, blockId: string, one: Element): Child {
  const id = fieldId(surface, blockId, one);
  const placeholder = 'placeholder' in one ? one.placeholder?.text : undefined;
  const labels = { id, labelledBy: `${id}-label`, describedBy: null, isInvalid: false };
  const spot = { surface, blockId, element: one, dispatches: true };
  return one.type === 'button' || one.type === 'overflow'
    ? element(app, spot, labels)
    : h(
        'div.loose',
        { key: id },
        h('span.sr-only', { id: `${id}-label` }, placeholder ?? wording.form.choice),
        element(app, spot, labels),
      );
}

function input(app: App, surface: Surface, block: InputBlock): VNode {
  const { block_id: blockId = '', label, hint, optional = false } = block;
  const id = fieldId(surface, blockId, block.element);
  const error = surface.errors[blockId];
  const notes = [
    ...(error === undefined ? [] : [`${id}-error`]),
    ...(hint === undefined ? [] : [`${id}-hint`]),
  ];
  const labels: Labels = {
    id,
    labelledBy: `${id}-label`,
    describedBy: notes.length === 0 ? null : notes.join(' '),
    isInvalid: error !== undefined,
  };
  return tag(
    error === undefined ? 'div.input' : 'div.input.invalid',
    h(
      'label.label',
      { id: `${id}-label`, for: id },
      plainText(label),
      optional ? tag('span.optional', wording.form.optional) : null,
    ),
    element(app, { surface, blockId, element: block.element, dispatches: false }, labels),
    error === undefined ? null : h('p.error', { id: `${id}-error`, role: 'alert' }, error),
    hint === undefined ? null : h('p.hint', { id: `${id}-hint` }, plainText(hint)),
  );
}

function fieldId({ target }: Surface, blockId: string, one: Element): string {
  return `f-${[placeOf(target), blockId, one.action_id ?? ''].join('-').replaceAll(/[^\w-]/g, '_')}`;
}
