import { close, isLookedUp, isMulti, minQuery, pick, search, steer, type Select } from './combobox-search.ts';
import { type Spot, entryOf, hold, labelOf, listOf, spotKey } from './entries.ts';
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
