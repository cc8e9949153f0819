import { createHomePublisher } from '../jobs/publish-home.ts';
import { en } from '../text/index.ts';
import type { Parts } from './parts.ts';
import { sleep } from './sleep.ts';

/** Each person's App Home. */
export function createHome({ config, settings, queue, store, slack, resolver }: Parts): void {
  const { log, now } = settings;
  const { outbound, workspaceUrl } = slack;
  const publish = createHomePublisher({
    ...store,
    resolver,
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
