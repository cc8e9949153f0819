import { createAttachments } from './attachments.ts';
import { createCatalog } from './catalog.ts';
import type { DevinClientOptions, Options } from './client.ts';
import { createDevinClient } from './client.ts';
import { createConsumption } from './consumption.ts';
import { createMembers } from './members.ts';
import { createMessages } from './messages.ts';
import { createSelf } from './self.ts';
import { createRemoteClock } from '../remote-clock.ts';
import { createSessions } from './sessions.ts';

/** All operations on one organization of Devin; what uses it takes the part it needs. */
export function createDevin({ now, ...options }: DevinClientOptions & { now?: () => number }) {
  const clock = createRemoteClock();
  const { fetch = globalThis.fetch } = options;
  const timed = now === undefined ? {} : { now };
  const client = createDevinClient({ ...options, fetch: clock.observe(fetch) });
  const self = createSelf(client);
  return {
    /** What time it is at Devin, which is asked when it has not answered yet; null: its answers do not say. */
    async time({ signal }: Options = {}): Promise<Date | null> {
      if (clock.nowMs() === null) await self.get({ signal });
      const nowMs = clock.nowMs();
      return nowMs === null ? null : new Date(nowMs);
    },
    clock,
    sessions: createSessions(client),
    messages: createMessages(client),
    attachments: createAttachments(client),
    members: createMembers(client),
    catalog: createCatalog(client, timed),
    consumption: createConsumption(client, timed),
    self,
  };
}

export type Devin = ReturnType<typeof createDevin>;
