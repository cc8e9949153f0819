import type { ControlAct } from '../act-schema.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { type FaultChoice, faults } from './panel-faults.ts';
import { type Filter, requests } from './panel-requests.ts';
import {
  SCRIPTS,
  SPEEDS,
  type BotView,
  type ControlState,
  type ExchangeBody,
  type ScriptChoice,
  type SessionView,
} from './panel-wire.ts';

export type PanelState = {
  /** null until it has been asked for. */
  control: ControlState | null;
  filter: Filter;
  /** The request whose body is shown. */
  opened: { id: number; body: ExchangeBody } | null;
  choice: FaultChoice;
  /** What the page waits for. */
  busy: ControlAct['do'] | null;
  problem: string | null;
};

export type Panel = {
  state: PanelState;
  act: (act: ControlAct) => void;
  choose: (choice: Partial<FaultChoice>) => void;
  setFilter: (filter: Filter) => void;
  /** null closes what is open. */
  open: (id: number | null) => void;
  close: () => void;
};

const SCRIPT_WORDS: Record<ScriptChoice, string> = {
  normal: 'Works, opens a pull request, finishes',
  question: 'Asks a question, then goes on',
  report: 'Reports with a table, lists, code and a file',
  fails: 'Fails',
  capped: 'Reaches its ACU cap',
  slow: 'Waits a minute before each step',
};

const STATUS_WORDS: Record<BotView['status'], string> = {
  starting: 'Starting',
  ready: 'Running',
  ended: 'Not running',
};

const speedWords = (speed: number): string => (speed === 0 ? 'Paused' : `${speed}×`);

export function panelView(panel: Panel): Child {
  const { control, problem } = panel.state;
  return [
    h(
      'header.panel-head',
      {},
      h('h1', {}, 'Controls'),
      h(
        'button.icon-button',
        { type: 'button', 'aria-label': 'Close the controls', onClick: panel.close },
        icon('close'),
      ),
    ),
    h('div.panel-alert', { role: 'alert' }, problem),
    control === null
      ? null
      : [devin(panel, control), app(panel, control), faults(panel), problems(control), requests(panel)],
  ];
}

function app(panel: Panel, { bot }: ControlState): VNode {
  const { status, pid, starts, log } = bot;
  const isRunning = status === 'ready';
  return h(
    'section.panel-section',
    { 'aria-labelledby': 'panel-app' },
    h('h2', { id: 'panel-app' }, 'The app'),
    h(
      'p.bot-status',
      { role: 'status' },
      h(`span.dot.${status}`, { 'aria-hidden': 'true' }),
      h('strong', {}, STATUS_WORDS[status]),
      h(
        'span.panel-note',
        {},
        pid === null ? '' : `process ${pid}, ${starts === 1 ? 'first start' : `start ${starts}`}`,
      ),
    ),
    h(
      'div.panel-line',
      {},
      isRunning
        ? button(panel, { words: 'Kill and restart', act: { do: 'restart-bot' }, key: 'restart' })
        : null,
      isRunning ? button(panel, { words: 'Kill', act: { do: 'kill-bot' }, key: 'kill' }) : null,
      status === 'ended' ? button(panel, { words: 'Start', act: { do: 'start-bot' }, key: 'start' }) : null,
      isRunning
        ? button(panel, {
            words: 'Deliver the last payload again',
            act: { do: 'redeliver' },
            key: 'redeliver',
          })
        : null,
    ),
    h(
      'details.bot-log',
      {},
      h('summary', {}, 'Log'),
      h(
        'pre',
        { tabindex: 0, role: 'region', 'aria-label': 'Log of the app' },
        log.map(({ level, message }) => `${level.padEnd(5)} ${message}`).join('\n'),
      ),
    ),
  );
}

function devin(panel: Panel, { script, speed, sessions }: ControlState): VNode {
  return h(
    'section.panel-section',
    { 'aria-labelledby': 'panel-devin' },
    h('h2', { id: 'panel-devin' }, 'What Devin does next'),
    h(
      'fieldset.scripts',
      {},
      h('legend', {}, 'The next session…'),
      ...SCRIPTS.map((value) =>
        choice({
          name: 'script',
          words: SCRIPT_WORDS[value],
          isChosen: value === script,
          pick: () => panel.act({ do: 'set-script', script: value }),
        }),
      ),
    ),
    h(
      'fieldset.speeds',
      {},
      h('legend', {}, 'Speed'),
      ...SPEEDS.map((value) =>
        choice({
          name: 'speed',
          words: speedWords(value),
          isChosen: value === speed,
          pick: () => panel.act({ do: 'set-speed', speed: value }),
        }),
      ),
    ),
    sessions.length === 0
      ? h('p.panel-note', { key: 'none' }, 'No session has been started yet.')
      : h(
          'ul.sessions',
          { key: 'sessions', tabindex: 0, 'aria-label': 'Sessions, newest first' },
          ...sessions.map((session) => sessionRow(panel, session)),
        ),
  );
}

function sessionRow(panel: Panel, { id, title, status, hasNext }: SessionView): VNode {
  return h(
    'li.session',
    { key: id },
    h('span.session-words', {}, h('strong', {}, title), h('span.panel-note', {}, status)),
    hasNext
      ? h(
          'button.button',
          {
            type: 'button',
            'aria-label': `Next step of ${title}`,
            onClick: () => panel.act({ do: 'step', sessionId: id }),
          },
          'Next step',
        )
      : null,
  );
}

/** Shown only if the app did something that a careful app wouldn't. */
function problems({ problems: found }: ControlState): Child {
  if (found.length === 0) return null;
  return h(
    'section.panel-section',
    { 'aria-labelledby': 'panel-problems', key: 'problems' },
    h('h2', { id: 'panel-problems' }, 'What Slack and Devin complain of'),
    h('ul.problems', {}, ...found.map((problem, at) => h('li', { key: String(at) }, problem))),
  );
}

function button(panel: Panel, { words, act, key }: { words: string; act: ControlAct; key: string }): VNode {
  const { busy } = panel.state;
  return h(
    'button.button',
    { type: 'button', key, disabled: busy !== null, onClick: () => panel.act(act) },
    busy === act.do ? h('span.spinner', { 'aria-hidden': 'true' }) : null,
    words,
  );
}

type Choice = { name: string; words: string; isChosen: boolean; pick: () => void };

function choice({ name, words, isChosen, pick }: Choice): VNode {
  return h(
    'label.choice',
    { key: words },
    h('input', { type: 'radio', name: `panel-${name}`, checked: isChosen, onChange: pick }),
    h('span', {}, words),
  );
}
