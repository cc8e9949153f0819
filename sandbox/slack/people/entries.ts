import { z } from 'zod';
import type { Option, StateValue } from '../model.ts';
import { type HoldingElement, HELD } from '../view-state.ts';

/** What a person enters: text, an option's value or label, an id, a date; several of them; null empties it. */
export type Entry = string | null | readonly string[];

const optionSchema = z.looseObject({
  text: z.looseObject({ type: z.enum(['plain_text', 'mrkdwn']), text: z.string() }),
  value: z.string(),
});

export type EntryDeps = {
  /** What an external select has been offered so far; of a select of people or conversations, all of them. */
  offered: readonly Option[];
  fileObject: (fileId: string) => Record<string, unknown>;
};

const CHOICES = new Set(['checkboxes', 'radio_buttons']);

/** The element's new state. People can pick only what is offered. */
export function enter(element: HoldingElement, entry: Entry, deps: EntryDeps): StateValue {
  const { type } = element;
  const { field, several } = HELD[type];
  const typed = entry === null ? [] : [entry].flat();
  const values = typed.filter((one) => one !== '').map((one) => valueOf(element, one, deps));
  if (!several && values.length > 1) throw new Error(`${type} takes one value.`);
  return { type, [field]: several ? values : (values[0] ?? null) };
}

function valueOf(element: HoldingElement, entry: string, deps: EntryDeps): unknown {
  if (element.type === 'file_input') return deps.fileObject(entry);
  if (!element.type.includes('select') && !CHOICES.has(element.type)) return entry;
  const options = [...optionsOf(element), ...deps.offered];
  const found = options.find(({ value, text }) => value === entry || text.text === entry);
  if (found === undefined) throw new Error(`${element.type} does not offer "${entry}".`);
  // People and conversations are stored only by id.
  return HELD[element.type].field.startsWith('selected_option') ? found : found.value;
}

function optionsOf(element: HoldingElement): Option[] {
  const flat = 'options' in element ? element.options : undefined;
  const grouped = 'option_groups' in element ? element.option_groups : undefined;
  const initial = [
    ...('initial_options' in element ? (element.initial_options ?? []) : []),
    ...('initial_option' in element && element.initial_option !== undefined ? [element.initial_option] : []),
  ];
  return [...(flat ?? []), ...(grouped ?? []).flatMap(({ options }) => options), ...initial];
}

const suggestionSchema = z.union([
  z.object({ options: z.array(optionSchema).max(100) }),
  z.object({
    option_groups: z
      .array(z.object({ label: z.unknown(), options: z.array(optionSchema).max(100) }))
      .max(100),
  }),
]);

/** The options in an app's answer to a block_suggestion; null: Slack would show an error. */
export function readSuggestions(answer: unknown): Option[] | null {
  const parsed = suggestionSchema.safeParse(answer);
  if (!parsed.success) return null;
  const options =
    'options' in parsed.data
      ? parsed.data.options
      : parsed.data.option_groups.flatMap(({ options: inGroup }) => inGroup);
  const isShown = options.every(({ text, value }) => isWithin(text.text, 75) && isWithin(value, 150));
  return isShown ? options : null;
}

function isWithin(text: string, max: number): boolean {
  return text.length > 0 && text.length <= max;
}
