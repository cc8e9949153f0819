import type { Devin } from './devin/devin.ts';
import type { FindMember, ResolveIdentity } from './identity/resolve.ts';
import type { PostOnce, Queue, SearchUntilFound, WithLease } from './queue/index.ts';
import type { WithNames } from './session/defaults.ts';
import type { Mapping } from './session/identity.ts';
import type { Policy } from './session/policy/schema.ts';
import type { RequestState } from './session/request.ts';
import type { Slack } from './slack/slack.ts';
import type { Limiter } from './store/limiter.ts';
import type { Store } from './store/store.ts';
import type { Text } from './text/index.ts';
import type { Budget, DecidersOf, FileSource, Gate } from './trust/index.ts';
import type { Tuning } from './tuning.ts';

/** What features have in common: each picks what it uses. `services.ts` makes it. */
export type Shared = {
  tuning: Tuning;
  /** The name of the slash command. */
  command: string;
  /** Each session gets a tag of its request. */
  tagRequests: boolean;
  /** In the language of what everybody sees. */
  text: Text;
  queue: Queue;
  store: Store;
  devin: Devin;
  slack: Slack;
  policy: FileSource<Policy>;
  mapping: FileSource<Mapping>;
  gate: Gate;
  budget: Budget;
  decidersOf: DecidersOf;
  limiter: Limiter;
  resolve: ResolveIdentity;
  findMember: FindMember;
  withNames: WithNames;
  withLease: WithLease;
  postOnce: PostOnce;
  searchUntilFound: SearchUntilFound;
  /** From when on the database knows what was posted. */
  knownSince: () => Date;
  /** Called with each new state of a request, after the commit. */
  onMoved: (state: RequestState) => void;
};
