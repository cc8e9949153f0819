import type { Devin } from '../devin/devin.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Queue, SearchUntilFound, WithLease } from '../queue/index.ts';
import type { ShowNow } from '../reconcile/index.ts';
import type { WithNames } from '../session/defaults.ts';
import type { RequestState } from '../session/request.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { Limiter } from '../store/limiter.ts';
import type { DatabaseTime } from '../store/sql.ts';
import type { Store } from '../store/store.ts';
import type { Tuning } from '../times.ts';
import { createApproversOf, type Budget, type Gate } from '../trust/index.ts';
import { createAskApproval } from './approval.ts';
import { createAttachStep } from './attach.ts';
import { createSessionSearch, type SessionSearch } from './find-session.ts';
import { createIdentify, createHoldStep, createIdentifyStep, createWritePrompt } from './identify.ts';
import { createPersonNotifier } from './notify.ts';
import { createAdopt, createFlow, createSessionCreator, type Adopt } from './run.ts';
import { createSend } from './send.ts';
import { createSweep } from './sweep.ts';
import { createTransitions, type Transitions } from './transitions.ts';
import { createUnconfirmedFinder, createSettleStep } from './unconfirmed.ts';
import { sayWords } from './words.ts';

export type { Adopt } from './run.ts';
export { isTaggedFor, sentSince, type SessionSearch } from './find-session.ts';
export { handOverFile } from './hand-over.ts';
export { PERSON_NOT_IN_CONVERSATION } from './identify.ts';
export { endUnapproved, expireApproval } from './approval.ts';
export type { Sweep } from './sweep.ts';
export type { Onward, Transitions } from './transitions.ts';

type CreationDeps = {
  queue: Pick<Queue, 'enqueue' | 'enqueueAll' | 'unqueued' | 'work'>;
  store: Store;
  devin: Pick<Devin, 'sessions' | 'messages' | 'attachments' | 'time' | 'catalog'>;
  slack: Pick<
    Slack,
    'outbound' | 'thread' | 'nameMentions' | 'files' | 'presence' | 'groups' | 'people' | 'textFor'
  >;
  resolve: ResolveIdentity;
  gate: Pick<Gate, 'judge' | 'instructionsAt'>;
  limiter: Pick<Limiter, 'beforeSending'>;
  budget: Pick<Budget, 'fit'>;
  withLease: WithLease;
  show: ShowNow;
  searchUntilFound: SearchUntilFound;
  withNames: WithNames;
  tagRequests: boolean;
  surelyKnownSince: () => Date;
  onMoved: (state: RequestState) => void;
  onSilent: (count: number) => void;
  tuning: Pick<Tuning, 'log' | 'now' | 'sweepTimes' | 'undoMs'> & { readTime: DatabaseTime['read'] };
};

/** Each may wait for Devin as long as a POST takes: a minute and a half. */
const CREATIONS = { concurrency: 64 };

/** From a saved request to a session. */
export function createCreation(deps: CreationDeps) {
  const { queue, store, devin, withLease, show, withNames, tagRequests } = deps;
  const { outbound, textFor } = deps.slack;
  const { log, now, readTime, sweepTimes } = deps.tuning;
  const { enqueue } = queue;
  const transitions = createTransitions({ store, enqueue, onMoved: deps.onMoved, now });
  const adopt = createAdopt({ store, transitions, withNames });
  const search = createSessionSearch({
    store,
    listSessions: devin.sessions.listAll,
    firstMessage: async (id, options) =>
      (await devin.messages.list(id, { first: 1, ...options })).items[0]?.message ?? null,
    tagRequests,
  });
  const steps = createSteps(deps, { transitions, adopt, search });
  const create = createSessionCreator({ store, withLease, enqueue, steps, show });
  const notifyPerson = createPersonNotifier({ store, outbound, textFor });
  queue.work('create-session', async ({ requestId }, { signal }) => create(requestId, signal), CREATIONS);
  queue.work('tell-person', async ({ requestId, notice }) => notifyPerson(requestId, notice), {
    concurrency: 4,
  });
  return {
    transitions,
    adopt,
    search,
    findUnconfirmed: createUnconfirmedFinder({ store, transitions, search, adopt, enqueue, now, log }),
    sweep: createSweep({
      store,
      transitions,
      now,
      readTime: async () => readTime(store.db),
      enqueue,
      sayWords: async () => sayWords({ store, enqueueAll: queue.enqueueAll, onSilent: deps.onSilent }),
      unqueued: queue.unqueued,
      times: sweepTimes,
      log,
    }),
  };
}

type StepDeps = { transitions: Transitions; adopt: Adopt; search: SessionSearch };

function createSteps(deps: CreationDeps, { transitions, adopt, search }: StepDeps) {
  const { store, devin, slack, gate, resolve, withNames } = deps;
  const { now, log, undoMs } = deps.tuning;
  const { thread, people, groups, presence, nameMentions, files } = slack;
  const { upload } = devin.attachments;
  const flow = createFlow({ transitions, now });
  const identify = createIdentify({
    gate,
    resolve,
    idOf: devin.catalog.idOf,
    presence,
    flow,
    withNames,
    nameMentions,
    now,
  });
  const writePrompt = createWritePrompt({ gate, nameMentions });
  const approversOf = createApproversOf({ groups, people, resolve });
  const askApproval = createAskApproval({ gate, approversOf, files, flow, now });
  const { limiter, budget, tagRequests, searchUntilFound } = deps;
  const { send, step } = createSend({
    store,
    identify,
    createSession: devin.sessions.create,
    devinTime: devin.time,
    limiter,
    budget,
    tagRequests,
    flow,
    adopt,
    search,
    now,
    surelyKnownSince: deps.surelyKnownSince,
    log,
  });
  return {
    accepted: createIdentifyStep({ identify, writePrompt, send, flow, undoMs, now }),
    held: createHoldStep({ flow, now }),
    identified: createAttachStep({ askApproval, writePrompt, thread, files, upload, flow, now }),
    attached: step,
    sending: createSettleStep({ search, adopt, flow, searchUntilFound }),
  };
}
