import type { PostNewCard } from '../cards/index.ts';
import type { Devin } from '../devin/devin.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { PostOnce, Queue, SearchUntilFound, WithLease } from '../queue/index.ts';
import type { WithNames } from '../session/defaults.ts';
import type { RequestState } from '../session/request.ts';
import type { Slack } from '../slack/slack.ts';
import type { Limiter } from '../store/limiter.ts';
import type { Store } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import {
  createApproversOf,
  type Budget,
  type DecidersOf,
  type FileSource,
  type Gate,
} from '../trust/index.ts';
import type { Tuning } from '../tuning.ts';
import { createAskApproval, createAttachStep } from './attach.ts';
import { createSessionSearch, type SessionSearch } from './find-session.ts';
import { createIdentify, createIdentifyStep, createWritePrompt } from './identify.ts';
import { createOutcomeNotifier } from './notify-outcome.ts';
import { createPersonNotifier } from './notify.ts';
import { createReplace, createWhyNotReplaced } from './replace.ts';
import { createResumer } from './resume.ts';
import { createAdopt, createFlow, createSessionCreator, type Adopt } from './run.ts';
import { createSend } from './send.ts';
import { createSweep, type Sweep } from './sweep.ts';
import { createTransitions, type Transitions } from './transitions.ts';
import { createUnconfirmedFinder, createSettleStep } from './unconfirmed.ts';

export { devinTrouble, type Adopt, type DevinTrouble, type Waiting } from './run.ts';
export { isTaggedFor } from './find-session.ts';
export { handOverFile, type UploadFile } from './hand-over.ts';
export { lookupTrouble, PERSON_NOT_IN_CONVERSATION, refusedAs } from './identify.ts';
export { endUnapproved } from './replace.ts';
export { SWEEP_TIMES, type Sweep, type SweepTimes } from './sweep.ts';
export type { Onward, Transitions } from './transitions.ts';

type CreationDeps = {
  queue: Pick<Queue, 'enqueue' | 'unqueued' | 'work'>;
  store: Store;
  devin: Pick<Devin, 'sessions' | 'messages' | 'attachments' | 'time'>;
  slack: Pick<
    Slack,
    | 'outbound'
    | 'thread'
    | 'nameMentions'
    | 'files'
    | 'presence'
    | 'findLeaver'
    | 'isOutside'
    | 'groups'
    | 'people'
    | 'textFor'
  >;
  resolve: ResolveIdentity;
  policy: Pick<FileSource<unknown>, 'sha256'>;
  gate: Pick<Gate, 'judge' | 'instructionsAt'>;
  decidersOf: DecidersOf;
  limiter: Pick<Limiter, 'beforeSending'>;
  budget: Pick<Budget, 'fit'>;
  postNewCard: PostNewCard;
  withLease: WithLease;
  postOnce: PostOnce;
  searchUntilFound: SearchUntilFound;
  withNames: WithNames;
  tagRequests: boolean;
  /** Called with each new state of a request, after the commit. */
  onMoved: (state: RequestState) => void;
  tuning: Pick<Tuning, 'log' | 'now' | 'readTime' | 'leaseMs' | 'sweepTimes'>;
  text: Text;
};

type Creation = {
  transitions: Transitions;
  adopt: Adopt;
  /** Searches again for sessions whose creation was not confirmed. Returns how long Devin wants a pause, in ms. */
  findUnconfirmed: (signal: AbortSignal) => Promise<number>;
  sweep: Sweep;
};

/** Each may wait for Devin as long as a POST takes: `most` is what a process can hold. */
const CREATIONS = { concurrency: 20, most: 300 };

/** From a saved request to a session. */
export function createCreation(deps: CreationDeps): Creation {
  const { queue, store, slack, withLease, postNewCard } = deps;
  const { log, now, readTime, leaseMs, sweepTimes } = deps.tuning;
  const { requests, sessions, milestones, unconfirmedCreates, ledger, cards, forms, envelopes } = store;
  const { db, replies, messages } = store;
  const { enqueue } = queue;
  const { outbound, textFor } = slack;
  const transitions = createTransitions({
    db,
    requests,
    cards,
    sessions,
    milestones,
    unconfirmedCreates,
    ledger,
    envelopes,
    enqueue,
    onMoved: deps.onMoved,
    now,
  });
  const adopt = createAdopt({ transitions, envelopes, withNames: deps.withNames });
  const search = createSearch(deps);
  const steps = createSteps(deps, { transitions, adopt, search });
  const create = createSessionCreator({ requests, withLease, postNewCard, enqueue, steps, leaseMs });
  const notifyPerson = createPersonNotifier({ requests, sessions, forms, envelopes, outbound, textFor });
  const resume = createResumer({ requests, search, adopt, transitions, enqueue, now });
  queue.work('create-session', async ({ requestId }, { signal }) => create(requestId, signal), CREATIONS);
  queue.work('tell-person', async ({ requestId, notice }) => notifyPerson(requestId, notice), {
    concurrency: 4,
  });
  queue.work('tell-outcome', createNotifyOutcome(deps), { concurrency: 4 });
  queue.work('resume', async (job) => resume(job), { concurrency: 4, most: 50 });
  const finder = { db, transitions, envelopes, unconfirmedCreates, ledger, requests, sessions, milestones };
  const waiting = { requests, cards, replies, messages, milestones };
  return {
    transitions,
    adopt,
    findUnconfirmed: createUnconfirmedFinder({ ...finder, search, adopt, enqueue, now, log }),
    sweep: createSweep({
      ...waiting,
      readTime: async () => readTime(db),
      enqueue,
      unqueued: queue.unqueued,
      times: sweepTimes,
      log,
    }),
  };
}

function createNotifyOutcome({ store, slack, withLease, postOnce, tuning, text }: CreationDeps) {
  const { requests, sessions, posts, settings } = store;
  const { outbound, findLeaver, isOutside, textFor } = slack;
  const { now, log } = tuning;
  return createOutcomeNotifier({
    requests,
    sessions,
    posts,
    settings,
    findLeaver,
    isOutside,
    outbound,
    withLease,
    postOnce,
    text,
    textFor,
    now,
    log,
  });
}

function createSearch({ devin, store, tagRequests }: CreationDeps) {
  return createSessionSearch({
    listSessions: devin.sessions.listAll,
    firstMessage: async (id, options) =>
      (await devin.messages.list(id, { first: 1, ...options })).items[0]?.message ?? null,
    sessions: store.sessions,
    tagRequests,
  });
}

type StepDeps = { transitions: Transitions; adopt: Adopt; search: SessionSearch };

function createSteps(deps: CreationDeps, { transitions, adopt, search }: StepDeps) {
  const { store, devin, slack, resolve, limiter, budget, searchUntilFound, withNames } = deps;
  const { now } = deps.tuning;
  const { thread, presence, nameMentions, files } = slack;
  const { upload } = devin.attachments;
  const { judge, instructionsAt } = deps.gate;
  const { requests, envelopes } = store;
  const flow = createFlow({ transitions, replace: createReplace({ requests, now }), now });
  const whyNotReplaced = createWhyNotReplaced({ requests, decidersOf: deps.decidersOf });
  const identify = createIdentify({
    judge,
    resolve,
    presence,
    whyNotReplaced,
    flow,
    withNames,
    nameMentions,
    now,
  });
  const writePrompt = createWritePrompt({ instructionsAt, nameMentions });
  const approversOf = createApproversOf(slack);
  const askApproval = createAskApproval({ policySha256: deps.policy.sha256, judge, approversOf, flow });
  const { send, step } = createSend({
    identify,
    createSession: devin.sessions.create,
    devinTime: devin.time,
    limiter,
    budget,
    envelopes,
    tagRequests: deps.tagRequests,
    flow,
    adopt,
    forgetIdentity: store.identities.forget,
    findEarlier: search.findEarlier,
    now,
  });
  return {
    accepted: createIdentifyStep({ identify, writePrompt, send, flow }),
    identified: createAttachStep({ askApproval, writePrompt, thread, files, upload, flow, now }),
    attached: step,
    sending: createSettleStep({ search, adopt, flow, searchUntilFound }),
  };
}
