import { expect, test } from 'vitest';
import { createIdentities } from '../../src/store/identities.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

describeOnBothDatabases('two admins who link two people to one member at once', (openDatabase) => {
  test('link one of them, and the other admin hears who it is', async () => {
    const identities = createIdentities((await openDatabase()).db);
    // Each found nobody linked to the member yet.
    const chosen = { devinUserId: 'both', by: 'ADMIN' };
    const told = async (): Promise<void> => Promise.resolve();
    const others = await Promise.all(
      ['BEN', 'CEM'].map(async (userId) => identities.link({ teamId: 'T1', userId }, chosen, told)),
    );
    const linked = others.indexOf(null) === 0 ? 'BEN' : 'CEM';
    expect(new Set(others)).toEqual(new Set([linked, null]));
    expect(await identities.known({ teamId: 'T1', userId: linked })).toMatchObject({ link: 'both' });
  });
});
