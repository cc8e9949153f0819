import { render } from 'preact';
import type { ControlAct } from '../act-schema.ts';
import { fetchControl, fetchExchange, listen, postControl, sentence } from './api.ts';
import { coversPage } from './panel-place.ts';
import { type Panel, type PanelState, panelView } from './panel-view.ts';
import type { ControlState } from './panel-wire.ts';

/** The sandbox's controls, beside Slack. Shown and hidden by the page; asks for nothing while it is hidden. */
const found = document.getElementById('panel');
if (found === null) throw new Error('The page has no #panel.');
const root = found;

/** Requests come in bursts. */
const REFRESH_EVERY_MS = 200;

let state: PanelState = {
  control: null,
  filter: 'all',
  opened: null,
  choice: {
    devin: { place: 'create', what: 'lost' },
    slack: { place: 'chat.postMessage', what: 'lost' },
    times: 1,
  },
  busy: null,
  problem: null,
};
let isDue = false;

function update(change: Partial<PanelState>): void {
  state = { ...state, ...change };
  if (!root.hidden) render(panelView(panel()), root);
}

function panel(): Panel {
  return {
    state,
    act: (act) => void perform(act),
    choose: (choice) => update({ choice: { ...state.choice, ...choice } }),
    setFilter: (filter) => update({ filter }),
    open: (id) => void openExchange(id),
    close,
  };
}

/** The page's own button knows how, and where the focus goes. */
function close(): void {
  const toggle = document.getElementById('panel-toggle');
  toggle?.click();
  toggle?.focus();
}

async function perform(act: ControlAct): Promise<void> {
  update({ busy: act.do, problem: null, control: foreseen(state.control, act) });
  try {
    update({ control: await postControl(act), busy: null });
  } catch (error) {
    update({ busy: null, problem: sentence(error) });
  }
}

/** Shows the choice at once, before the server confirms it. */
function foreseen(control: ControlState | null, act: ControlAct): ControlState | null {
  if (control === null) return null;
  if (act.do === 'set-script') return { ...control, script: act.script };
  return act.do === 'set-speed' ? { ...control, speed: act.speed } : control;
}

async function openExchange(id: number | null): Promise<void> {
  try {
    update({ opened: id === null ? null : { id, body: await fetchExchange(id) } });
  } catch (error) {
    update({ opened: null, problem: sentence(error) });
  }
}

function refresh(): void {
  if (isDue || root.hidden) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    fetchControl().then(
      (control) => update({ control }),
      () => undefined,
    );
  }, REFRESH_EVERY_MS);
}

root.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && coversPage()) close();
});
new MutationObserver(refresh).observe(root, { attributes: true, attributeFilter: ['hidden'] });
listen({
  changed: refresh,
  connected: (isUp) => {
    if (isUp) refresh();
  },
});
refresh();
