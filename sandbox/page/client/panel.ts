import { fetchRequests } from './api.ts';
import type { App } from './app.ts';
import { type Child, h, tag, type VNode } from './h.ts';
import { icon } from './icons.ts';
import type { Exchange } from './wire.ts';
import { LOCALE, wording } from './words.ts';

/** The list of requests beside the page. The page asks for nothing while it is hidden. */
export type PanelState = { isOpen: boolean; requests: Exchange[] };

/** As in layout.css: there, they cover a part of the page, with the button that opened them. */
const COVERS = '(max-width: 1000px)';
/** Requests come in bursts. */
const REFRESH_EVERY_MS = 200;

const coversPage = (): boolean => window.matchMedia(COVERS).matches;

function setPanel(app: App, change: Partial<PanelState>): void {
  app.update({ panel: { ...app.state.panel, ...change } });
}

export function togglePanel(app: App): void {
  const isOpen = !app.state.panel.isOpen;
  setPanel(app, { isOpen });
  refreshPanel(app);
  const focused = isOpen && coversPage() ? 'panel' : 'panel-toggle';
  queueMicrotask(() => document.getElementById(focused)?.focus());
}

export function closeOnEscape(app: App, panel: HTMLElement): void {
  panel.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && coversPage()) togglePanel(app);
  });
}

let isDue = false;

export function refreshPanel(app: App): void {
  if (isDue || !app.state.panel.isOpen) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    fetchRequests().then(
      (requests) => setPanel(app, { requests }),
      () => undefined,
    );
  }, REFRESH_EVERY_MS);
}

/** What went over the wire, newest first. */
export function panelView(app: App): Child {
  const words = wording.requests;
  return [
    tag(
      'header.panel-head',
      tag('h1', words.title),
      h(
        'button.icon-button',
        { type: 'button', 'aria-label': words.close, onClick: () => togglePanel(app) },
        icon('close'),
      ),
    ),
    tag(
      'section.panel-section',
      tag('p.panel-note', words.about),
      tag('ul.exchanges', ...app.state.panel.requests.map(row)),
    ),
  ];
}

const time = new Intl.DateTimeFormat(LOCALE, { hour12: false, timeStyle: 'medium' });

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
