import type { Act, ActResult, Answer, Snapshot } from './wire.ts';

/** The page and its server have the same version, so only the frame is checked. */
function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === 'object' && value !== null && 'people' in value && 'channels' in value;
}

function isResult(value: unknown): value is ActResult {
  return typeof value === 'object' && value !== null && 'failure' in value;
}

export async function fetchSnapshot(): Promise<Snapshot> {
  const response = await fetch('/api/state');
  const body: unknown = await response.json();
  if (!isSnapshot(body)) throw new Error(problemIn(body));
  return body;
}

export async function postAct(userId: string, act: Act): Promise<Answer> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ as: userId, ...act }),
  };
  try {
    const response = await fetch('/api/act', request);
    const body: unknown = await response.json();
    return isResult(body) ? { ok: true, result: body } : { ok: false, problem: problemIn(body) };
  } catch {
    return { ok: false, problem: 'The sandbox does not answer. Is it still running?' };
  }
}

function problemIn(body: unknown): string {
  const hasProblem = typeof body === 'object' && body !== null && 'problem' in body;
  return hasProblem ? String(body.problem) : 'The sandbox gave an answer that this page does not understand.';
}

/** What the page shows; the other changes are the control panel's alone. */
const SHOWN = new Set(['message', 'view', 'home', 'guide']);

type Heard = {
  changed: (what: 'shown' | 'other') => void;
  connected: (isUp: boolean) => void;
};

const UP = 'up';
const DOWN = 'down';
/** The name by which a browser's tabs find each other. */
const SHARED = 'sandbox-events';

const hearers = new Set<Heard>();

/** Listens for changes to what is shown, and whether the sandbox is running. */
export function listen(heard: Heard): void {
  hearers.add(heard);
  if (hearers.size === 1) shareEvents();
}

/**
 * One tab holds the connection for all: a browser opens six to an address, and six event streams would block everything
 * else. If that tab closes, another one connects.
 */
function shareEvents(): void {
  const others = new BroadcastChannel(SHARED);
  others.addEventListener('message', ({ data }) => hear(data));
  const tell = (word: string): void => {
    hear(word);
    others.postMessage(word);
  };
  void navigator.locks.request(SHARED, async () => {
    const source = new EventSource('/api/events');
    source.addEventListener('changed', ({ data }) => tell(String(data)));
    source.addEventListener('open', () => tell(UP));
    source.addEventListener('error', () => tell(DOWN));
    return new Promise(() => undefined);
  });
}

function hear(word: unknown): void {
  for (const { connected, changed } of hearers) {
    if (word === UP || word === DOWN) connected(word === UP);
    else changed(SHOWN.has(whatChanged(word)) ? 'shown' : 'other');
  }
}

function whatChanged(data: unknown): string {
  const changed: unknown = typeof data === 'string' ? JSON.parse(data) : null;
  const isKnown = typeof changed === 'object' && changed !== null && 'what' in changed;
  return isKnown ? String(changed.what) : '';
}
