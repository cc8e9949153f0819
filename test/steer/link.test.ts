import { expect, test } from 'vitest';
import type { Jobs } from '../../src/queue/index.ts';
import type { SlackPerson } from '../../src/session/identity.ts';
import { createLinker } from '../../src/steer/link.ts';
import { createIdentities } from '../../src/store/identities.ts';
import { en } from '../../src/text/en.ts';
import { describeOnBothDatabases, useEmbedded } from '../support/databases.ts';

const open = useEmbedded();

const person = (userId: string): SlackPerson => {
  return { userId, name: userId, kind: 'member', isAdmin: userId === 'ADMIN', email: null, locale: null };
};
const answerTo = { id: 'one', channelId: 'C1', threadTs: null, sealed: null, always: true };
const job = { teamId: 'T1', userId: 'ADMIN', personId: 'BEN', devinUserId: 'user-ben', answerTo };

/** Two admins' links, each of which finds nobody linked to the member yet. */
describeOnBothDatabases('two admins who link two people to one member at once', (openDatabase) => {
  test('link one of them, and the other admin hears who it is', async () => {
    const identities = createIdentities((await openDatabase()).db);
    const bothLooked = Promise.withResolvers<void>();
    let looked = 0;
    const said: string[] = [];
    const { link } = createLinker({
      people: {
        find: async (userId) => Promise.resolve(person(userId)),
        findOwner: async () => Promise.resolve(null),
      },
      findMember: async (userId) => Promise.resolve({ userId, name: 'Shared', email: null }),
      store: {
        identities: {
          ...identities,
          othersLinkedTo: async (devinUserId, who) => {
            const others = await identities.othersLinkedTo(devinUserId, who);
            looked += 1;
            if (looked === 2) bothLooked.resolve();
            await bothLooked.promise;
            return others;
          },
        },
      },
      enqueue: async () => Promise.resolve(),
      outbound: { tellPrivately: async () => Promise.resolve('delivered') },
      notifier: {
        notify: async () => Promise.resolve(),
        notifyMarkup: async (_userId, _answerTo, ...words) =>
          void (await Promise.resolve(said.push(...words))),
      },
      textFor: async () => Promise.resolve(en),
    });
    await Promise.all(
      ['BEN', 'CEM'].map(async (personId) => link({ ...job, personId, devinUserId: 'both' })),
    );
    const linked = await identities.othersLinkedTo('both', { teamId: 'T1', userId: '' });
    expect(linked).toHaveLength(1);
    expect(said.toSorted()).toEqual(
      [
        en.steering.linking.done(`<@${linked[0]}>`, 'Shared'),
        en.steering.linking.linkedToAnother('Shared', `<@${linked[0]}>`),
      ].toSorted(),
    );
  });
});

test('a person hears once of a link and of its removal, even if the process dies right after each', async () => {
  const jobs: unknown[] = [];
  const said: string[] = [];
  const { link, tellLinked } = createLinker({
    people: {
      find: async (userId) => Promise.resolve(person(userId)),
      findOwner: async () => Promise.resolve(null),
    },
    findMember: async (userId) => Promise.resolve({ userId, name: 'Ben Shared', email: null }),
    store: { identities: createIdentities((await open()).db) },
    enqueue: async (name, payload) => (jobs.push([name, payload]), Promise.resolve()),
    outbound: {
      tellPrivately: async ({ userId }, { text }) => (
        said.push(`${userId}: ${text}`),
        Promise.resolve('delivered')
      ),
    },
    notifier: {
      notify: async () => Promise.reject(new Error('the process dies')),
      notifyMarkup: async () => Promise.reject(new Error('the process dies')),
    },
    textFor: async () => Promise.resolve(en),
  });
  const told = (devinUserId: string | null): Jobs['tell-linked'] => ({
    userId: 'ADMIN',
    personId: 'BEN',
    devinUserId,
  });
  for (const devinUserId of ['user-ben', null])
    for (const _run of [1, 2])
      await expect(link({ ...job, devinUserId })).rejects.toThrow('the process dies');
  expect(jobs).toEqual([
    ['tell-linked', told('user-ben')],
    ['tell-linked', told(null)],
  ]);
  await tellLinked(told('user-ben'));
  await tellLinked(told(null));
  expect(said).toEqual([
    expect.stringContaining('BEN: <@ADMIN> linked you to Ben Shared'),
    expect.stringContaining('BEN: <@ADMIN> removed your link'),
  ]);
});
