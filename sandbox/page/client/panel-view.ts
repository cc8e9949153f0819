import type { App } from './app.ts';
import { type Child, h, tag, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { perform, togglePanel } from './panel.ts';
import { SCRIPTS, type ControlState, type Exchange } from './wire.ts';
import { wording, LOCALE } from './words.ts';

export function panelView(app: App): Child {
  const { control, problem } = app.state.panel;
  return [
    tag(
      'header.panel-head',
      tag('h1', wording.panel.title),
      h(
        'button.icon-button',
        { type: 'button', 'aria-label': wording.panel.close, onClick: () => togglePanel(app) },
        icon('close'),
      ),
    ),
    h('div.panel-alert', { role: 'alert' }, problem),
    control === null ? null : [devin(app, control), theApp(app, control), requests(app)],
  ];
}

function theApp(app: App, { bot: { status, pid, starts } }: ControlState): VNode {
  const isDown = status === 'ended';
  const act = { do: isDown ? 'start-bot' : 'kill-bot' } as const;
  const { busy } = app.state.panel;
  return h(
    'section.panel-section',
    { 'aria-labelledby': 'panel-app' },
    h('h2', { id: 'panel-app' }, wording.panel.app),
    h(
      'p.bot-status',
      { role: 'status' },
      h(`span.dot.${status}`, { 'aria-hidden': 'true' }),
      tag('strong', wording.panel.status[status]),
      tag('span.panel-note', pid === null ? '' : wording.panel.process(pid, starts)),
    ),
    status === 'starting'
      ? null
      : h(
          'button.button',
          { type: 'button', key: act.do, disabled: busy !== null, onClick: () => void perform(app, act) },
          busy === act.do ? h('span.spinner', { 'aria-hidden': 'true' }) : null,
          isDown ? wording.panel.start : wording.panel.kill,
        ),
  );
}

function devin(app: App, { script }: ControlState): VNode {
  return h(
    'section.panel-section',
    { 'aria-labelledby': 'panel-devin' },
    h('h2', { id: 'panel-devin' }, wording.panel.next),
    tag(
      'fieldset.scripts',
      tag('legend', wording.panel.nextSession),
      ...SCRIPTS.map((value) =>
        h(
          'label.choice',
          { key: value },
          h('input', {
            type: 'radio',
            name: 'panel-script',
            checked: value === script,
            onChange: () => void perform(app, { do: 'set-script', script: value }),
          }),
          tag('span', wording.panel.scripts[value]),
        ),
      ),
    ),
  );
}

const time = new Intl.DateTimeFormat(LOCALE, { hour12: false, timeStyle: 'medium' });

/** What went over the wire, newest first. */
function requests(app: App): VNode {
  const shown = app.state.panel.control?.exchanges ?? [];
  return h(
    'section.panel-section',
    { 'aria-labelledby': 'panel-requests' },
    h('h2', { id: 'panel-requests' }, wording.requests.title),
    tag('p.panel-note', wording.requests.about),
    tag('ul.exchanges', ...shown.map(row)),
  );
}

function row({ id, atMs, way, name, polls, result, isTrouble }: Exchange): VNode {
  return h(
    'li.exchange',
    { key: String(id) },
    tag(`span.exchange-way.${way}`, wording.requests[way]),
    tag('span.exchange-name', polls > 1 ? wording.requests.polls(polls) : name),
    tag(
      isTrouble ? 'span.exchange-result.failed' : 'span.exchange-result',
      result ?? wording.requests.noAnswer,
    ),
    tag('time.exchange-time', time.format(atMs)),
  );
}
