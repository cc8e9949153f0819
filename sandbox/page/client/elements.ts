import type { TargetedEvent } from 'preact';
import type { Element } from '../../slack/rules/elements.ts';
import { type App, notify, withEntry } from './app.ts';
import {
  type Labels,
  type Spot,
  type Surface,
  enteredIn,
  entryOf,
  hold,
  keepEntry,
  labelOf,
  listOf,
  ownOptions,
  placeOf,
  spotKey,
} from './entries.ts';
import { fileField } from './files.ts';
import { type Child, h, tag, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { openAddress } from './links.ts';
import { openMenu } from './menus.ts';
import { anyText, plainText } from './mrkdwn.ts';
import { wording } from './words.ts';

/** https://docs.slack.dev/reference/block-kit/block-elements */

type Button = Extract<Element, { type: 'button' }>;

export function element(app: App, spot: Spot, labels: Labels): Child {
  const { element: one } = spot;
  switch (one.type) {
    case 'button':
      return button(app, spot, one);
    case 'plain_text_input':
      return textField(app, spot, labels);
    case 'number_input':
      return numberField(app, spot, labels);
    case 'static_select':
      return staticSelect(app, spot, labels);
    case 'external_select':
    case 'multi_external_select':
      return lookup(app, spot, labels);
    case 'checkboxes':
    case 'radio_buttons':
      return boxes(app, spot, { ...labels, one });
    case 'overflow':
      return overflow(app, spot, one);
    case 'file_input':
      return fileField(app, spot, { ...labels, most: one.max_files ?? 10 });
  }
}

function button(app: App, spot: Spot, one: Button): VNode {
  const { surface, blockId } = spot;
  const { action_id: actionId = '', text, style, accessibility_label, confirm } = one;
  // Lines of a list have buttons of the same action, each in its block.
  const which = `${blockId}/${actionId}`;
  const key = spotKey(spot);
  const isBusy = app.state.busy.has(key);
  const press = (): void => void click(app, surface, { which, key });
  const ask = (): void => {
    if (confirm === undefined) return press();
    const confirmation = {
      title: confirm.title.text,
      text: confirm.text.text,
      confirm: confirm.confirm.text,
      deny: confirm.deny.text,
      isDanger: confirm.style === 'danger',
      proceed: press,
    };
    return app.update({ dialog: { kind: 'confirm', confirmation } });
  };
  return h(
    style === undefined ? 'button.button' : `button.button.${style}`,
    {
      // Not its block's id, which changes with each edit.
      key: actionId,
      type: 'button',
      'aria-label': accessibility_label,
      'aria-busy': isBusy ? 'true' : null,
      'data-action': actionId,
      onClick: isBusy ? undefined : ask,
    },
    tag('span', plainText(text)),
    isBusy ? h('span.spinner', { 'aria-hidden': 'true' }) : null,
  );
}

async function click(
  app: App,
  { target }: Surface,
  { which, key }: { which: string; key: string },
): Promise<void> {
  if ('viewId' in target) await flush(app, target.viewId);
  const answer = await app.act({ do: 'click', target, which }, key);
  if (!answer.ok) return;
  if (answer.result.failure !== null) trouble(app, target);
  if (answer.result.openedUrl !== null) openAddress(app, answer.result.openedUrl);
}

function trouble(app: App, target: Surface['target']): void {
  const words = wording.form.trouble;
  if ('viewId' in target)
    app.update({ viewTrouble: new Map(app.state.viewTrouble).set(target.viewId, words) });
  else notify(app, words, { channelId: target.channelId, threadTs: app.state.threadTs });
}

/** A button's click carries the state of the view it is in. */
async function flush(app: App, viewId: string): Promise<void> {
  const { views, homes } = app.state.snapshot;
  const view = [...views, ...Object.values(homes)].find(({ id }) => id === viewId);
  if (view === undefined) return;
  const entries = enteredIn(app, view);
  if (Object.keys(entries).length > 0) await app.act({ do: 'type', viewId, entries });
}

const described = ({ id, labelledBy, describedBy, isInvalid }: Labels) => ({
  id,
  'aria-labelledby': labelledBy,
  'aria-describedby': describedBy,
  'aria-invalid': isInvalid ? true : null,
});

type Typed = TargetedEvent<HTMLInputElement | HTMLTextAreaElement>;

const typedIn = (app: App, spot: Spot) => ({
  key: spotKey(spot),
  value: listOf(entryOf(app, spot))[0] ?? '',
  onInput: ({ currentTarget }: Typed) => keepEntry(app, spot, currentTarget.value),
  onChange: ({ currentTarget }: Typed) => void hold(app, spot, currentTarget.value),
});

function textField(app: App, spot: Spot, labels: Labels): VNode {
  const { element: one } = spot;
  if (one.type !== 'plain_text_input') throw new Error('Not a text field.');
  const { multiline = false, placeholder, max_length = 3000, focus_on_load = false } = one;
  const typed = typedIn(app, spot);
  const left = max_length - typed.value.length;
  const field = h(multiline ? 'textarea.field' : 'input.field', {
    ...described(labels),
    ...typed,
    ...(multiline ? { rows: 3 } : { type: 'text', autocomplete: 'off' }),
    placeholder: placeholder === undefined ? null : plainText(placeholder),
    'data-focus': focus_on_load ? 'true' : null,
    ref: multiline ? grow : null,
  });
  // Slack counts down near the limit, and lets people type past it.
  return left > 100 ? field : h('div', { key: spotKey(spot) }, field, tag('p.counter', String(left)));
}

/** As high as its text, within bounds that the style sheet sets. */
function grow(field: HTMLElement | null): void {
  if (field instanceof HTMLTextAreaElement)
    field.rows = Math.min(Math.max(field.value.split('\n').length + 1, 3), 10);
}

function numberField(app: App, spot: Spot, labels: Labels): VNode {
  return h('input.field', {
    ...described(labels),
    ...typedIn(app, spot),
    type: 'text',
    inputmode: 'decimal',
    autocomplete: 'off',
    placeholder: placeholderOf(spot),
  });
}

function staticSelect(app: App, spot: Spot, labels: Labels): VNode {
  const options = ownOptions(spot.element);
  const [chosen] = listOf(entryOf(app, spot));
  return h(
    'select.field',
    {
      ...described(labels),
      key: spotKey(spot),
      value: options.some(({ value }) => value === chosen) ? chosen : '',
      onChange: ({ currentTarget: { value } }) => void hold(app, spot, value === '' ? null : value),
    },
    h('option', { value: '' }, placeholderOf(spot) ?? wording.form.select),
    options.map(({ value, text }) => h('option', { key: value, value }, plainText(text))),
  );
}

const placeholderOf = ({ element: one }: Spot): string | undefined =>
  'placeholder' in one ? one.placeholder?.text : undefined;

/** Slack's default. */
const MIN_QUERY = 3;

/** A select whose options the app looks up while someone types. */
function lookup(app: App, spot: Spot, labels: Labels): VNode {
  const { element: one } = spot;
  const key = spotKey(spot);
  const list = `${labels.id}-list`;
  const picked = listOf(entryOf(app, spot));
  const offers = app.state.offers.get(key) ?? [];
  const typed = app.state.searches.get(key) ?? '';
  const least = ('min_query_length' in one ? one.min_query_length : undefined) ?? MIN_QUERY;
  const isMulti = one.type === 'multi_external_select';
  const keep = (values: string[]): void => void hold(app, spot, isMulti ? values : (values.at(-1) ?? null));
  const search = (words: string): void => {
    const option = offers.find(({ text }) => text.text === words);
    app.update({ searches: withEntry(app.state.searches, key, option === undefined ? words : '') });
    if (option !== undefined) keep([...picked.filter((value) => value !== option.value), option.value]);
    else if (words.length >= least) void askApp(app, spot, words);
  };
  return h(
    'div.lookup',
    { key },
    picked.length === 0
      ? null
      : h(
          'ul.chips',
          { 'aria-label': wording.form.chosen },
          picked.map((value) =>
            chip(labelOf(app, spot, value), () => keep(picked.filter((id) => id !== value))),
          ),
        ),
    h('input.field', {
      ...described(labels),
      type: 'text',
      list,
      autocomplete: 'off',
      placeholder: placeholderOf(spot) ?? wording.form.select,
      value: typed,
      onFocus: () => search(typed),
      onInput: ({ currentTarget }) => search(currentTarget.value),
    }),
    h(
      'datalist',
      { id: list },
      offers.map(({ value, text }) => h('option', { key: value, value: text.text })),
    ),
  );
}

const chip = (label: string, remove: () => void): VNode =>
  h(
    'li.chip',
    { key: label },
    label,
    h('button', { type: 'button', 'aria-label': wording.form.remove(label), onClick: remove }, icon('close')),
  );

/** What was offered before is kept: a picked option has its label from there. */
async function askApp(app: App, spot: Spot, typed: string): Promise<void> {
  const { blockId, surface } = spot;
  const key = spotKey(spot);
  const answer = await app.act({ do: 'suggest', viewId: placeOf(surface.target), blockId, typed });
  if (!answer.ok) return;
  const { options } = answer.result;
  const known = (app.state.offers.get(key) ?? []).filter(({ value }) =>
    options.every((one) => one.value !== value),
  );
  app.update({ offers: withEntry(app.state.offers, key, [...options, ...known]) });
}

type Boxes = Extract<Element, { type: 'checkboxes' | 'radio_buttons' }>;

function boxes(app: App, spot: Spot, { one, ...labels }: Labels & { one: Boxes }): VNode {
  const several = one.type === 'checkboxes';
  const chosen = listOf(entryOf(app, spot));
  const change = (value: string, isOn: boolean): void => {
    const left = chosen.filter((other) => other !== value);
    void hold(app, spot, several ? [...left, ...(isOn ? [value] : [])] : value);
  };
  return h(
    'div.boxes',
    {
      key: spotKey(spot),
      role: several ? 'group' : 'radiogroup',
      ...described(labels),
      'aria-invalid': null,
    },
    one.options.map((option) =>
      h(
        'label.box',
        { key: option.value },
        h('input', {
          type: several ? 'checkbox' : 'radio',
          name: labels.id,
          value: option.value,
          checked: chosen.includes(option.value),
          onChange: ({ currentTarget }) => change(option.value, currentTarget.checked),
        }),
        tag('span', anyText(app.state, option.text), detailOf(app, option)),
      ),
    ),
  );
}

const detailOf = ({ state }: App, { description }: Boxes['options'][number]): Child =>
  description === undefined ? null : tag('span.option-detail', anyText(state, description));

function overflow(app: App, spot: Spot, one: Extract<Element, { type: 'overflow' }>): VNode {
  const items = one.options.map((option) => ({
    label: plainText(option.text),
    pick: () => {
      const { target } = spot.surface;
      void app.act({ do: 'choose', target, which: one.action_id ?? '', entry: option.value });
      if (option.url !== undefined) openAddress(app, option.url);
    },
  }));
  return openMenu({ name: spotKey(spot), label: wording.form.more, iconName: 'more', items });
}
