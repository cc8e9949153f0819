import { z } from 'zod';
import type { Option, SlackFile, StateValue } from '../model.ts';
import { plainOption } from '../rules/composition.ts';
import { LIMIT } from '../rules/limits.ts';
import type { State } from '../state.ts';
import { type HoldingElement, HELD } from '../view-state.ts';
import { wireFile } from '../wire.ts';

/** What a person enters: text, an option's value or label, an id, a date; several of them; null empties it. */
export type Entry = string | null | readonly string[];

/** `offered`: what an external select has been offered so far. */
type Entering = { state: State; element: HoldingElement; offered?: readonly Option[] };

/** The element's new state. People can pick only what is offered. */
export function enter({ state, element, offered = [] }: Entering, entry: Entry): StateValue {
  const { type } = element;
  const { field, several } = HELD[type];
  const typed = entry === null ? [] : [entry].flat();
  const options = [...optionsOf(element), ...offered];
  const values = typed.filter((one) => one !== '').map((one) => valueOf(one));
  if (!several && values.length > 1) throw new Error(`${type} takes one value.`);
  return { type, [field]: several ? values : (values[0] ?? null) };

  function valueOf(one: string): unknown {
    if (type === 'plain_text_input' || type === 'number_input') return one;
    if (type === 'file_input') return wireFile(state, requireFile(state, one));
    const found = options.find(({ value, text }) => value === one || text.text === one);
    if (found === undefined) throw new Error(`${type} does not offer "${one}".`);
    return found;
  }
}

function requireFile({ files }: State, fileId: string): SlackFile {
  const file = files.get(fileId);
  if (file === undefined) throw new Error(`The local Slack has no file ${fileId}.`);
  return file;
}

function optionsOf(element: HoldingElement): Option[] {
  const initial = [
    ...('initial_options' in element ? (element.initial_options ?? []) : []),
    ...('initial_option' in element && element.initial_option !== undefined ? [element.initial_option] : []),
  ];
  return [...('options' in element ? element.options : []), ...initial];
}

const suggestionSchema = z.object({ options: z.array(plainOption).max(LIMIT.options) });

/** The options in an app's answer to a block_suggestion; null: Slack would show an error. */
export function readSuggestions(answer: unknown): Option[] | null {
  return suggestionSchema.safeParse(answer).data?.options ?? null;
}
