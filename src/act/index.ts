import { moveReply } from '../converse/index.ts';
import type { Adopt, Transitions } from '../create/index.ts';
import type { Devin } from '../devin/devin.ts';
import type { FindMember, ResolveIdentity } from '../identity/resolve.ts';
import type { Queue, SearchUntilFound } from '../queue/index.ts';
import type { ShowNow } from '../reconcile/index.ts';
import type { ImportSession } from '../restore/index.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { createAuthority } from '../slack/authority.ts';
import type { Slack } from '../slack/edge/slack.ts';
import { createLateNotifier, createNotifier } from '../slack/tell-later.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Tuning } from '../times.ts';
import type { MayEnd, SteeringCheck } from '../trust/index.ts';
import { createCanceller } from './cancel.ts';
import { createFollower } from './follow.ts';
import { createLinker } from './link.ts';
import { tolerant } from './outcome.ts';
import { createSteerer } from './steer.ts';

type SteeringDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  store: Store;
  devin: Pick<Devin, 'sessions'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'presence' | 'textFor'>;
  resolve: ResolveIdentity;
  check: SteeringCheck;
  mayEnd: MayEnd;
  transitions: Transitions;
  adopt: Adopt;
  findMember: FindMember;
  importSession: ImportSession;
  recordAnswer: (session: SessionRow, snapshot: SessionSnapshot) => Promise<unknown>;
  show: ShowNow;
  searchUntilFound: SearchUntilFound;
  tuning: Pick<Tuning, 'now'>;
};

/** Each may wait for Devin. */
const MANY = { concurrency: 10 };

/** Stop, archive, cancel, follow and link. */
export function createSteering(deps: SteeringDeps): void {
  const { queue, store, devin, slack, resolve, check, transitions, adopt, findMember } = deps;
  const { importSession, recordAnswer, show, searchUntilFound } = deps;
  const { envelopes, audit } = store;
  const { enqueue } = queue;
  const { outbound, people, presence, textFor } = slack;
  const authority = createAuthority({
    identify: resolve,
    presence,
    check,
    mayEnd: deps.mayEnd,
    audit,
    textFor,
  });
  const endingRefusal = tolerant(authority.endingRefusal, textFor);
  const notifier = createNotifier({ envelopes, outbound, enqueue });
  const steer = createSteerer({
    store,
    moveReply: async (step) => moveReply({ store, enqueue }, step),
    steeringRefusal: tolerant(authority.steeringRefusal, textFor),
    endingRefusal,
    devin: devin.sessions,
    enqueue,
    recordAnswer,
    notifier,
    searchUntilFound,
    textFor,
    now: deps.tuning.now,
  });
  const cancel = createCanceller({ store, endingRefusal, transitions, enqueue, notifier, textFor });
  const follow = createFollower({
    store,
    resolve,
    presence,
    getSession: devin.sessions.get,
    importSession,
    adopt,
    show,
    outbound,
    notifier,
    textFor,
  });
  const linking = { store, people, findMember, enqueue, notifier, textFor };
  const { link } = createLinker(linking);
  queue.work('steer', async (job, { signal }) => steer(job, signal), MANY);
  queue.work('cancel-request', cancel, MANY);
  queue.work('follow-session', follow, MANY);
  queue.work('link-person', link, MANY);
  queue.work('tell-later', createLateNotifier({ envelopes, outbound }), MANY);
}
