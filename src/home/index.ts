import type { Devin } from '../devin/devin.ts';
import type { MappingSource } from '../identity/mapping-file.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import { checkSlack } from '../operator/checks.ts';
import type { PostOnce, Queue, WithLease } from '../queue/index.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import type { Slack } from '../slack/slack.ts';
import { countSetAside } from '../store/set-aside.ts';
import type { Store } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import type { MayAll, PolicySource, ReportUsage } from '../trust/index.ts';
import type { Tuning } from '../tuning.ts';
import { createHomeFiles, createHomeHealth } from './for-admins.ts';
import { createGreeter } from './greet-channel.ts';
import { createHomePublisher } from './publish-home.ts';

export { createHomeRedrawer, type RedrawHome } from './publish-home.ts';

type HomeDeps = {
  queue: Pick<Queue, 'work'>;
  store: Pick<
    Store,
    'db' | 'listing' | 'requests' | 'approvalMessages' | 'sessions' | 'settings' | 'greetings'
  >;
  devin: Pick<Devin, 'self'>;
  slack: Pick<Slack, 'outbound' | 'answers' | 'people' | 'richBlocks' | 'textFor'>;
  policy: Pick<PolicySource, 'current' | 'problems'>;
  mapping: Pick<MappingSource, 'current' | 'problems'>;
  resolve: ResolveIdentity;
  withNames: (draft: EffectiveDraft) => EffectiveDraft;
  usage: Pick<ReportUsage, 'ofPerson' | 'ofEveryone'>;
  mayAll: MayAll;
  withLease: WithLease;
  postOnce: PostOnce;
  botToken: string;
  command: string;
  tuning: Pick<Tuning, 'log' | 'now'>;
  text: Text;
};

/** Each person's App Home, and what the app says in a channel it was invited to. */
export function createHome(deps: HomeDeps): void {
  const { queue, store, slack, policy, mapping, mayAll, resolve, withLease, postOnce, command, text } = deps;
  const { log, now } = deps.tuning;
  const { listing, requests, approvalMessages, sessions, settings, greetings } = store;
  const { outbound, textFor } = slack;
  const publish = createHomePublisher({
    listing,
    requests,
    approvalMessages,
    sessions,
    settings,
    resolve,
    withNames: deps.withNames,
    healthFor: createHealth(deps),
    filesFor: createHomeFiles({ policy, mapping, people: slack.people, mayAll }),
    usage: deps.usage,
    richBlocks: slack.richBlocks,
    outbound,
    command,
    now,
    textFor,
    log,
  });
  const greet = createGreeter({ greetings, withLease, postOnce, command, text, log });
  queue.work('publish-home', async (whose, { signal }) => publish(whose, signal), { concurrency: 4 });
  queue.work('greet-channel', async (channel) => greet(channel), { concurrency: 2 });
}

function createHealth({ store, devin, slack, botToken, tuning: { log } }: HomeDeps) {
  const { answers: client, people } = slack;
  return createHomeHealth({
    people,
    grantedScopes: async () => (await checkSlack({ client, botToken })).scopes,
    askDevin: devin.self.get,
    countSetAside: async () => countSetAside(store.db),
    log,
  });
}
