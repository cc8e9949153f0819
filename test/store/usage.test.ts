import { expect, test } from 'vitest';
import type { ReplyKind } from '../../src/session/reply.ts';
import { createUsage } from '../../src/store/usage.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

const SINCE = new Date('2026-11-01T00:00:00Z');
const at = (minute: number): Date => new Date(SINCE.getTime() + minute * 60_000);

describeOnBothDatabases('how long questions waited', (open) => {
  test('is the median of answered questions, in the thread or in Devin, in the period and scope', async () => {
    const { db } = await open();
    const usage = createUsage(db);
    const workspace = { kind: 'workspace', teamId: 'T1' } as const;
    expect(await usage.medianWaitMs(workspace, SINCE)).toBeNull();

    const started = async (sessionId: string, minute: number, who = { teamId: 'T1', userId: 'U1' }) =>
      db
        .insertInto('ledger')
        .values({ ...who, channelId: 'C1', requestId: sessionId, sessionId, at: at(minute), cap: 5 })
        .execute();
    const asked = async (sessionId: string, minute: number, more: object = {}) =>
      db
        .insertInto('milestones')
        .values({ sessionId, key: `needs-you:${minute}`, state: 'posted', createdAt: at(minute), ...more })
        .execute();
    const answered = async (sessionId: string, minute: number, kind: ReplyKind = 'reply') =>
      db
        .insertInto('replies')
        .values({
          id: `${sessionId}-${minute}`,
          dedupeKey: `${sessionId}-${minute}`,
          sessionId,
          teamId: 'T1',
          userId: 'U1',
          channelId: 'C1',
          kind,
          text: '',
          files: '[]',
          state: 'delivered',
          createdAt: at(minute),
        })
        .execute();

    await started('s1', 0);
    const saidInDevin = async (minute: number) =>
      db
        .insertInto('sessionMessages')
        .values({ sessionId: 's1', eventId: `e${minute}`, source: 'user', text: '', saidAt: at(minute) })
        .execute();
    // The task.
    await saidInDevin(0);
    // 2 minutes, by the first of two answers, which a keyword isn't; 10 minutes, in Devin's web app.
    await asked('s1', 10);
    await answered('s1', 11, 'mute');
    await answered('s1', 12);
    await answered('s1', 14);
    await asked('s1', 20);
    await saidInDevin(30);
    expect(await usage.medianWaitMs(workspace, SINCE)).toBe(6 * 60_000);

    // No answer, no question that was shown, no question at all.
    await asked('s1', 50);
    await asked('s1', 5, { state: 'skipped' });
    await asked('s1', 6, { key: 'finished' });
    expect(await usage.medianWaitMs(workspace, SINCE)).toBe(6 * 60_000);

    // Someone else's, and one before the period.
    await started('s2', 0, { teamId: 'T1', userId: 'U2' });
    await asked('s2', 10);
    await answered('s2', 40);
    await started('s3', -10);
    await asked('s3', 10);
    await answered('s3', 11);
    expect(await usage.medianWaitMs(workspace, SINCE)).toBe(10 * 60_000);
    const own = { kind: 'me', teamId: 'T1', userId: 'U2' } as const;
    expect(await usage.medianWaitMs(own, SINCE)).toBe(30 * 60_000);
  });
});
