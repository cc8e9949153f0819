import { expect, test } from 'vitest';
import { createFindSession } from '../../../src/jobs/create-session/find-session.ts';
import { parse, toRow } from '../../../src/store/request-row.ts';
import { sessionResponse } from '../../support/session-response.ts';

const sessionAs = (devinUserId: string) => sessionResponse(`of-${devinUserId}`, { user_id: devinUserId });

const PROMPT = 'fix the login test';

function requestAs(devinUserId: string) {
  const row = toRow({
    id: 'r1',
    dedupeKey: 'd1',
    source: 'command',
    teamId: 'T1',
    userId: 'U1',
    channelId: 'C1',
    threadTs: null,
    draft: { values: { prompt: PROMPT }, sources: {} },
    context: null,
    slackFileIds: [],
    sealed: null,
  });
  const nothing = { card_channel_id: null, card_ts: null, card_attempted_at: null, card_elsewhere: null };
  const card = { ...nothing, card_stale: false, card_shown: null, card_turn_at: null };
  const now = new Date();
  const after = { uploads: null, waiting: null, session_id: null, failure: null, sent_at: now };
  const identity = { kind: 'matched', devinUserId, name: 'Ana', how: 'email', checkedAtMs: 0 };
  return parse({
    ...row,
    ...card,
    ...after,
    draft: { values: { prompt: PROMPT }, sources: {} },
    slack_file_ids: [],
    secret_names: [],
    identity,
    state: 'sending',
    prompt: PROMPT,
    lease_owner: null,
    lease_until: null,
    resumed_at: null,
    created_at: now,
    updated_at: now,
  });
}

test('without a tag nobody gets the session of another person who asked in the same words', async () => {
  const find = createFindSession({
    listSessions: async () => Promise.resolve({ items: [sessionAs('user-ben')] }),
    firstMessage: async () => Promise.resolve(PROMPT),
    sessions: { bound: async () => Promise.resolve(new Set<string>()) },
    tagRequests: false,
  });
  expect(await find(requestAs('user-ana'))).toBeNull();
  expect((await find(requestAs('user-ben')))?.session_id).toBe('of-user-ben');
});
