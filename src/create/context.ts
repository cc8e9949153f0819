import type { Transaction } from 'kysely';
import type { Devin } from '../devin/devin.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Enqueue, Later, Lease, Notice, SearchUntilFound, WithLease } from '../queue/index.ts';
import type { ShowNow } from '../reconcile/index.ts';
import type { WithNames } from '../session/defaults.ts';
import type { RequestState } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { Limiter } from '../store/limiter.ts';
import type { RequestChanges, SessionRequest } from '../store/requests.ts';
import type { Store, Tables } from '../store/store.ts';
import type { Tuning } from '../times.ts';
import type { Budget, Gate, Reservation } from '../trust/index.ts';

/** What it takes to turn a request into a session. */
export type CreateContext = {
  store: Store;
  devin: Pick<Devin, 'time'> & {
    sessions: Pick<Devin['sessions'], 'create' | 'listAll'>;
    messages: Pick<Devin['messages'], 'list'>;
    attachments: Pick<Devin['attachments'], 'upload'>;
    catalog: Pick<Devin['catalog'], 'idOf'>;
  };
  slack: Pick<Slack, 'nameMentions' | 'files' | 'presence'> & {
    thread: Pick<Slack['thread'], 'read' | 'quote'>;
    groups: Pick<Slack['groups'], 'idsOf'>;
    people: Pick<Slack['people'], 'find'>;
  };
  resolve: ResolveIdentity;
  gate: Pick<Gate, 'judge' | 'rulesAt'>;
  limiter: Pick<Limiter, 'beforeSending'>;
  budget: Pick<Budget, 'fit'>;
  enqueue: Enqueue;
  withLease: WithLease;
  show: ShowNow;
  searchUntilFound: SearchUntilFound;
  withNames: WithNames;
  tagRequests: boolean;
  /** From when on the database can't have lost that a request was sent. */
  knownSince: () => Date;
  /** Called with each new state, after the commit. */
  onMoved: (state: RequestState) => void;
  tuning: Pick<Tuning, 'log' | 'now' | 'undoMs' | 'silentMs'>;
};

/** What a request becomes. `move` writes it, with everything that follows from it. */
export type Next = {
  to: RequestState;
  changes?: RequestChanges;
  /** How long it can be approved. */
  expiresInMs?: number;
  /** What it may use counts from here on. */
  reserve?: Reservation;
  /** It was sent, and Devin did nothing: what was reserved is free again. */
  released?: boolean;
  /** The session it gets. `asked`: by a person, who needn't be told that it was found. */
  session?: { snapshot: SessionSnapshot; asked?: boolean };
  /** What its person is told privately. */
  tell?: Notice;
  /** Its person is notified under the card. */
  outcome?: boolean;
  /** Nothing more can be done before. */
  afterMs?: number;
  /** The queue tries again. */
  later?: Later;
  /** What is done then, in place of the step of its state. */
  step?: Step;
};

/** While this process works on a request. `signal` aborts if the app stops or another process takes over. */
export type Run = { lease: Lease; signal: AbortSignal };

/** Throws `Later`, `Refused` or `Unclear`; the machine decides what that means. */
export type Step = (c: CreateContext, request: SessionRequest, run: Run) => Promise<Next | InTransaction>;

/** Decided in the transaction that writes it. */
export type InTransaction = (trx: Transaction<Tables>) => Promise<Next>;
