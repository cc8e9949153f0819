import type { ControlAct } from '../act-schema.ts';
import type { App } from './app.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { requests } from './panel-requests.ts';
import { SCRIPTS, type ControlState } from './panel-wire.ts';
import { perform, togglePanel } from './panel.ts';
import { wording } from './words.ts';

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
      h('strong', {}, wording.panel.status[status]),
      h('span.panel-note', {}, pid === null ? '' : wording.panel.process(pid, starts)),
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
    h(
      'fieldset.scripts',
      {},
      h('legend', {}, wording.panel.nextSession),
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
          h('span', {}, wording.panel.scripts[value]),
        ),
      ),
    ),
  );
}
