import type { Block } from './blocks.ts';
import type { Element } from './elements.ts';

/** Rules between the parts of one payload, which no schema of a single part can hold. */
export type Violation = { pointer: string; message: string };

export function checkRelations(blocks: readonly Block[], at = '/blocks'): Violation[] {
  return [
    ...repeated(
      blocks.map(({ block_id }, i) => ({ id: block_id, pointer: `${at}/${i}/block_id` })),
      'block_id',
    ),
    ...blocks.flatMap((block, i) => checkBlock(block, `${at}/${i}`)),
    ...checkFocus(blocks, at),
  ];
}

type Placed = { element: Element; pointer: string };

/** The interactive elements of a block, with where they are. */
export function elementsOf(block: Block): Placed[] {
  if (block.type === 'actions') {
    return block.elements.map((element, i) => ({ element, pointer: `/elements/${i}` }));
  }
  if (block.type === 'input') return [{ element: block.element, pointer: '/element' }];
  if (block.type !== 'section' || block.accessory === undefined) return [];
  return [{ element: block.accessory, pointer: '/accessory' }];
}

function checkBlock(block: Block, at: string): Violation[] {
  const ids = elementsOf(block).map(({ element, pointer }) => ({
    id: element.action_id,
    pointer: `${at}${pointer}/action_id`,
  }));
  return repeated(ids, 'action_id');
}

function repeated(ids: { id: string | undefined; pointer: string }[], what: string): Violation[] {
  const seen = new Set<string>();
  return ids.flatMap(({ id, pointer }) => {
    if (id === undefined) return [];
    if (seen.has(id)) return [{ pointer, message: `${what} "${id}" already exists` }];
    seen.add(id);
    return [];
  });
}

function checkFocus(blocks: readonly Block[], at: string): Violation[] {
  const focused = blocks
    .flatMap(elementsOf)
    .filter(({ element }) => 'focus_on_load' in element && element.focus_on_load === true);
  return focused.length > 1 ? [{ pointer: at, message: 'only one element may have focus_on_load' }] : [];
}
