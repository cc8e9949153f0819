import { DevinError, isOutcomeUnknown } from '../devin/errors.ts';
import type { SearchUntilFound, SteeringVerb } from '../queue/index.ts';
import { isClosed, type SessionSnapshot } from '../session/snapshot.ts';

type Options = { signal: AbortSignal };
type Call = { call: 'terminate' | 'archive' | 'unarchive'; isDone: (snapshot: SessionSnapshot) => boolean };

export type AskDeps = {
  devin: Record<Call['call'] | 'get', (sessionId: string, options: Options) => Promise<SessionSnapshot>>;
  searchUntilFound: SearchUntilFound;
};

/** What Devin is asked for each, in order. It puts a session to sleep only by archiving it, and keeps it in the archive. */
const CALLS: Record<SteeringVerb, readonly [Call, ...Call[]]> = {
  stop: [{ call: 'terminate', isDone: isClosed }],
  archive: [{ call: 'archive', isDone: ({ isArchived }) => isArchived }],
  sleep: [
    { call: 'archive', isDone: ({ status }) => status === 'suspended' },
    { call: 'unarchive', isDone: ({ isArchived }) => !isArchived },
  ],
};

type Outcome =
  | { kind: 'done'; snapshot: SessionSnapshot }
  | { kind: 'not-done'; error: unknown }
  /** Devin's answer was lost, and the session isn't seen that way. */
  | { kind: 'unknown' };

/** `tellLost`: called while it isn't known whether it was done; the search can take half a minute. */
type Asked = { sessionId: string; what: SteeringVerb; tellLost: () => Promise<void> };

/** Stops, archives or puts to sleep. */
export async function askDevin(deps: AskDeps, asked: Asked, signal: AbortSignal): Promise<Outcome> {
  const [first, ...others] = CALLS[asked.what];
  let outcome = await attempt(deps, { ...asked, ...first }, signal);
  for (const call of others)
    if (outcome.kind === 'done') outcome = await attempt(deps, { ...asked, ...call }, signal);
  return outcome;
}

type Attempt = Omit<Asked, 'what'> & Call;

async function attempt(deps: AskDeps, attempted: Attempt, signal: AbortSignal): Promise<Outcome> {
  const { sessionId, call, isDone, tellLost } = attempted;
  try {
    return { kind: 'done', snapshot: await deps.devin[call](sessionId, { signal }) };
  } catch (error) {
    signal.throwIfAborted();
    const isLost = isOutcomeUnknown(error);
    const mayBeDone = isLost || (error instanceof DevinError && error.code === 'conflict');
    const look = { sessionId, isDone, onMissing: tellLost };
    const snapshot = mayBeDone ? await lookFor(deps, look, signal) : null;
    if (snapshot !== null) return { kind: 'done', snapshot };
    return isLost ? { kind: 'unknown' } : { kind: 'not-done', error };
  }
}

/** `onMissing`: called before it is looked for again. */
type Look = Pick<Attempt, 'sessionId' | 'isDone'> & { onMissing: () => Promise<void> };

/** The session, if it was done although Devin didn't confirm it; null: it isn't seen that way, or Devin couldn't be asked. */
async function lookFor(
  { devin, searchUntilFound }: AskDeps,
  { sessionId, isDone, onMissing }: Look,
  signal: AbortSignal,
): Promise<SessionSnapshot | null> {
  let looks = 0;
  return searchUntilFound(async () => {
    if (looks > 0) await onMissing();
    looks += 1;
    const snapshot = await devin.get(sessionId, { signal });
    return isDone(snapshot) ? snapshot : null;
  }, signal);
}
