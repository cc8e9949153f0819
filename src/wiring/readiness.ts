import type { Readiness } from '../health.ts';
import type { Parts } from './parts.ts';

type ReadinessParts = Pick<Parts, 'database' | 'queue' | 'slack'>;

export function createReadiness({ database, queue, slack }: ReadinessParts): () => Promise<Readiness> {
  return async () => ({
    database: await database.ping().then(
      () => true,
      () => false,
    ),
    queue: queue.healthy(),
    slack: slack.bolt.connected(),
  });
}
