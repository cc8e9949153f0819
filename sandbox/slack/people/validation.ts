import type { StateValue, View } from '../model.ts';
import type { Block } from '../rules/blocks.ts';
import type { InputElement } from '../rules/elements.ts';
import { isBlank } from '../view-state.ts';

/** What Slack's client refuses by itself, before it sends the submission. By block id. */
export function clientErrors(view: View): Record<string, string> {
  return Object.fromEntries(
    view.definition.blocks.flatMap((block) => {
      const error = block.type === 'input' ? inputError(block, view) : null;
      return error === null ? [] : [[block.block_id ?? '', error]];
    }),
  );
}

function inputError(block: Extract<Block, { type: 'input' }>, view: View): string | null {
  const { element } = block;
  const held = view.values[block.block_id ?? '']?.[element.action_id ?? ''];
  if (held === undefined) return null;
  if (isBlank(held)) return block.optional === true ? null : 'Please complete this required field.';
  return contentError(element, held);
}

function contentError(element: InputElement, held: StateValue): string | null {
  const text = typeof held['value'] === 'string' ? held['value'] : '';
  if (element.type === 'plain_text_input') return lengthError(element, text);
  if (element.type === 'number_input') return numberError(element, text);
  if (element.type === 'file_input') return tooMany(held['files'], element.max_files ?? 10);
  const most = 'max_selected_items' in element ? element.max_selected_items : undefined;
  return most === undefined ? null : tooMany(Object.values(held).find(Array.isArray), most);
}

function lengthError({ min_length = 0, max_length = 3000 }: Bounds, text: string): string | null {
  if (text.length > max_length) return `This field must be at most ${max_length} characters.`;
  return text.length < min_length ? `This field must be at least ${min_length} characters.` : null;
}
type Bounds = { min_length?: number | undefined; max_length?: number | undefined };

function numberError(element: Extract<InputElement, { type: 'number_input' }>, text: string): string | null {
  const number = Number(text);
  if (Number.isNaN(number)) return 'Please enter a number.';
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return 'Please enter a whole number.';
  if (number < Number(element.min_value ?? -Infinity)) return `Must be at least ${element.min_value}.`;
  return number > Number(element.max_value ?? Infinity) ? `Must be at most ${element.max_value}.` : null;
}

function tooMany(list: unknown, most: number): string | null {
  return Array.isArray(list) && list.length > most ? `Select at most ${most}.` : null;
}
