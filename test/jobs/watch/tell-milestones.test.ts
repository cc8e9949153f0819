import { expect, test } from 'vitest';
import { sessionResponseSchema } from '../../../src/devin/schemas.ts';
import { createRecorder } from '../../../src/jobs/watch/record.ts';
import { createMilestoneTeller } from '../../../src/jobs/watch/tell-milestones.ts';
import { createLog } from '../../../src/log.ts';
import { createCards } from '../../../src/store/cards.ts';
import { createLeases } from '../../../src/store/leases.ts';
import { createMilestones } from '../../../src/store/milestones.ts';
import { createRequests } from '../../../src/store/requests.ts';
import { createSessions } from '../../../src/store/sessions.ts';
import { useEmbedded } from '../../support/databases.ts';
import { copyStarted } from '../../support/folders.ts';

const ID = 'a'.repeat(32);
const answer = (changes: object) =>
  sessionResponseSchema.parse({
    session_id: ID,
    url: `https://app.devin.ai/sessions/${ID}`,
    status: 'running',
    tags: [],
    org_id: 'org-1',
    created_at: 1,
    updated_at: 1,
    acus_consumed: 0,
    pull_requests: [],
    ...changes,
  });

const open = useEmbedded(copyStarted);

test('a question that is recorded while others are told is told too, and not taken for answered', async () => {
  const { db } = await open();
  const [sessions, milestones, requests] = [createSessions(db), createMilestones(db), createRequests(db, 1)];
  const recorder = createRecorder({
    db,
    sessions,
    milestones,
    cards: createCards(db, { burst: 1, perMinute: 1 }),
    enqueue: async () => Promise.resolve(),
    times: { fastestMs: 10_000, tellAfterMs: 0 },
    now: Date.now,
    random: () => 0.5,
  });
  const place = { teamId: 'T1', channelId: 'C1', threadTs: '1.1' };
  const draft = { values: { prompt: 'fix it' }, sources: {} };
  await requests.insert([
    {
      id: 'r1',
      dedupeKey: 'one',
      source: 'command',
      userId: 'U1',
      draft,
      context: null,
      slackFileIds: [],
      sealed: null,
      hadSecrets: false,
      ...place,
    },
  ]);
  const response = answer({});
  await sessions.bind({ sessionId: ID, requestId: 'r1', url: response.url, response, ...place });

  const told: string[] = [];
  const tell = createMilestoneTeller({
    sessions: {
      async find(id) {
        const row = await sessions.find(id);
        if (row !== null && row.phase !== 'needs-you')
          await recorder.look(row, answer({ status_detail: 'waiting_for_user' }));
        return row;
      },
    },
    requests,
    milestones,
    defaults: { preferencesFor: async () => Promise.resolve({}) },
    leases: createLeases(db),
    compose: async ({ session }) => Promise.resolve({ text: session.phase, blocks: [] }),
    shareResult: async () => Promise.resolve(false),
    outbound: {
      post: async (_place, _mark, { text }) => {
        told.push(text);
        return Promise.resolve({ kind: 'posted', ts: '2.2' });
      },
      find: async () => Promise.resolve(null),
      directChannel: async () => Promise.resolve(null),
    },
    enqueue: async () => Promise.resolve(),
    now: Date.now,
    log: createLog('silent'),
  });
  await tell(ID);
  await tell(ID);
  expect(told).toEqual(['needs-you']);
});
