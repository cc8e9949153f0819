import { describe, expect, test } from 'vitest';
import type { SessionQuery } from '../../../src/devin/session-list.ts';
import { createSearchByTag } from '../../../src/jobs/watch/search-late.ts';
import { sessionResponse } from '../../support/session-response.ts';

const SESSIONS = [
  sessionResponse('s1', { tags: ['slack-bug', 'slack-r1'] }),
  sessionResponse('s2', { tags: ['slack-r2'] }),
  sessionResponse('child', { tags: ['slack-r1'], parent_session_id: 's1' }),
  sessionResponse('other', { tags: ['slack-r11'] }),
];

/** What is found of requests that were sent at these times, in seconds, and what Devin was asked for that. */
async function search(sentAtS: Record<string, number>, serviceUserId: string | null = 'service-user-1') {
  const queries: SessionQuery[] = [];
  const searchByTag = createSearchByTag({
    serviceUserId: async () => Promise.resolve(serviceUserId),
    listSessions: async (query) => {
      queries.push(query);
      return Promise.resolve({ items: SESSIONS });
    },
  });
  const missing = Object.entries(sentAtS).map(([id, s]) => ({ request: { id }, sentAt: new Date(s * 1000) }));
  const found = await searchByTag(missing, new AbortController().signal);
  const ids = [...found].map(([id, sessions]) => [id, ...sessions.map((one) => one.session_id)]);
  return { queries, ids };
}

describe('a search for sessions that may turn up late', () => {
  test('asks once for many, from the time of the first', async () => {
    const { queries, ids } = await search({ r1: 1000, r2: 900 });
    expect(queries).toEqual([{ service_user_ids: ['service-user-1'], created_after: 840 }]);
    expect(ids).toEqual([
      ['r1', 's1'],
      ['r2', 's2'],
    ]);
  });

  test('asks for one by its tag', async () => {
    const { queries, ids } = await search({ r1: 1000 });
    expect(queries).toEqual([{ tags: ['slack-r1'], created_after: 940 }]);
    expect(ids).toEqual([['r1', 's1']]);
  });

  test('asks for each where it cannot be told which sessions are of this app', async () => {
    const { queries } = await search({ r1: 1000, r2: 900 }, null);
    expect(queries.map(({ tags }) => tags)).toEqual([['slack-r1'], ['slack-r2']]);
  });
});
