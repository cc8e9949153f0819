import { expect, test } from 'vitest';
import { createLinker } from '../../src/act/link.ts';
import type { SlackPerson } from '../../src/session/identity.ts';
import { createIdentities } from '../../src/store/identities.ts';
import { en } from '../../src/text/en.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

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
