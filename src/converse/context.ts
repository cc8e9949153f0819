import type { Devin } from '../devin/devin.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Enqueue, Lease, SearchUntilFound, WithLease } from '../queue/index.ts';
import type { Identity } from '../session/identity.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { SteeringCheck } from '../slack/authority.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { Reply } from '../store/replies.ts';
import type { Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Budget } from '../trust/index.ts';

export type ConverseContext = {
  store: Store;
  devin: Pick<Devin, 'sessions' | 'messages' | 'attachments'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'nameMentions' | 'files' | 'presence' | 'textFor'>;
  enqueue: Enqueue;
  resolve: ResolveIdentity;
  check: SteeringCheck;
  /** Reserves what a session that rests may still use; why it can't be woken: it doesn't fit. */
  budget: Pick<Budget, 'wake' | 'letGo'>;
  recordAnswer: (session: SessionRow, snapshot: SessionSnapshot) => Promise<unknown>;
  withLease: WithLease;
  searchUntilFound: SearchUntilFound;
  /** Whether to send as the service user, with the author's name in the text, if Devin refuses the author. */
  mayFallBack: boolean;
  now: () => number;
};

/** A reply with the session it is for, and the request that session was started for. */
export type ReplyInSession = Followed & { reply: Reply };

/** A reply that its author may send. `lease`: of the process that works on this session's replies. */
export type SendingReply = ReplyInSession & { identity: Identity; signal: AbortSignal; lease: Lease };
