import type { TargetedKeyboardEvent } from 'preact';
import { type App, withEntry } from './app.ts';
import { type Labels, type Spot, entryOf, hold, listOf, ownOptions, placeOf, spotKey } from './entries.ts';
import type { Option } from './wire.ts';

/** What typing, keys and picking do in a select. */

export type Select = { app: App; spot: Spot; labels: Labels };

const TYPING_PAUSE_MS = 200;
/** Slack's default. */
const DEFAULT_MIN_QUERY = 3;

/** By the app. */
export const isLookedUp = ({ element }: Spot): boolean => element.type.endsWith('external_select');
export const isMulti = ({ element }: Spot): boolean => element.type.startsWith('multi_');

export function steer(select: Select, event: TargetedKeyboardEvent<HTMLInputElement>): void {
  const { app, spot } = select;
  const suggesting = app.state.suggesting?.field === spotKey(spot) ? app.state.suggesting : null;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    if (suggesting === null) search(select, '');
    else move(app, event.key === 'ArrowDown' ? 1 : -1);
  } else if (event.key === 'Enter') {
    // A form's Enter would send it.
    event.preventDefault();
    const option = suggesting?.options[suggesting.active];
    if (option !== undefined) pick(select, option);
  } else if (event.key === 'Escape' && suggesting !== null) {
    event.preventDefault();
    event.stopPropagation();
    close(app);
  } else if (event.key === 'Backspace' && isMulti(spot) && event.currentTarget.value === '') {
    void hold(app, spot, listOf(entryOf(app, spot)).slice(0, -1));
  }
}

function move(app: App, by: number): void {
  const { suggesting } = app.state;
  if (suggesting === null || suggesting.options.length === 0) return;
  const count = suggesting.options.length;
  app.update({ suggesting: { ...suggesting, active: (suggesting.active + by + count) % count } });
}

export function close(app: App): void {
  app.update({ suggesting: null });
}

export function pick({ app, spot }: Select, option: Option | null): void {
  const before = listOf(entryOf(app, spot));
  if (option !== null) remember(app, spot, [option]);
  const value = option?.value ?? null;
  const isThere = value !== null && before.includes(value);
  const several = isThere ? before.filter((one) => one !== value) : [...before, value ?? ''];
  app.update({ suggesting: null, searches: withEntry(app.state.searches, spotKey(spot), '') });
  void hold(app, spot, isMulti(spot) ? several : value);
}

/** Remembers what was offered, so that a picked option keeps its label. */
function remember(app: App, spot: Spot, options: readonly Option[]): void {
  const key = spotKey(spot);
  const known = app.state.offers.get(key) ?? [];
  app.update({ offers: withEntry(app.state.offers, key, [...options, ...known]) });
}

export function search(select: Select, typed: string): void {
  const { app, spot } = select;
  const field = spotKey(spot);
  app.update({ searches: withEntry(app.state.searches, field, typed) });
  if (isLookedUp(spot)) return lookUp(select, typed);
  const wanted = typed.toLowerCase();
  const options = ownOptions(spot.element).filter(({ text }) => text.text.toLowerCase().includes(wanted));
  const [chosen] = listOf(entryOf(app, spot));
  const at = options.findIndex(({ value }) => value === chosen);
  app.update({ suggesting: { field, options, active: Math.max(at, 0), isLoading: false } });
}

export function minQuery({ element }: Spot): number {
  return 'min_query_length' in element ? (element.min_query_length ?? DEFAULT_MIN_QUERY) : DEFAULT_MIN_QUERY;
}

let pause: ReturnType<typeof setTimeout> | undefined;

/** Searches after a pause in typing, and drops answers to older text. */
function lookUp({ app, spot }: Select, typed: string): void {
  const field = spotKey(spot);
  const options = app.state.suggesting?.field === field ? app.state.suggesting.options : [];
  const isAsked = typed.length >= minQuery(spot) && 'viewId' in spot.surface.target;
  app.update({ suggesting: { field, options: isAsked ? options : [], active: 0, isLoading: isAsked } });
  clearTimeout(pause);
  if (!isAsked) return;
  const ask = async (): Promise<void> => {
    const { blockId, surface } = spot;
    const answer = await app.act({ do: 'suggest', viewId: placeOf(surface.target), blockId, typed });
    const offered = answer.ok ? answer.result.options : [];
    remember(app, spot, offered);
    const isCurrent = app.state.suggesting?.field === field && app.state.searches.get(field) === typed;
    if (isCurrent) app.update({ suggesting: { field, options: offered, active: 0, isLoading: false } });
  };
  pause = setTimeout(() => void ask(), typed === '' ? 0 : TYPING_PAUSE_MS);
}
