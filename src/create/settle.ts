import type { SearchUntilFound } from '../queue/index.ts';
import type { Transitions } from './transitions.ts';
import type { FindSession } from './find-session.ts';
import { nextOrLeave } from './outcome.ts';
import type { CreateStep } from './outcome.ts';
import type { Adopt } from './send.ts';

type SettleDeps = {
  findSession: FindSession;
  adopt: Adopt;
  transitions: Transitions;
  searchUntilFound: SearchUntilFound;
};

/**
 * sending -> created or unknown: the answer to a POST was lost, and repeating it might pay for a second session.
 * So Devin's list is looked through; what is not found is said to be unknown, and a person decides.
 */
export function createSettleStep(deps: SettleDeps): CreateStep {
  const { findSession, adopt, transitions, searchUntilFound } = deps;

  return async (run) => {
    const { request, lease, signal } = run;
    await transitions.stay(run, { waiting: 'looking' }, { card: true });
    const found = await searchUntilFound(async () => findSession(request), signal);
    if (found.kind === 'stopped') return { kind: 'leave' };
    if (found.kind === 'found') return adopt(request, found.value, { lease });
    const { id } = request;
    const changes = { waiting: null };
    return nextOrLeave(
      await transitions.move(
        { id, from: 'sending', to: 'unknown', changes },
        { card: true, outcome: true },
        { lease },
      ),
    );
  };
}
