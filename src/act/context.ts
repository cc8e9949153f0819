import type { MoveContext, SearchContext } from '../create/index.ts';
import type { Devin } from '../devin/devin.ts';
import type { FindMember, ResolveIdentity } from '../identity/resolve.ts';
import type { Jobs, SearchUntilFound } from '../queue/index.ts';
import type { ShowNow } from '../reconcile/index.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { AuthorityContext } from '../slack/authority.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Gate, Spending } from '../trust/index.ts';

/** What acts need. */
export type ActContext = AuthorityContext &
  MoveContext &
  SearchContext & {
    devin: Pick<Devin, 'sessions' | 'attachments'>;
    slack: Pick<Slack, 'outbound' | 'people' | 'presence'>;
    resolve: ResolveIdentity;
    gate: Pick<Gate, 'judge'>;
    findMember: FindMember;
    /** Records what Devin answered, and updates the card. */
    recordAnswer: (session: SessionRow, snapshot: SessionSnapshot) => Promise<void>;
    show: ShowNow;
    usage: Pick<Spending, 'report'>;
    command: string;
    searchUntilFound: SearchUntilFound;
  };

export type Act = Jobs['act'];
export type ActKind = Act['kind'];
type WithKind<One, Kind> = One extends { kind: infer Kinds } ? (Kind extends Kinds ? One : never) : never;
/** The act of one of these kinds. */
export type ActOf<Kind extends ActKind> = WithKind<Act, Kind>;

/** What an act's person is told once it is done, in Slack's markup. If it isn't done, a RefusedError says why. */
export type ActAnswer = readonly string[];

/** An act with what it is about, once its person may do it. */
export type Doing<A extends Act, Subject> = { act: A; subject: Subject; signal: AbortSignal };
