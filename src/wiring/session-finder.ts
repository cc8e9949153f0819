import { createFindSession, createFindSessions } from '../create/find-session.ts';
import type { FindSession, FindSessions } from '../create/find-session.ts';
import type { Parts } from './parts.ts';

export function createSessionFinder({ config, devin, store }: Parts): {
  one: FindSession;
  many: FindSessions;
} {
  const { requestTag: tagRequests } = config;
  const many = createFindSessions({
    listSessions: devin.sessions.listAll,
    firstMessage: async (id, options) =>
      (await devin.messages.list(id, { first: 1, ...options })).items[0]?.message ?? null,
    sessions: store.sessions,
    tagRequests,
  });
  return { one: createFindSession(many, tagRequests), many };
}
