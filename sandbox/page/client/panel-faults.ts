import type { ControlAct } from '../act-schema.ts';
import type { App } from './app.ts';
import { h, type VNode } from './h.ts';
import {
  DEVIN_PLACES,
  FAULT_KINDS,
  SLACK_PLACES,
  type DevinPlace,
  type FaultKind,
  type PlannedFault,
  type SlackPlace,
} from './panel-wire.ts';
import { type FaultChoice, perform, setPanel } from './panel.ts';

const TIMES = [1, 2, 3, 10] as const;
const HAPPENED_SHOWN = 3;

const FAULT_WORDS: Record<FaultKind, string> = {
  busy: 'gets a 429 (busy)',
  broken: 'gets a 500',
  lost: 'works, but the answer gets lost',
  silent: 'gets no answer',
};

const DEVIN_PLACE_WORDS: Record<DevinPlace, string> = {
  create: 'Creating a session',
  list: 'Listing sessions',
  'read-messages': 'Reading messages',
  'send-message': 'Sending a message',
  members: 'Looking up a member',
  upload: 'Uploading a file',
};

const SLACK_PLACE_WORDS: Record<SlackPlace, string> = {
  'chat.postMessage': 'Posting a message',
  'chat.update': 'Editing a message',
  'chat.postEphemeral': 'Posting a private notice',
  'views.open': 'Opening a form',
  'views.update': 'Updating a form',
  'users.info': 'Looking up a person',
  'conversations.replies': 'Reading a thread',
  'files.info': 'Reading a file',
};

const placeWords = new Map<string, string>([
  ...Object.entries(DEVIN_PLACE_WORDS),
  ...Object.entries(SLACK_PLACE_WORDS),
]);

function faultSentence({ side, place, what, left }: PlannedFault): string {
  const name = side === 'slack' ? 'Slack' : 'Devin';
  const fault = `${name}: ${placeWords.get(place) ?? place} ${FAULT_WORDS[what]}`;
  if (left === 0) return `${fault}. It happened.`;
  return `${fault}, ${left === 1 ? 'once' : `${left} times`}`;
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
      h('h2', { id: 'panel-faults' }, 'Break things'),
      planned.length === 0 ? null : h('span.panel-note', {}, `${planned.length} planned`),
    ),
    faultRow(app, {
      title: 'Devin',
      places: DEVIN_PLACES.map((value) => ({ value, label: DEVIN_PLACE_WORDS[value] })),
      chosen: devin,
      choosePlace: (at) => choose({ devin: { ...devin, place: DEVIN_PLACES[at] ?? devin.place } }),
      chooseKind: (what) => choose({ devin: { ...devin, what } }),
      act: { do: 'fail-devin', ...devin, times },
    }),
    faultRow(app, {
      title: 'Slack',
      places: SLACK_PLACES.map((value) => ({ value, label: SLACK_PLACE_WORDS[value] })),
      chosen: slack,
      choosePlace: (at) => choose({ slack: { ...slack, place: SLACK_PLACES[at] ?? slack.place } }),
      chooseKind: (what) => choose({ slack: { ...slack, what } }),
      act: { do: 'fail-slack', ...slack, times },
    }),
    h(
      'div.panel-line',
      {},
      h('span.panel-note', {}, 'Each strikes'),
      select({
        label: 'How often',
        options: TIMES.map((value) => (value === 1 ? 'once' : `${value} times`)),
        chosen: TIMES.findIndex((value) => value === times),
        pick: (at) => choose({ times: TIMES[at] ?? 1 }),
      }),
    ),
    planned.length === 0
      ? h('p.panel-note', { key: 'none' }, 'Nothing is planned.')
      : h(
          'div.planned',
          { key: 'planned' },
          h('ul', {}, ...planned.map((fault) => h('li', { key: String(fault.id) }, faultSentence(fault)))),
          h(
            'button.button',
            { type: 'button', onClick: () => void perform(app, { do: 'clear-faults' }) },
            'Let all go well again',
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
      label: `${title}: what`,
      options: places.map(({ label }) => label),
      chosen: places.findIndex(({ value }) => value === chosen.place),
      pick: choosePlace,
    }),
    select({
      label: `${title}: how`,
      options: FAULT_KINDS.map((kind) => FAULT_WORDS[kind]),
      chosen: FAULT_KINDS.indexOf(chosen.what),
      pick: (at) => chooseKind(FAULT_KINDS[at] ?? chosen.what),
    }),
    h(
      'button.button',
      { type: 'button', 'aria-label': `Plan it for ${title}`, onClick: () => void perform(app, act) },
      'Plan it',
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
