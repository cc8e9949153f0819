import { createTidying } from '../store/tidy.ts';
import type { Tidying } from '../store/tidy.ts';
import { createRetention } from '../store/retention.ts';
import type { Parts } from './parts.ts';

/** What is not kept. */
export function createTidyingUp({ config, settings: { log }, store }: Parts): Tidying {
  const { retentionDays } = config;
  return createTidying({ retention: createRetention(store.db), leases: store.leases, retentionDays, log });
}
