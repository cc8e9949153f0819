import type { Act, ActResult, Answer, Exchange, Snapshot } from './wire.ts';
import { wording } from './words.ts';

/** Throws the server's sentence for a refusal. */
async function ask(path: string, body?: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const post = body && { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`/api/${path}`, post).catch(() => {
    throw new Error(wording.problems.gone);
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const hasProblem = typeof answer === 'object' && answer !== null && 'problem' in answer;
  throw new Error(hasProblem ? String(answer.problem) : wording.problems.gone);
}

/** The page and its server have the same version, so only the frame is checked. */
const framed =
  <Body extends object>(name: keyof Body) =>
  (answer: unknown): Body => {
    if (isFramed<Body>(answer, name)) return answer;
    throw new Error(wording.problems.notUnderstood);
  };

function isFramed<Body extends object>(answer: unknown, name: keyof Body): answer is Body {
  return typeof answer === 'object' && answer !== null && name in answer;
}

export const fetchSnapshot = async (): Promise<Snapshot> => ask('state').then(framed<Snapshot>('channels'));

export async function postAct(userId: string, act: Act): Promise<Answer> {
  return ask('act', { as: userId, ...act })
    .then(framed<ActResult>('failure'))
    .then(
      (result) => ({ ok: true, result }),
      (error: unknown) => ({ ok: false, problem: sentence(error) }),
    );
}

/** The newest first. */
export const fetchRequests = async (): Promise<Exchange[]> =>
  ask('requests')
    .then(framed<{ requests: Exchange[] }>('requests'))
    .then(({ requests }) => requests);

/** Once the app has answered the next command. */
export const killApp = async (): Promise<unknown> => ask('kill', {});

export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type Heard = { changed: (isShown: boolean) => void; connected: (isUp: boolean) => void };

/** Listens for changes, to what the page shows or only to the panel, and whether the sandbox is running. */
export function listen({ connected, changed }: Heard): void {
  const source = new EventSource('/api/events');
  source.addEventListener('shown', () => changed(true));
  source.addEventListener('other', () => changed(false));
  source.addEventListener('open', () => connected(true));
  source.addEventListener('error', () => connected(false));
}
