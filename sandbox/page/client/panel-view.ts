import type { App } from './app.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { perform, togglePanel } from './panel.ts';
import { SCRIPTS, type ControlState, type Exchange } from './wire.ts';
import { wording, LOCALE } from './words.ts';

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

const time = new Intl.DateTimeFormat(LOCALE, { hour12: false, timeStyle: 'medium' });

/** What went over the wire, newest first. */
function requests(app: App): VNode {
  const shown = app.state.panel.control?.exchanges ?? [];
  return h(
    'section.panel-section',
    { 'aria-labelledby': 'panel-requests' },
    h('h2', { id: 'panel-requests' }, wording.requests.title),
    h('p.panel-note', {}, wording.requests.about),
    h('ul.exchanges', {}, ...folded(shown).map(line)),
  );
}

/** Polls in a row are one line. */
function folded(exchanges: readonly Exchange[]): Exchange[][] {
  const runs: Exchange[][] = [];
  for (const one of exchanges) {
    const last = runs.at(-1);
    if (isPoll(one) && last?.[0] !== undefined && isPoll(last[0])) last.push(one);
    else runs.push([one]);
  }
  return runs;
}

const isPoll = ({ side, name, isTrouble }: Exchange): boolean =>
  side === 'devin' && name.startsWith('GET ') && !isTrouble;

function line(run: readonly Exchange[]): VNode | null {
  const rows = run.map(row);
  const [first] = run;
  if (first === undefined || rows.length === 1) return rows[0] ?? null;
  return h(
    'li.exchange',
    { key: `polls-${run.at(-1)?.id ?? first.id}` },
    h(
      'details.polls',
      {},
      h('summary', {}, wording.requests.polls(run.length)),
      h('ul.exchanges', {}, ...rows),
    ),
  );
}

function row({ id, atMs, side, direction, name, result, isTrouble }: Exchange): VNode {
  const way =
    direction === 'to-bot'
      ? wording.requests.from('Slack')
      : wording.requests.to(side === 'slack' ? 'Slack' : 'Devin');
  return h(
    'li.exchange.exchange-line',
    { key: String(id) },
    h(`span.exchange-way.${side}`, {}, way),
    h('span.exchange-name', {}, name),
    h(
      isTrouble ? 'span.exchange-result.failed' : 'span.exchange-result',
      {},
      result ?? wording.requests.noAnswer,
    ),
    h('time.exchange-time', {}, time.format(atMs)),
  );
}
