import { z } from 'zod';
import type { Option, StateValue } from '../model.ts';
import { plainOption } from '../rules/composition.ts';
import { LIMIT } from '../rules/limits.ts';
import type { State } from '../state.ts';
import { type HoldingElement, HELD } from '../view-state.ts';
import { wireFile } from '../wire.ts';

/** What a person enters: text, an option's value or label, an id, a date; several of them; null empties it. */
export type Entry = string | null | readonly string[];

export type Offers = ReturnType<typeof createOffers>;

/** What external selects have been offered; `place`: a view's id or a message's ts. A person can pick nothing else. */
export function createOffers(state: State) {
  const offered = new Map<string, Option[]>();
  const get = (place: string, blockId: string): Option[] => offered.get(`${place}/${blockId}`) ?? [];
  return {
    get,
    add(place: string, blockId: string, options: readonly Option[]): void {
      offered.set(`${place}/${blockId}`, [...get(place, blockId), ...options]);
    },
    fileObject(fileId: string) {
      const file = state.files.get(fileId);
      if (file === undefined) throw new Error(`The local Slack has no file ${fileId}.`);
      return wireFile(state, file);
    },
  };
}

type EntryDeps = {
  /** What an external select has been offered so far. */
  offered: readonly Option[];
  fileObject: (fileId: string) => Record<string, unknown>;
};

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
  if (element.type === 'plain_text_input' || element.type === 'number_input') return entry;
  const options = [...optionsOf(element), ...deps.offered];
  const found = options.find(({ value, text }) => value === entry || text.text === entry);
  if (found === undefined) throw new Error(`${element.type} does not offer "${entry}".`);
  return found;
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
