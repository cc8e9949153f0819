import { expect, test } from 'vitest';
import { answerMessage, tellOnce } from '../../src/slack/tell-once.ts';
import { createLeases } from '../../src/store/leases.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

const message = { teamId: 'T1', channelId: 'C1', ts: '1.000001' };
const place = { userId: 'U1', channelId: 'C1', threadTs: null, responseUrl: null };
const TOLD = { message, place, answer: { text: 'Try this.', blocks: [] } };
const refused = async (): Promise<void> => Promise.reject(new Error('Slack took no private notice'));
const taken = async (): Promise<void> => Promise.resolve();

describeOnBothDatabases('a message that Slack delivers to several processes', (open) => {
  /** Two processes, and what Slack makes of each answer, in order. */
  const processes = async (...results: (() => Promise<void>)[]) => {
    const { db } = await open();
    const told: string[] = [];
    const process = (name: string) => {
      const tellPrivately = async (): Promise<void> => (results[told.push(name) - 1] ?? taken)();
      const context = { store: { leases: createLeases(db) }, slack: { outbound: { tellPrivately } } };
      return async () => answerMessage(context, TOLD);
    };
    /** Writes nothing after it has begun. */
    const dying = async (): Promise<void> => {
      const dead = async () => Promise.reject(new Error('died'));
      const leases = { ...createLeases(db), renew: dead, release: dead };
      return answerMessage({ store: { leases }, slack: { outbound: { tellPrivately: dead } } }, TOLD);
    };
    return { first: process('first'), second: process('second'), dying, told };
  };

  test('is answered once, and not acknowledged until it is known that Slack has taken the answer', async () => {
    const slack = Promise.withResolvers<void>();
    const { first, second, told } = await processes(async () => slack.promise);
    const answering = first();
    await expect.poll(() => told).toEqual(['first']);
    await expect(second()).rejects.toMatchObject({ code: 'being-told' });
    slack.resolve();
    await answering;
    await second();
    expect(told).toEqual(['first']);
  });

  test('is not taken for answered if a process died right after it began', async () => {
    const { second, dying } = await processes();
    await expect(dying()).rejects.toThrow('died');
    await expect(second()).rejects.toMatchObject({ code: 'being-told' });
  });
});

const MUTED = { sessionId: 's', userId: 'U1', reason: 'muted' } as const;

describeOnBothDatabases('what a person is told once in a thread', (open) => {
  test('is told by one of two processes, again only if Slack did not take it, and not after a restart', async () => {
    const { db } = await open();
    const store = { leases: createLeases(db) };
    const told: string[] = [];
    const tell = async (name: string, slack: () => Promise<void>) =>
      tellOnce(store, MUTED, async () => {
        told.push(name);
        return slack();
      });
    await expect(tell('first', refused)).rejects.toThrow('Slack took no private notice');
    await Promise.allSettled([tell('second', taken), tell('second', taken)]);
    await createLeases(db).releaseAll();
    await tell('third', taken);
    expect(told).toEqual(['first', 'second']);
  });
});
