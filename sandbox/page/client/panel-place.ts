/** Where the sandbox's controls are: beside Slack if there is room, unless the person chose otherwise. */

const KEY = 'sandbox-panel';
const ROOMY_PX = 1500;
/** As in layout.css: there, they cover a part of the page, with the button that opened them. */
const COVERS = '(max-width: 1000px)';

function panel(): HTMLElement | null {
  return document.getElementById('panel');
}

export const isPanelOpen = (): boolean => panel()?.hidden === false;

export function startPanel(): void {
  const chosen = localStorage.getItem(KEY);
  const isOpen = chosen === null ? window.innerWidth >= ROOMY_PX : chosen === 'open';
  panel()?.toggleAttribute('hidden', !isOpen);
}

export function togglePanel(): void {
  panel()?.toggleAttribute('hidden', isPanelOpen());
  localStorage.setItem(KEY, isPanelOpen() ? 'open' : 'closed');
  if (isPanelOpen() && coversPage()) panel()?.focus();
}

export const coversPage = (): boolean => window.matchMedia(COVERS).matches;
