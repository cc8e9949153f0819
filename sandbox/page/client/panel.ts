import type { ControlAct } from '../act-schema.ts';
import { fetchControl, postControl, sentence } from './api.ts';
import type { App } from './app.ts';
import type { ControlState } from './wire.ts';

/** The sandbox's controls: whether they are shown, and what they do. They ask for nothing while they are hidden. */

export type PanelState = {
  isOpen: boolean;
  /** null until it has been asked for. */
  control: ControlState | null;
  /** What the page waits for. */
  busy: ControlAct['do'] | null;
  problem: string | null;
};

const KEY = 'sandbox-panel';
const ROOMY_PX = 1500;
/** As in layout.css: there, they cover a part of the page, with the button that opened them. */
const COVERS = '(max-width: 1000px)';
/** Requests come in bursts. */
const REFRESH_EVERY_MS = 200;

const coversPage = (): boolean => window.matchMedia(COVERS).matches;

/** Beside Slack if there is room, unless the person chose otherwise. */
export function initialPanel(): PanelState {
  const chosen = localStorage.getItem(KEY);
  return {
    isOpen: chosen === null ? window.innerWidth >= ROOMY_PX : chosen === 'open',
    control: null,
    busy: null,
    problem: null,
  };
}

export function setPanel(app: App, change: Partial<PanelState>): void {
  app.update({ panel: { ...app.state.panel, ...change } });
}

export function togglePanel(app: App): void {
  const isOpen = !app.state.panel.isOpen;
  localStorage.setItem(KEY, isOpen ? 'open' : 'closed');
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
    fetchControl().then(
      (control) => setPanel(app, { control }),
      () => undefined,
    );
  }, REFRESH_EVERY_MS);
}

export async function perform(app: App, act: ControlAct): Promise<void> {
  setPanel(app, { busy: act.do, problem: null, control: foreseen(app.state.panel.control, act) });
  try {
    setPanel(app, { control: await postControl(act), busy: null });
  } catch (error) {
    setPanel(app, { busy: null, problem: sentence(error) });
  }
}

/** Shows the choice at once, before the server confirms it. */
function foreseen(control: ControlState | null, act: ControlAct): ControlState | null {
  return control !== null && act.do === 'set-script' ? { ...control, script: act.script } : control;
}
