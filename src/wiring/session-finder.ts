import { createFindSession } from '../jobs/create-session/find-session.ts';
import type { FindSession } from '../jobs/create-session/settle.ts';
import type { Parts } from './parts.ts';

export function createSessionFinder({ config, devin, store }: Parts): FindSession {
  return createFindSession({
    listSessions: devin.sessions.listAll,
    firstMessage: async (id) => (await devin.messages.list(id, { first: 1 })).items[0]?.message ?? null,
    sessions: store.sessions,
    tagRequests: config.requestTag,
  });
}
