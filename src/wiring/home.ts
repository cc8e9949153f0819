import { checkSlack } from '../checks.ts';
import { createHomeHealth } from '../home/home-health.ts';
import { createGreeter } from '../home/greet-channel.ts';
import { createHomePublisher } from '../home/publish-home.ts';
import { manifestScopes } from '../slack/manifest-scopes.ts';
import { countSetAside } from '../store/set-aside.ts';
import { en } from '../text/index.ts';
import type { Parts } from './parts.ts';
import { sleep } from './sleep.ts';

/** Each person's App Home. */
export function createHome(parts: Parts): void {
  const { config, settings, queue, store, slack, resolver } = parts;
  const { log, now } = settings;
  const { outbound, workspaceUrl } = slack;
  const publish = createHomePublisher({
    ...store,
    resolver,
    healthFor: createHealth(parts),
    outbound,
    enqueue: queue.enqueue,
    command: config.slack.command,
    workspaceUrl,
    sleep,
    now,
    text: en,
    log,
  });
  queue.work('publish-home', async (whose, { signal }) => publish(whose, signal), { concurrency: 4 });
}

/** What the app says in a channel it was invited to. */
export function createGreeting(parts: Parts): void {
  const { config, settings, queue, store, withLease, postOnce } = parts;
  const greet = createGreeter({
    ...store,
    withLease,
    postOnce,
    enqueue: queue.enqueue,
    command: config.slack.command,
    text: en,
    log: settings.log,
  });
  queue.work('greet-channel', async (channel) => greet(channel), { concurrency: 2 });
}

function createHealth({ config, settings: { log }, database, devin, slack }: Parts) {
  const { answers: client, people } = slack;
  const { botToken } = config.slack;
  return createHomeHealth({
    people,
    grantedScopes: async () => (await checkSlack({ client, botToken, text: en })).scopes,
    wantedScopes: manifestScopes,
    askDevin: devin.self.get,
    countSetAside: async () => countSetAside(database.db),
    log,
  });
}
