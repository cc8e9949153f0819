import type { ResolveIdentity } from '../../identity/resolve.ts';
import type { Log } from '../../log.ts';
import type { WithNames } from '../../session/defaults.ts';
import type { Lookup } from '../../session/fields.ts';
import type { Person } from '../../store/identities.ts';
import type { Limiter } from '../../store/limiter.ts';
import type { InTime } from '../../time.ts';
import type { AuthorityContext } from '../authority.ts';
import type { Slack } from '../edge/slack.ts';
import type { ActsContext } from '../inbox/acts.ts';
import type { RequestsContext } from '../inbox/requests.ts';
import type { Suggestion } from '../views/form/fields.ts';

/** What listeners need. People wait for them, so `lookUp`, `presence` and `textFor` answer in time, whatever Slack and Devin do. */
export type ListenersContext = AuthorityContext &
  ActsContext &
  RequestsContext & {
    slack: Pick<Slack, 'outbound' | 'people' | 'botUserId' | 'files' | 'thread'>;
    resolve: ResolveIdentity;
    limiter: Limiter;
    inTime: InTime;
    search: (lookup: Lookup, typed: string) => Promise<Suggestion[]>;
    /** With the names of playbooks and the like that are known now. */
    withNames: WithNames;
    /** The app adds a tag of its own to each session. */
    tagRequests: boolean;
    mentions: 'start' | 'ask';
    command: string;
    /** Redraws the person's Home if they may be looking at it. */
    redrawHome: (person: Person) => Promise<void>;
    now: () => number;
    log: Log;
  };
