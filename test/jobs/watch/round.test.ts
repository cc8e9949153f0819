import { describe, expect, test } from 'vitest';
import { sessionResponseSchema } from '../../../src/devin/schemas.ts';
import { createRound, ROUND_TIMES } from '../../../src/jobs/watch/round.ts';
import { createLog } from '../../../src/log.ts';
import type { SessionRow } from '../../../src/store/sessions.ts';

const RESPONSE = sessionResponseSchema.parse({
  session_id: 's1',
  url: 'https://app.devin.ai/sessions/s1',
  status: 'running',
  tags: [],
  org_id: 'org-1',
  created_at: 1,
  updated_at: 1,
  acus_consumed: 0,
  pull_requests: [],
});
const LONG_AGO = new Date(0);

const rowIn = (phase: SessionRow['phase']): SessionRow => ({
  session_id: 's1',
  request_id: 'r1',
  url: RESPONSE.url,
  response: RESPONSE,
  team_id: 'T1',
  channel_id: 'C1',
  thread_ts: '1.1',
  phase,
  phase_at: LONG_AGO,
  was_finished: false,
  last_words: null,
  changed_at: LONG_AGO,
  next_look_at: LONG_AGO,
  messages_cursor: null,
  muted: false,
  synced: true,
  thread_trouble: null,
  notify: null,
  told: [],
  stopped_by: null,
  archived_by: null,
  created_at: LONG_AGO,
  updated_at: LONG_AGO,
});

/** One round over one session; what was recorded of it. */
async function recordedOf(row: SessionRow, isThere: boolean): Promise<string[]> {
  const recorded: string[] = [];
  const round = createRound({
    sessions: {
      due: async () => Promise.resolve([row]),
      dueCount: async () => Promise.resolve(1),
      reschedule: async (looks) => {
        await Promise.resolve();
        recorded.push(...looks.map(() => 'later'));
      },
    },
    source: {
      look: async () =>
        Promise.resolve({ answered: isThere ? [RESPONSE] : [], gone: isThere ? [] : ['s1'], trouble: null }),
    },
    recorder: {
      look: async () => Promise.resolve(recorded.push('look') > 0),
      gone: async () => void (await Promise.resolve(recorded.push('gone'))),
    },
    enqueue: async () => Promise.resolve(),
    times: { ...ROUND_TIMES, fastestMs: 1000 },
    now: Date.now,
    random: () => 0,
    log: createLog('silent'),
  });
  await round(new AbortController().signal);
  return recorded;
}

describe('a round', () => {
  test('records nothing where the answer is the same', async () => {
    expect(await recordedOf(rowIn('working'), true)).toEqual(['later']);
  });

  test('records that a session is gone, each time, so that it is put off', async () => {
    expect(await recordedOf(rowIn('working'), false)).toEqual(['gone']);
    expect(await recordedOf(rowIn('gone'), false)).toEqual(['gone']);
  });

  test('records any answer about a session that was gone', async () => {
    expect(await recordedOf(rowIn('gone'), true)).toEqual(['look']);
  });
});
