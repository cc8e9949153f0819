import type { StateValue, StateValues } from './model.ts';
import type { Block } from './rules/blocks.ts';
import type { Element } from './rules/elements.ts';
import { elementsOf } from './rules/relations.ts';

/**
 * `state.values` of a view or message: block id, then action id, then the element's value in its own shape.
 * https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
 */
export function initialValues(blocks: readonly Block[]): StateValues {
  const values: StateValues = {};
  for (const block of blocks) {
    for (const { element } of elementsOf(block)) {
      const value = initialValue(element);
      if (value === null || block.block_id === undefined || element.action_id === undefined) continue;
      values[block.block_id] = { ...values[block.block_id], [element.action_id]: value };
    }
  }
  return values;
}

/**
 * After views.update an input keeps what the person entered while block_id, action_id and type stay the same;
 * its new initial value is then ignored.
 */
export function carryValues(fresh: StateValues, before: StateValues): StateValues {
  return Object.fromEntries(
    Object.entries(fresh).map(([blockId, actions]) => [blockId, carryBlock(actions, before[blockId])]),
  );
}

type BlockValues = Record<string, StateValue>;

function carryBlock(fresh: BlockValues, before: BlockValues | undefined): BlockValues {
  return Object.fromEntries(
    Object.entries(fresh).map(([actionId, value]) => {
      const old = before?.[actionId];
      return [actionId, old?.type === value.type ? old : value];
    }),
  );
}

/** Per element: the field of its state, the property it starts from, and what it holds when nothing is entered. */
export const HELD = {
  plain_text_input: { field: 'value', from: 'initial_value', several: false },
  number_input: { field: 'value', from: 'initial_value', several: false },
  static_select: { field: 'selected_option', from: 'initial_option', several: false },
  external_select: { field: 'selected_option', from: 'initial_option', several: false },
  radio_buttons: { field: 'selected_option', from: 'initial_option', several: false },
  multi_external_select: { field: 'selected_options', from: 'initial_options', several: true },
  checkboxes: { field: 'selected_options', from: 'initial_options', several: true },
  file_input: { field: 'files', from: '', several: true },
} as const;

/** Elements that keep what a person enters; buttons and overflow menus do not. */
export type HoldingElement = Extract<Element, { type: keyof typeof HELD }>;

export function isHolding(element: Element): element is HoldingElement {
  return element.type in HELD;
}

function initialValue(element: Element): StateValue | null {
  if (!isHolding(element)) return null;
  const { type } = element;
  const { field, from, several } = HELD[type];
  const given = new Map<string, unknown>(Object.entries(element)).get(from);
  return { type, [field]: given ?? (several ? [] : null) };
}

/** True when the person has entered nothing there. */
export function isBlank(value: StateValue): boolean {
  return Object.entries(value).every(
    ([field, held]) =>
      field === 'type' || held === null || held === '' || (Array.isArray(held) && held.length === 0),
  );
}
