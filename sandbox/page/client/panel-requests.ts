import type { App } from './app.ts';
import { h, type VNode } from './h.ts';
import type { Exchange, ExchangeBody } from './panel-wire.ts';
import { openExchange, setPanel } from './panel.ts';
import { LOCALE, wording } from './words.ts';

const time = new Intl.DateTimeFormat(LOCALE, { hour12: false, timeStyle: 'medium' });

/** What went over the wire, newest first; a row opens to show the body. */
export function requests(app: App): VNode {
  const shown = app.state.panel.control?.exchanges ?? [];
  return h(
    'section.panel-section',
    { 'aria-labelledby': 'panel-requests' },
    h('h2', { id: 'panel-requests' }, wording.requests.title),
    h('p.panel-note', {}, wording.requests.about),
    h('ul.exchanges', {}, ...folded(shown).map((run) => line(app, run))),
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

function line(app: App, run: readonly Exchange[]): VNode | null {
  const { opened } = app.state.panel;
  const rows = run.map((one) => row(app, one, opened?.id === one.id ? opened.body : null));
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

function row(app: App, exchange: Exchange, body: ExchangeBody | null): VNode {
  const { id, atMs, side, direction, name, result, isTrouble } = exchange;
  const way =
    direction === 'to-bot'
      ? wording.requests.from('Slack')
      : wording.requests.to(side === 'slack' ? 'Slack' : 'Devin');
  return h(
    'li.exchange',
    { key: String(id) },
    h(
      'button.exchange-line',
      {
        type: 'button',
        'aria-expanded': body === null ? 'false' : 'true',
        onClick: () => (body === null ? void openExchange(app, id) : setPanel(app, { opened: null })),
      },
      h(`span.exchange-way.${side}`, {}, way),
      h('span.exchange-name', {}, name),
      h(
        isTrouble ? 'span.exchange-result.failed' : 'span.exchange-result',
        {},
        result ?? wording.requests.noAnswer,
      ),
      h('time.exchange-time', {}, time.format(atMs)),
    ),
    body === null ? null : details(name, body),
  );
}

function details(name: string, { sent, answered }: ExchangeBody): VNode {
  return h(
    'div.exchange-body',
    {},
    h('h3', {}, wording.requests.sent),
    h(
      'pre',
      { tabindex: 0, role: 'region', 'aria-label': wording.requests.of(wording.requests.sent, name) },
      pretty(sent),
    ),
    h('h3', {}, wording.requests.answered),
    h(
      'pre',
      { tabindex: 0, role: 'region', 'aria-label': wording.requests.of(wording.requests.answered, name) },
      pretty(answered),
    ),
  );
}

const pretty = (value: unknown): string => JSON.stringify(value, null, 2) ?? wording.requests.nothing;
