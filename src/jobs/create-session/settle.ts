import type { SessionResponse } from '../../devin/schemas.ts';
import type { Log } from '../../log.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Transitions } from '../transitions.ts';
import { nextOrLeave } from './outcome.ts';
import type { CreateStep } from './outcome.ts';
import type { Adopt } from './send.ts';

/** When a lost answer is looked for, in ms after the loss was noticed. Devin may still be at it. */
export const LOOKS_AT_MS: readonly number[] = [0, 1000, 3000, 7000, 15_000, 30_000];

/** The session that was created for this request, if Devin has one. Throws when Devin cannot be asked. */
export type FindSession = (request: SessionRequest) => Promise<SessionResponse | null>;

type SettleDeps = {
  findSession: FindSession;
  adopt: Adopt;
  transitions: Transitions;
  /** Resolves false when the signal ended it. */
  sleep: (ms: number, signal: AbortSignal) => Promise<boolean>;
  looksAtMs: readonly number[];
  log: Log;
};

/**
 * sending -> created or unknown: the answer to a POST was lost, and repeating it might pay for a second session.
 * So Devin's list is looked through; what is not found is said to be unknown, and a person decides.
 */
export function createSettleStep(deps: SettleDeps): CreateStep {
  const { findSession, adopt, transitions, sleep, looksAtMs, log } = deps;

  async function look(request: SessionRequest): Promise<SessionResponse | null> {
    try {
      return await findSession(request);
    } catch (error) {
      log.warn({ err: error, requestId: request.id }, 'looking for a session failed');
      return null;
    }
  }

  return async (request, signal) => {
    await transitions.stay(request, { waiting: 'looking' }, { card: true });
    let elapsedMs = 0;
    for (const atMs of looksAtMs) {
      if (!(await sleep(atMs - elapsedMs, signal))) return { kind: 'leave' };
      elapsedMs = atMs;
      const session = await look(request);
      if (session !== null) return adopt(request, session);
    }
    const { id } = request;
    const changes = { waiting: null };
    return nextOrLeave(
      await transitions.move({ id, from: 'sending', to: 'unknown', changes }, { card: true }),
    );
  };
}
