import type { Transaction } from 'kysely';
import type { FindMember } from '../identity/resolve.ts';
import type { Log } from '../log.ts';
import type { Enqueue, WithLease } from '../queue/index.ts';
import type { BudgetAlert, Spender } from '../session/policy/limits.ts';
import type { Policy } from '../session/policy/schema.ts';
import type { MessageMetadata } from '../slack/edge/metadata.ts';
import type { CardPlace } from '../slack/edge/outbound.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { PostOnce } from '../slack/post-once.ts';
import type { Rendered } from '../slack/views/objects.ts';
import type { Person } from '../store/identities.ts';
import type { ShownMessage } from '../store/shown.ts';
import type { Store } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import type { TurnClass } from '../store/turns.ts';
import type { Text } from '../text/index.ts';

/** What showing any message in Slack needs. */
export type ShowContext = {
  store: Pick<Store, 'db' | 'shown' | 'turns'>;
  slack: Pick<Slack, 'outbound'>;
  postOnce: PostOnce;
  redrawHome: (person: Person) => Promise<void>;
  now: () => number;
  log: Log;
};

/** With what the kinds read. */
export type ReconcileContext = ShowContext & {
  store: Pick<Store, 'requests' | 'sessions' | 'settings'>;
  slack: Pick<Slack, 'people' | 'groups' | 'textFor' | 'presence'>;
  findMember: FindMember;
  policy: { current: () => Policy };
  budget: { alerts: (spender: Spender) => Promise<BudgetAlert[]> };
  enqueue: Enqueue;
  withLease: WithLease;
  /** Of what everyone sees. */
  text: Text;
  command: string;
};

/** What a message should say, and where. */
export type Desired = {
  /** `direct`: in the person's direct messages. */
  place: CardPlace | 'direct';
  teamId: string;
  /** Whose it is: it goes to them directly, and their Home shows it. null: everyone's. */
  userId: string | null;
  /** Left out: `rest`. */
  turnClass?: TurnClass;
  /** It will need an edit soon: while edits are short, it isn't posted yet. */
  editFollows?: boolean;
  metadata: MessageMetadata;
  /** Since when there is a reason to post it; left out: an earlier one is not searched for. */
  since?: Date;
  stage?: string | null;
  /** Left out: of all that it says. */
  fingerprint?: string;
  render: () => Rendered;
  /** When it will say something else; null: once the rows change. */
  againInMs?: number | null;
  /** Others wait for it: for minutes, if Slack refuses it for no reason that is known here. */
  isFollowed?: boolean;
};

/** `earlier`: it was found there. */
type ShownAt = CardPlace & { ts: string; earlier: boolean; before: ShownMessage | null };

/** One kind of message that is kept up to date: rows, and what they should look like. */
export type Kind<Rows, C = ReconcileContext> = {
  /** null: what it is about is not known. */
  read: (c: C, subject: string) => Promise<Rows | null>;
  /** Pure. null: it stays as it is, or isn't there. A number: nothing yet; when to look again, in ms. */
  desired: (rows: Rows, before: ShownMessage | null) => Desired | number | null;
  /** What follows once it is posted, in the transaction that records where. */
  posted?: (c: C, rows: Rows, at: ShownAt, trx: Transaction<Tables>) => Promise<void>;
  /** A person deleted it, so it is looked at as if it had never been posted. */
  deleted?: (c: C, rows: Rows, trx: Transaction<Tables>) => Promise<void>;
  /** Slack refuses it everywhere. */
  refused?: (c: C, rows: Rows, how: { before: ShownMessage | null; code: string }) => Promise<void>;
};
