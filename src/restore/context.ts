import type { Adopt } from '../create/index.ts';
import type { Devin } from '../devin/devin.ts';
import type { FindMember, ResolveIdentity } from '../identity/resolve.ts';
import type { Enqueue } from '../queue/index.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { Store } from '../store/store.ts';
import type { Tuning } from '../times.ts';

/** What it takes to take over sessions that exist already. */
export type RestoreContext = {
  store: Store;
  devin: Pick<Devin, 'self' | 'time'> & {
    sessions: Pick<Devin['sessions'], 'get' | 'listAll'>;
    messages: Pick<Devin['messages'], 'list'>;
    attachments: Pick<Devin['attachments'], 'list'>;
  };
  slack: Pick<Slack, 'teamId' | 'readPosted'>;
  resolve: ResolveIdentity;
  findMember: FindMember;
  enqueue: Enqueue;
  adopt: Adopt;
  command: string;
  tuning: Pick<Tuning, 'log' | 'now'>;
};
