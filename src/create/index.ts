import type { Queue } from '../queue/index.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { DatabaseTime } from '../store/sql.ts';
import type { Tuning } from '../times.ts';
import type { CreateContext } from './context.ts';
import { create, giveUp } from './machine.ts';
import { notifyPerson } from './notify.ts';
import { createSweep, type SweepContext, findUnconfirmed } from './sweep.ts';

export type { Next } from './context.ts';
export { findOne, isTaggedFor, type SearchContext, unboundOf } from './find-session.ts';
export { handOverFile } from './hand-over.ts';
export { PERSON_NOT_IN_CONVERSATION } from './identify.ts';
export { adopt, ended, expireApproval, type MoveContext, moveLocked, notApproved } from './move.ts';
export type { Sweep } from './sweep.ts';

type CreationContext = Omit<CreateContext, 'enqueue'> & {
  queue: SweepContext['queue'] & Pick<Queue, 'enqueue' | 'work'>;
  slack: Pick<Slack, 'outbound' | 'textFor'>;
  onSilent: SweepContext['onSilent'];
  tuning: Pick<Tuning, 'sweepTimes'> & { readTime: DatabaseTime['read'] };
};

/** From a saved request to a session. */
export function createCreation({ queue, onSilent, ...rest }: CreationContext) {
  const c: CreateContext = { ...rest, enqueue: queue.enqueue };
  const { store, slack, tuning } = rest;
  queue.work('create-session', async ({ requestId }, { signal }) => create(c, requestId, signal), {
    // Each may wait for Devin as long as a POST takes: a minute and a half.
    concurrency: 64,
    over: async ({ requestId }, waiting, askedToWaitMs) => {
      const failure = { kind: 'gave-up', waiting, ...(askedToWaitMs !== null && { askedToWaitMs }) } as const;
      await giveUp(c, requestId, failure);
    },
  });
  queue.work('tell-person', async (told) => notifyPerson({ store, slack }, told), { concurrency: 4 });
  return {
    findUnconfirmed: async (signal: AbortSignal) => findUnconfirmed(c, signal),
    sweep: createSweep({
      ...c,
      queue,
      onSilent,
      readTime: async () => tuning.readTime(store.db),
      times: tuning.sweepTimes,
    }),
  };
}
