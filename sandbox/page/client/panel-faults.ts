import type { ControlAct } from '../act-schema.ts';
import type { App } from './app.ts';
import { h, type VNode } from './h.ts';
import { DEVIN_PLACES, FAULT_KINDS, SLACK_PLACES, type FaultKind, type PlannedFault } from './panel-wire.ts';
import { type FaultChoice, perform, setPanel } from './panel.ts';
import { wording } from './words.ts';

const TIMES = [1, 2, 3, 10] as const;
const HAPPENED_SHOWN = 3;

const placeWords = new Map<string, string>(Object.entries(wording.faults.places));

function faultSentence({ side, place, what, left }: PlannedFault): string {
  const name = side === 'slack' ? 'Slack' : 'Devin';
  const fault = wording.faults.sentence(name, placeWords.get(place) ?? place, wording.faults.kinds[what]);
  if (left === 0) return wording.faults.happened(fault);
  return wording.faults.willHappen(fault, left);
}

export function faults(app: App): VNode {
  const { control, choice } = app.state.panel;
  const all = control?.faults ?? [];
  const planned = all.filter(({ left }) => left > 0);
  const happened = all.filter(({ left }) => left === 0).slice(-HAPPENED_SHOWN);
  const { devin, slack, times } = choice;
  const choose = (change: Partial<FaultChoice>): void => setPanel(app, { choice: { ...choice, ...change } });
  return h(
    'details.panel-section.panel-fold',
    { 'aria-labelledby': 'panel-faults', key: 'faults' },
    h(
      'summary',
      {},
      h('h2', { id: 'panel-faults' }, wording.faults.title),
      planned.length === 0 ? null : h('span.panel-note', {}, wording.faults.planned(planned.length)),
    ),
    faultRow(app, {
      title: 'Devin',
      places: DEVIN_PLACES.map((value) => ({ value, label: wording.faults.places[value] })),
      chosen: devin,
      choosePlace: (at) => choose({ devin: { ...devin, place: DEVIN_PLACES[at] ?? devin.place } }),
      chooseKind: (what) => choose({ devin: { ...devin, what } }),
      act: { do: 'fail-devin', ...devin, times },
    }),
    faultRow(app, {
      title: 'Slack',
      places: SLACK_PLACES.map((value) => ({ value, label: wording.faults.places[value] })),
      chosen: slack,
      choosePlace: (at) => choose({ slack: { ...slack, place: SLACK_PLACES[at] ?? slack.place } }),
      chooseKind: (what) => choose({ slack: { ...slack, what } }),
      act: { do: 'fail-slack', ...slack, times },
    }),
    h(
      'div.panel-line',
      {},
      h('span.panel-note', {}, wording.faults.strikes),
      select({
        label: wording.faults.howOften,
        options: TIMES.map((value) => wording.faults.times(value)),
        chosen: TIMES.findIndex((value) => value === times),
        pick: (at) => choose({ times: TIMES[at] ?? 1 }),
      }),
    ),
    planned.length === 0
      ? h('p.panel-note', { key: 'none' }, wording.faults.none)
      : h(
          'div.planned',
          { key: 'planned' },
          h('ul', {}, ...planned.map((fault) => h('li', { key: String(fault.id) }, faultSentence(fault)))),
          h(
            'button.button',
            { type: 'button', onClick: () => void perform(app, { do: 'clear-faults' }) },
            wording.faults.clear,
          ),
        ),
    ...happened.map((fault) =>
      h('p.panel-note', { key: `happened-${fault.id}`, role: 'status' }, faultSentence(fault)),
    ),
  );
}

type Row = {
  title: string;
  places: { value: string; label: string }[];
  chosen: { place: string; what: FaultKind };
  choosePlace: (at: number) => void;
  chooseKind: (what: FaultKind) => void;
  act: ControlAct;
};

function faultRow(app: App, { title, places, chosen, choosePlace, chooseKind, act }: Row): VNode {
  return h(
    'fieldset.fault',
    { key: title },
    h('legend', {}, title),
    select({
      label: wording.faults.what(title),
      options: places.map(({ label }) => label),
      chosen: places.findIndex(({ value }) => value === chosen.place),
      pick: choosePlace,
    }),
    select({
      label: wording.faults.how(title),
      options: FAULT_KINDS.map((kind) => wording.faults.kinds[kind]),
      chosen: FAULT_KINDS.indexOf(chosen.what),
      pick: (at) => chooseKind(FAULT_KINDS[at] ?? chosen.what),
    }),
    h(
      'button.button',
      { type: 'button', 'aria-label': wording.faults.planFor(title), onClick: () => void perform(app, act) },
      wording.faults.plan,
    ),
  );
}

type Select = { label: string; options: readonly string[]; chosen: number; pick: (at: number) => void };

function select({ label, options, chosen, pick }: Select): VNode {
  return h(
    'select.panel-select',
    {
      'aria-label': label,
      onChange: ({ currentTarget }) => {
        if (currentTarget instanceof HTMLSelectElement) pick(currentTarget.selectedIndex);
      },
    },
    ...options.map((words, at) => h('option', { key: String(at), selected: at === chosen }, words)),
  );
}
