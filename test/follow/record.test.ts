import { describe, expect, test } from 'vitest';
import { createRecorder } from '../../src/follow/record.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createMilestones } from '../../src/store/milestones.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createBudget } from '../../src/trust/budget.ts';
import { useEmbedded } from '../support/databases.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const ID = 'a'.repeat(32);
const answer = (changes: object) => sessionSnapshot(ID, changes);

describe("Devin's answer about a session", () => {
  const open = useEmbedded();

  const setUp = async () => {
    const { db } = await open();
    const sessions = createSessions(db);
    const milestones = createMilestones(db);
    const ledger = createLedger(db, databaseClock);
    const jobs: string[] = [];
    const first: string[] = [];
    const later: unknown[] = [];
    const recorder = createRecorder({
      store: { db, sessions, milestones },
      budget: createBudget({ policy: () => null, ledger }),
      enqueue: async (name, _payload, { key, startAfterMs = 0, interactive = false } = {}) => {
        await Promise.resolve();
        if (interactive) first.push(name);
        if (startAfterMs > 0) later.push({ name, key, startAfterMs });
        else jobs.push(name);
      },
      times: { fastestMs: 10_000, tellAfterMs: 0, lastReadMs: 30_000 },
      now: Date.now,
      random: () => 0.5,
    });
    const snapshot = answer({ status: 'new' });
    const place = { teamId: 'T1', channelId: 'C1', threadTs: '1.1' };
    await sessions.bind({ sessionId: ID, requestId: 'r1', url: snapshot.url, snapshot, ...place }, db);
    const row = async () => {
      const found = await sessions.find(ID);
      if (found === null) throw new Error('the session is not there');
      return found;
    };
    /** What counts of a session with a cap of 10 ACU. */
    const counted = async () => {
      const spender = { teamId: 'T1', userId: 'U1', channelId: 'C1' };
      return (await ledger.spend(['acu_per_month'], spender)).spend.acu_per_month;
    };
    const reserve = async () => {
      const session = { requestId: 'r1', teamId: 'T1', userId: 'U1', channelId: 'C1', sessionId: ID };
      await ledger.add({ ...session, cap: 10, consumed: 1.5, startedAt: new Date(), isOpen: true });
    };
    return { recorder, sessions, milestones, jobs, first, later, row, counted, reserve };
  };

  test('is recorded with all jobs that follow from it', async () => {
    const { recorder, milestones, jobs, row } = await setUp();
    const pullRequests = [{ pr_url: 'https://a/1', pr_state: 'open' }];
    await recorder.recordPoll(
      await row(),
      answer({ status_detail: 'finished', pull_requests: pullRequests }),
    );
    expect(await row()).toMatchObject({
      phase: 'finished',
      wasFinished: true,
      told: ['pr:https://a/1', 'finished:1'],
    });
    expect((await milestones.pending(ID)).map(({ key }) => key)).toEqual(['pr:https://a/1', 'finished:1']);
    expect(jobs.toSorted()).toEqual(['post-waiting', 'relay-from-devin', 'update-card']);
  });

  test.each([
    [
      'if the session waits for a person',
      'waiting_for_user',
      ['post-waiting', 'relay-from-devin', 'update-card'],
    ],
    ['unless it needs nobody', 'finished', []],
  ])('starts its jobs before those of other sessions %s', async (_when, detail, jobs) => {
    const { recorder, first, row } = await setUp();
    await recorder.recordPoll(await row(), answer({ status_detail: detail }));
    expect(first.toSorted()).toEqual(jobs);
  });

  test.each([
    ['took the session out of the archive', { status: 'suspended' }],
    ['shows the session awake, though in the archive', { is_archived: true }],
  ])('that %s forgets who archived it, in case others archive it in Devin', async (_what, next) => {
    const { recorder, sessions, row } = await setUp();
    await sessions.change(ID, { archivedBy: 'U1' });
    await recorder.recordPoll(await row(), answer({ status: 'suspended', is_archived: true }));
    expect((await row()).archivedBy).toBe('U1');
    await recorder.recordPoll(await row(), answer({ ...next, updated_at: 2 }));
    expect((await row()).archivedBy).toBeNull();
  });

  test('that ended plans one last fetch of messages, whatever else fetches them', async () => {
    const { recorder, later, row } = await setUp();
    await recorder.recordPoll(await row(), answer({ status_detail: 'working' }));
    expect(later).toEqual([]);
    await recorder.answer(answer({ status: 'exit', updated_at: 2 }));
    await recorder.answer(answer({ status: 'exit', updated_at: 3, is_archived: true }));
    expect(later).toEqual([{ name: 'relay-from-devin', key: `${ID}:last`, startAfterMs: 30_000 }]);
  });

  test("doesn't count if something was recorded after the poll began", async () => {
    const { recorder, row } = await setUp();
    await recorder.recordPoll(await row(), answer({ status_detail: 'waiting_for_user' }));
    const before = await row();
    await recorder.answer(answer({ updated_at: 2 }));
    expect(await recorder.recordPoll(before, answer({ status_detail: 'waiting_for_user' }))).toBe(false);
    expect(await row()).toMatchObject({ phase: 'working', told: ['needs-you:1'] });
  });

  test.each([
    ['seconds later', 3],
    ['within the same second', 4],
  ])('to a message changes nothing if a poll has seen the end since: %s', async (_when, at) => {
    const { recorder, row } = await setUp();
    await recorder.recordPoll(await row(), answer({ updated_at: 2 }));
    await recorder.recordPoll(await row(), answer({ status: 'exit', updated_at: 4 }));
    expect(await recorder.answer(answer({ updated_at: at }))).toBe(false);
    expect(await row()).toMatchObject({ phase: 'ended', nextLookAt: null, told: ['ended:1'] });
  });

  test('to a message keeps the earlier output, and the session is no longer finished', async () => {
    const { recorder, row } = await setUp();
    await recorder.recordPoll(
      await row(),
      answer({ status_detail: 'finished', structured_output: { a: 1 } }),
    );
    await recorder.answer(answer({ status: 'resuming', updated_at: 3 }));
    expect(await row()).toMatchObject({
      phase: 'starting',
      wasFinished: false,
      snapshot: { structuredOutput: { a: 1 } },
    });
  });

  test('to an archive keeps why it is suspended, so that its limit is announced once', async () => {
    const { recorder, row } = await setUp();
    const capped = { status: 'suspended', status_detail: 'usage_limit_exceeded', category: 'other' };
    await recorder.recordPoll(await row(), answer(capped));
    await recorder.answer(answer({ status: 'suspended', is_archived: true, updated_at: 3 }));
    expect(await row()).toMatchObject({ phase: 'capped', snapshot: { category: 'other' } });
    await recorder.recordPoll(await row(), answer({ ...capped, is_archived: true, updated_at: 3 }));
    expect(await row()).toMatchObject({ phase: 'capped', told: ['capped:1'] });
  });

  test('that was read after a stop whose own was lost keeps the output that no poll will see', async () => {
    const { recorder, row } = await setUp();
    await recorder.recordPoll(await row(), answer({ structured_output: { a: 1 }, category: 'other' }));
    const output = { structured_output: { a: 2 }, category: 'bugs' };
    await recorder.answer(answer({ status: 'exit', updated_at: 3, ...output }));
    expect(await row()).toMatchObject({
      nextLookAt: null,
      snapshot: { structuredOutput: { a: 2 }, category: 'bugs' },
    });
  });

  test('changes no card if only its time changed', async () => {
    const { recorder, jobs, row } = await setUp();
    await recorder.recordPoll(await row(), answer({ status: 'new', updated_at: 9 }));
    expect(jobs).toEqual(['relay-from-devin']);
  });

  test('that is gone changes the card once, and it is rarely polled, in the end never', async () => {
    const { recorder, sessions, jobs, row } = await setUp();
    await recorder.gone(ID);
    await recorder.gone(ID);
    const { phase, nextLookAt: next } = await row();
    expect(phase).toBe('gone');
    expect((next?.getTime() ?? 0) - Date.now()).toBeGreaterThan(20 * 60 * 60_000);
    expect(jobs).toEqual(['update-card']);
    // Nobody asked about it for a month.
    await sessions.change(ID, { phaseAt: new Date(Date.now() - 31 * 24 * 60 * 60_000) });
    await recorder.gone(ID);
    expect((await row()).nextLookAt).toBeNull();
  });

  test('that rests or is gone counts as what it used, and by its cap again once it works', async () => {
    const { recorder, row, counted, reserve } = await setUp();
    await reserve();
    await recorder.recordPoll(await row(), answer({ acus_consumed: 2.5 }));
    expect(await counted()).toBe(10);
    await recorder.recordPoll(await row(), answer({ status: 'suspended', acus_consumed: 2.5 }));
    expect(await counted()).toBe(2.5);
    await recorder.recordPoll(await row(), answer({ acus_consumed: 3 }));
    expect(await counted()).toBe(10);
    await recorder.gone(ID);
    expect(await counted()).toBe(3);
  });

  test.each([
    ['finished', 'finished'],
    ['waiting_for_user', 'needs-you'],
  ])('that is back changes the card, and nothing is announced again: %s', async (detail, phase) => {
    const { recorder, milestones, jobs, row } = await setUp();
    const before = answer({ status_detail: detail });
    await recorder.recordPoll(await row(), before);
    await recorder.gone(ID);
    jobs.length = 0;
    expect(await recorder.recordPoll(await row(), before)).toBe(true);
    expect(await row()).toMatchObject({ phase });
    expect(jobs).toContain('update-card');
    expect(await milestones.pending(ID)).toHaveLength(1);
  });
});
