import type { ControlAct } from '../act-schema.ts';
import type { App } from './app.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { requests } from './panel-requests.ts';
import { SCRIPTS, SPEEDS, type ControlState, type SessionView } from './panel-wire.ts';
import { perform, togglePanel } from './panel.ts';
import { wording } from './words.ts';

const speedWords = (speed: number): string => (speed === 0 ? wording.panel.paused : `${speed}×`);

export function panelView(app: App): Child {
  const { control, problem } = app.state.panel;
  return [
    h(
      'header.panel-head',
      {},
      h('h1', {}, wording.panel.title),
      h(
        'button.icon-button',
        { type: 'button', 'aria-label': wording.panel.close, onClick: () => togglePanel(app) },
        icon('close'),
      ),
    ),
    h('div.panel-alert', { role: 'alert' }, problem),
    control === null ? null : [devin(app, control), theApp(app, control), problems(control), requests(app)],
  ];
}

function theApp(app: App, { bot }: ControlState): VNode {
  const { status, pid, starts, log } = bot;
  const isRunning = status === 'ready';
  return h(
    'section.panel-section',
    { 'aria-labelledby': 'panel-app' },
    h('h2', { id: 'panel-app' }, wording.panel.app),
    h(
      'p.bot-status',
      { role: 'status' },
      h(`span.dot.${status}`, { 'aria-hidden': 'true' }),
      h('strong', {}, wording.panel.status[status]),
      h('span.panel-note', {}, pid === null ? '' : wording.panel.process(pid, starts)),
    ),
    h(
      'div.panel-line',
      {},
      isRunning
        ? button(app, { words: wording.panel.restart, act: { do: 'restart-bot' }, key: 'restart' })
        : null,
      isRunning ? button(app, { words: wording.panel.kill, act: { do: 'kill-bot' }, key: 'kill' }) : null,
      status === 'ended'
        ? button(app, { words: wording.panel.start, act: { do: 'start-bot' }, key: 'start' })
        : null,
      isRunning
        ? button(app, {
            words: wording.panel.redeliver,
            act: { do: 'redeliver' },
            key: 'redeliver',
          })
        : null,
    ),
    h(
      'details.bot-log',
      {},
      h('summary', {}, wording.panel.log),
      h(
        'pre',
        { tabindex: 0, role: 'region', 'aria-label': wording.panel.logOf },
        log.map(({ level, message }) => `${level.padEnd(5)} ${message}`).join('\n'),
      ),
    ),
  );
}

function devin(app: App, { script, speed, sessions }: ControlState): VNode {
  return h(
    'section.panel-section',
    { 'aria-labelledby': 'panel-devin' },
    h('h2', { id: 'panel-devin' }, wording.panel.next),
    h(
      'fieldset.scripts',
      {},
      h('legend', {}, wording.panel.nextSession),
      ...SCRIPTS.map((value) =>
        choice({
          name: 'script',
          words: wording.panel.scripts[value],
          isChosen: value === script,
          pick: () => void perform(app, { do: 'set-script', script: value }),
        }),
      ),
    ),
    h(
      'fieldset.speeds',
      {},
      h('legend', {}, wording.panel.speed),
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
      ? h('p.panel-note', { key: 'none' }, wording.panel.noSession)
      : h(
          'ul.sessions',
          { key: 'sessions', tabindex: 0, 'aria-label': wording.panel.sessions },
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
            'aria-label': wording.panel.stepOf(title),
            onClick: () => void perform(app, { do: 'step', sessionId: id }),
          },
          wording.panel.step,
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
    h('h2', { id: 'panel-problems' }, wording.panel.wrong),
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
