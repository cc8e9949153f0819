import type { TargetedKeyboardEvent } from 'preact';
import { type App, withEntry } from './app.ts';
import {
  type Spot,
  entryOf,
  hold,
  labelOf,
  listOf,
  spotKey,
  type Labels,
  ownOptions,
  placeOf,
} from './entries.ts';
import { h, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { plainText } from './mrkdwn.ts';
import type { Option } from './wire.ts';
import { wording } from './words.ts';

/** Selects of all kinds: one or several values, from a list or a search. */

export function combobox(select: Select): VNode {
  const { app, spot, labels } = select;
  const key = spotKey(spot);
  const { suggesting } = app.state;
  const isOpen = suggesting?.field === key;
  const picked = listOf(entryOf(app, spot));
  return h(
    'div.combobox',
    { key },
    isMulti(spot) && picked.length > 0
      ? h(
          'ul.chips',
          { 'aria-label': wording.form.chosen },
          picked.map((value) => chip(select, value)),
        )
      : null,
    h(
      'div.field-wrap',
      {},
      field(select, isOpen),
      !isMulti(spot) && picked.length > 0
        ? h(
            'button.field-clear',
            { type: 'button', 'aria-label': wording.form.clear, onClick: () => pick(select, null) },
            icon('close'),
          )
        : h('span.field-arrow', {}, icon('chevron')),
    ),
    isOpen ? list(select, labels.id) : null,
  );
}

function field(select: Select, isOpen: boolean): VNode {
  const { app, spot, labels } = select;
  const key = spotKey(spot);
  const [only] = listOf(entryOf(app, spot));
  const shown = only === undefined || isMulti(spot) ? '' : labelOf(app, spot, only);
  const active = app.state.suggesting?.active ?? -1;
  const placeholder = 'placeholder' in spot.element ? spot.element.placeholder : undefined;
  return h('input.field', {
    id: labels.id,
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    'aria-labelledby': labels.labelledBy,
    'aria-describedby': labels.describedBy,
    'aria-invalid': labels.isInvalid ? 'true' : null,
    'aria-autocomplete': 'list',
    'aria-expanded': isOpen ? 'true' : 'false',
    'aria-controls': `${labels.id}-list`,
    'aria-activedescendant': isOpen && active >= 0 ? `${labels.id}-${active}` : null,
    placeholder: placeholder === undefined ? wording.form.select : plainText(placeholder),
    value: isOpen ? (app.state.searches.get(key) ?? '') : shown,
    onFocus: ({ currentTarget }) => currentTarget.select(),
    onClick: () => {
      if (app.state.suggesting?.field !== key) search(select, '');
    },
    onInput: ({ currentTarget }) => search(select, currentTarget.value),
    onKeyDown: (event) => steer(select, event),
    onBlur: () => {
      if (app.state.suggesting?.field === key) close(app);
    },
  });
}

function chip({ app, spot, labels }: Select, value: string): VNode {
  const label = labelOf(app, spot, value);
  const remove = (): void => {
    const left = listOf(entryOf(app, spot)).filter((one) => one !== value);
    void hold(app, spot, left);
    document.getElementById(labels.id)?.focus();
  };
  return h(
    'li.chip',
    { key: value },
    label,
    h('button', { type: 'button', 'aria-label': wording.form.remove(label), onClick: remove }, icon('close')),
  );
}

function list(select: Select, id: string): VNode {
  const { app, spot, labels } = select;
  const { suggesting } = app.state;
  const options = suggesting?.options ?? [];
  const picked = new Set(listOf(entryOf(app, spot)));
  return h(
    'div.listbox-wrap',
    { ref: showWhole },
    h(
      'ul.listbox',
      { id: `${id}-list`, role: 'listbox', 'aria-labelledby': labels.labelledBy },
      options.map((option, at) =>
        optionItem({ select, option, id: `${id}-${at}`, isActive: at === suggesting?.active, picked }),
      ),
    ),
    options.length > 0
      ? null
      : h(
          'p.listbox-note',
          { role: 'status' },
          emptyNote(spot, app.state.searches.get(spotKey(spot)) ?? '', suggesting?.isLoading === true),
        ),
  );
}

function showWhole(list: Element | null): void {
  list?.scrollIntoView({ block: 'nearest' });
}

function emptyNote(spot: Spot, typed: string, isLoading: boolean): string {
  if (isLoading) return wording.form.loading;
  const missing = minQuery(spot) - typed.length;
  return isLookedUp(spot) && missing > 0 ? wording.form.typeMore(missing) : wording.form.noResults;
}

type Item = { select: Select; option: Option; id: string; isActive: boolean; picked: ReadonlySet<string> };

function optionItem({ select, option, id, isActive, picked }: Item): VNode {
  const isPicked = picked.has(option.value);
  const description = 'description' in option ? option.description : undefined;
  const detail =
    typeof description === 'object' && description !== null && 'text' in description
      ? String(description.text)
      : null;
  return h(
    isActive ? 'li.option.active' : 'li.option',
    {
      key: option.value,
      id,
      role: 'option',
      'aria-selected': isPicked ? 'true' : 'false',
      // The field keeps the focus.
      onMouseDown: (event) => event.preventDefault(),
      onClick: () => pick(select, option),
    },
    h(
      'span.option-label',
      {},
      plainText(option.text),
      detail === null ? null : h('span.option-detail', {}, detail),
    ),
    isPicked ? icon('check') : null,
  );
}

/** What typing, keys and picking do in a select. */

export type Select = { app: App; spot: Spot; labels: Labels };

const TYPING_PAUSE_MS = 200;
/** Slack's default. */
const DEFAULT_MIN_QUERY = 3;

/** By the app. */
const isLookedUp = ({ element }: Spot): boolean => element.type.endsWith('external_select');
const isMulti = ({ element }: Spot): boolean => element.type.startsWith('multi_');

function steer(select: Select, event: TargetedKeyboardEvent<HTMLInputElement>): void {
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

function close(app: App): void {
  app.update({ suggesting: null });
}

function pick({ app, spot }: Select, option: Option | null): void {
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

function search(select: Select, typed: string): void {
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

function minQuery({ element }: Spot): number {
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
