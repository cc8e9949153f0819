import { describe, expect, test } from 'vitest';
import { createOneAtATime } from '../../src/jobs/one-at-a-time.ts';
import { createCardUpdater } from '../../src/jobs/update-card.ts';
import { createLog } from '../../src/log.ts';
import { createCards } from '../../src/store/cards.ts';
import { createLeases } from '../../src/store/leases.ts';
import { createRequests } from '../../src/store/requests.ts';
import { useEmbedded } from '../support/databases.ts';
import { copyStarted } from '../support/folders.ts';

const LEASE_MS = 300;

describe('a card that was deleted and somebody needs', () => {
  const open = useEmbedded(copyStarted);

  const setUp = async () => {
    const { db } = await open();
    const requests = createRequests(db, 1);
    const place = { teamId: 'T1', userId: 'U1', channelId: 'C1', threadTs: null };
    const what = { draft: { values: { prompt: 'x' }, sources: {} }, context: null, slackFileIds: [] };
    await requests.insert([
      { id: 'r1', dedupeKey: 'd1', source: 'command', sealed: null, ...place, ...what },
    ]);
    const card = { card_channel_id: 'C1', card_ts: '1.1', card_stale: true };
    await requests.advance({ id: 'r1', from: 'accepted', to: 'created', changes: card });
    const leaseEnds = async () => {
      const rows = await db.selectFrom('leases').select('until').where('name', '=', 'card:r1').execute();
      return rows[0]?.until.getTime() ?? 0;
    };
    return { db, requests, leaseEnds };
  };

  test('is posted once by two processes, however long Slack takes', async () => {
    const { db, requests, leaseEnds } = await setUp();
    const [calls, later]: [string[], unknown[]] = [[], []];
    const slack = { begun: Promise.withResolvers<void>(), goOn: Promise.withResolvers<void>() };
    const ofProcess = (isSlow: boolean) =>
      createCardUpdater({
        requests,
        cards: createCards(db, { burst: 10, perMinute: 10 }),
        drawCard: async () =>
          Promise.resolve({ rendered: { text: 'x', blocks: [] }, shown: 'x', phase: 'needs-you' }),
        outbound: {
          updateCard: async () => Promise.resolve({ kind: 'refused', code: 'message_not_found' }),
          findCard: async () => {
            slack.begun.resolve();
            if (isSlow) await slack.goOn.promise;
            return null;
          },
          postCard: async () => Promise.resolve({ kind: 'posted', ts: `2.${calls.push('post')}` }),
        },
        oneAtATime: createOneAtATime(createLeases(db), LEASE_MS),
        enqueue: async (name) => void (await Promise.resolve(later.push(name))),
        redrawHome: async () => Promise.resolve(),
        now: Date.now,
        log: createLog('silent'),
      });
    const slow = ofProcess(true)('r1');
    await slack.begun.promise;
    const firstEnd = await leaseEnds();
    await expect.poll(leaseEnds).toBeGreaterThan(firstEnd + LEASE_MS);
    await ofProcess(false)('r1');
    slack.goOn.resolve();
    await slow;
    expect(calls).toEqual(['post']);
    expect(later).toEqual(['update-card']);
    expect(await requests.find('r1')).toMatchObject({ card_ts: '2.1' });
  });
});
