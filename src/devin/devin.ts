import { createAttachments } from './attachments.ts';
import { createCatalog } from './catalog.ts';
import type { DevinClientOptions } from './client.ts';
import { createDevinClient } from './client.ts';
import { createMembers } from './members.ts';
import { createMessages } from './messages.ts';
import { createSelf } from './self.ts';
import { createSessions } from './sessions.ts';

/** All operations on one organisation of Devin; what uses it takes the part it needs. */
export function createDevin({ now, ...options }: DevinClientOptions & { now?: () => number }) {
  const client = createDevinClient(options);
  return {
    sessions: createSessions(client),
    messages: createMessages(client),
    attachments: createAttachments(client),
    members: createMembers(client),
    catalog: createCatalog(client, now === undefined ? {} : { now }),
    self: createSelf(client),
  };
}

export type Devin = ReturnType<typeof createDevin>;
