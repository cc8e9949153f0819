import type { Option, StateValue, StateValues, View } from '../../slack/model.ts';
import type { Block } from '../../slack/rules/blocks.ts';
import type { Element } from '../../slack/rules/elements.ts';
import { type App, withEntry } from './app.ts';
import type { Entry, Target } from './wire.ts';

/** Where elements are: a view or a message, and their values there. */
export type Surface = {
  target: Target;
  values: StateValues;
  errors: Record<string, string>;
};

/** By which names, ids of elements, a field is known to a screen reader. */
export type Labels = { id: string; labelledBy: string; describedBy: string | null; isInvalid: boolean };

/** One element in its block. */
export type Spot = { surface: Surface; blockId: string; element: Element; dispatches: boolean };

export const placeOf = (target: Target): string => ('viewId' in target ? target.viewId : target.ts);

export function spotKey({ surface, blockId, element }: Spot): string {
  return [placeOf(surface.target), blockId, element.action_id ?? ''].join('/');
}

/** As a person enters it: text, an option's value, a file's id; several of them. */
export function entryOf(app: App, spot: Spot): Entry {
  const key = spotKey(spot);
  const { entries } = app.state;
  return entries.has(key) ? (entries.get(key) ?? null) : toEntry(heldValue(spot));
}

export const listOf = (entry: Entry): string[] =>
  (Array.isArray(entry) ? entry : [entry ?? '']).filter((one) => one !== '');

function heldValue({ surface, blockId, element }: Spot): StateValue | undefined {
  return surface.values[blockId]?.[element.action_id ?? ''] ?? initialOf(element);
}

/** Messages come without their values: what an element starts with is all there is. */
function initialOf(element: Element): StateValue | undefined {
  const initial = Object.entries(element).find(([name]) => name.startsWith('initial_'));
  return initial === undefined ? undefined : { type: element.type, initial: initial[1] };
}

function toEntry(held: StateValue | undefined): Entry {
  const value = Object.entries(held ?? {}).find(([field]) => field !== 'type')?.[1];
  if (Array.isArray(value)) return value.map(single).filter((one) => one !== '');
  const one = single(value);
  return one === '' ? null : one;
}

function single(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  if ('value' in value) return String(value.value);
  return 'id' in value ? String(value.id) : '';
}

/** All options that a value of this element may have: its own, those offered so far, and those it holds. */
function knownOptions(app: App, spot: Spot): Option[] {
  const { element } = spot;
  const held = Object.values(heldValue(spot) ?? {}).flat();
  return [
    ...ownOptions(element),
    ...(app.state.offers.get(spotKey(spot)) ?? []),
    ...held.filter((one): one is Option => typeof one === 'object' && one !== null && 'text' in one),
  ];
}

export function ownOptions(element: Element): Option[] {
  return 'options' in element ? element.options : [];
}

export function labelOf(app: App, spot: Spot, value: string): string {
  return knownOptions(app, spot).find((one) => one.value === value)?.text.text ?? value;
}

/** Keeps what was entered; `hold` alone tells the server. */
export function keepEntry(app: App, spot: Spot, entry: Entry): void {
  app.update({ entries: withEntry(app.state.entries, spotKey(spot), entry) });
}

/** Tells the local Slack what was entered, and the app where it has asked for that. */
export async function hold(app: App, spot: Spot, entry: Entry): Promise<void> {
  keepEntry(app, spot, entry);
  const { surface, blockId, element, dispatches } = spot;
  const { target } = surface;
  if (dispatches) {
    await app.act({ do: 'choose', target, which: element.action_id ?? '', entry }, spotKey(spot));
  } else if ('viewId' in target) {
    await app.act({ do: 'type', viewId: target.viewId, entries: { [blockId]: entry } });
  }
}

/** What was entered in a view and may not have reached the server: everything, since repeating it is harmless. */
export function enteredIn(app: App, view: View): Record<string, Entry> {
  const { entries } = app.state;
  return Object.fromEntries(
    view.definition.blocks.filter(isInput).flatMap(({ block_id: blockId = '', element }) => {
      const key = [view.id, blockId, element.action_id ?? ''].join('/');
      return entries.has(key) ? [[blockId, entries.get(key) ?? null] as const] : [];
    }),
  );
}

export type InputBlock = Extract<Block, { type: 'input' }>;
const isInput = (block: Block): block is InputBlock => block.type === 'input';
