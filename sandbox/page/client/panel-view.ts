import type { ControlAct } from '../act-schema.ts';
import type { App } from './app.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { faults } from './panel-faults.ts';
import { requests } from './panel-requests.ts';
import {
  SCRIPTS,
  SPEEDS,
  type BotView,
  type ControlState,
  type ScriptChoice,
  type SessionView,
} from './panel-wire.ts';
import { perform, togglePanel } from './panel.ts';

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

export function panelView(app: App): Child {
  const { control, problem } = app.state.panel;
  return [
    h(
      'header.panel-head',
      {},
      h('h1', {}, 'Controls'),
      h(
        'button.icon-button',
        { type: 'button', 'aria-label': 'Close the controls', onClick: () => togglePanel(app) },
        icon('close'),
      ),
    ),
    h('div.panel-alert', { role: 'alert' }, problem),
    control === null
      ? null
      : [devin(app, control), theApp(app, control), faults(app), problems(control), requests(app)],
  ];
}

function theApp(app: App, { bot }: ControlState): VNode {
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
        ? button(app, { words: 'Kill and restart', act: { do: 'restart-bot' }, key: 'restart' })
        : null,
      isRunning ? button(app, { words: 'Kill', act: { do: 'kill-bot' }, key: 'kill' }) : null,
      status === 'ended' ? button(app, { words: 'Start', act: { do: 'start-bot' }, key: 'start' }) : null,
      isRunning
        ? button(app, {
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

function devin(app: App, { script, speed, sessions }: ControlState): VNode {
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
          pick: () => void perform(app, { do: 'set-script', script: value }),
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
          pick: () => void perform(app, { do: 'set-speed', speed: value }),
        }),
      ),
    ),
    sessions.length === 0
      ? h('p.panel-note', { key: 'none' }, 'No session has been started yet.')
      : h(
          'ul.sessions',
          { key: 'sessions', tabindex: 0, 'aria-label': 'Sessions, newest first' },
          ...sessions.map((session) => sessionRow(app, session)),
        ),
  );
}

function sessionRow(app: App, { id, title, status, hasNext }: SessionView): VNode {
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
            onClick: () => void perform(app, { do: 'step', sessionId: id }),
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
    h('h2', { id: 'panel-problems' }, 'What the app did wrong'),
    h('ul.problems', {}, ...found.map((problem, at) => h('li', { key: String(at) }, problem))),
  );
}

function button(app: App, { words, act, key }: { words: string; act: ControlAct; key: string }): VNode {
  const { busy } = app.state.panel;
  return h(
    'button.button',
    { type: 'button', key, disabled: busy !== null, onClick: () => void perform(app, act) },
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
