import type { Block } from './blocks.ts';
import type { Element } from './elements.ts';
import { LIMIT } from './limits.ts';

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
  const elements = elementsOf(block);
  const ids = elements.map(({ element, pointer }) => ({
    id: element.action_id,
    pointer: `${at}${pointer}/action_id`,
  }));
  return [
    ...repeated(ids, 'action_id'),
    ...elements.flatMap(({ element, pointer }) => checkElement(element, `${at}${pointer}`)),
  ];
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

function checkElement(element: Element, at: string): Violation[] {
  if ('options' in element && element.type !== 'overflow') return checkInitial(element, at);
  if (element.type === 'plain_text_input') return checkTextLength(element, at);
  return element.type === 'number_input' ? checkNumber(element, at) : [];
}

type WithOptions = Extract<Element, { type: 'static_select' | 'checkboxes' | 'radio_buttons' }>;

/** An initial option must equal one of the options, text and description included. */
function checkInitial(element: WithOptions, at: string): Violation[] {
  const known = new Set(element.options.map(canonical));
  const many = 'initial_options' in element ? (element.initial_options ?? []) : [];
  const one =
    'initial_option' in element && element.initial_option !== undefined ? [element.initial_option] : [];
  const stray = [...many, ...one].filter((option) => !known.has(canonical(option)));
  return stray.map(({ value }) => ({
    pointer: at,
    message: `initial option "${value}" is not among the options`,
  }));
}

function canonical({ text, value, description }: OptionLike): string {
  return JSON.stringify([text.type, text.text, value, description?.text ?? null]);
}
type OptionLike = {
  text: { type: string; text: string };
  value: string;
  description?: { text: string } | undefined;
};

function checkTextLength(element: Extract<Element, { type: 'plain_text_input' }>, at: string): Violation[] {
  const max = element.max_length ?? LIMIT.inputText;
  const length = element.initial_value?.length;
  if (length !== undefined && length > max) {
    return [{ pointer: `${at}/initial_value`, message: `must be at most max_length (${max}) characters` }];
  }
  return [];
}

function checkNumber(element: Extract<Element, { type: 'number_input' }>, at: string): Violation[] {
  const { min_value: min, max_value: max, initial_value: initial } = element;
  const values = [min, max, initial].filter((value) => value !== undefined);
  if (!element.is_decimal_allowed && values.some((value) => value.includes('.'))) {
    return [{ pointer: at, message: 'decimals are not allowed here' }];
  }
  if (Number(min ?? -Infinity) > Number(max ?? Infinity)) {
    return [{ pointer: `${at}/min_value`, message: 'must not exceed max_value' }];
  }
  if (
    initial !== undefined &&
    (Number(initial) < Number(min ?? -Infinity) || Number(initial) > Number(max ?? Infinity))
  ) {
    return [{ pointer: `${at}/initial_value`, message: 'must lie between min_value and max_value' }];
  }
  return [];
}
