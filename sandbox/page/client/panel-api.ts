import type { ControlAct, ControlState, ExchangeBody } from './panel-wire.ts';

const GONE = 'The sandbox does not answer. Is it still running?';

/** The panel and its server have the same version, so only the frame is checked. */
function isState(value: unknown): value is ControlState {
  return typeof value === 'object' && value !== null && 'bot' in value && 'exchanges' in value;
}

function isBody(value: unknown): value is ExchangeBody {
  return typeof value === 'object' && value !== null && 'sent' in value && 'answered' in value;
}

async function ask(path: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(`/api/control/${path}`, init).catch(() => {
    throw new Error(GONE);
  });
  const body: unknown = await response.json();
  if (response.ok) return body;
  const hasProblem = typeof body === 'object' && body !== null && 'problem' in body;
  throw new Error(hasProblem ? String(body.problem) : GONE);
}

export async function fetchControl(): Promise<ControlState> {
  const state = await ask('state');
  if (!isState(state)) throw new Error(GONE);
  return state;
}

export async function postControl(act: ControlAct): Promise<ControlState> {
  const headers = { 'content-type': 'application/json' };
  const state = await ask('act', { method: 'POST', headers, body: JSON.stringify(act) });
  if (!isState(state)) throw new Error(GONE);
  return state;
}

export async function fetchExchange(id: number): Promise<ExchangeBody> {
  const body = await ask(`exchange?id=${id}`);
  if (!isBody(body)) throw new Error(GONE);
  return body;
}
