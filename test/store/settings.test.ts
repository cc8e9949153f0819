import { expect, test } from 'vitest';
import { migrate } from '../../src/store/migrations/index.ts';
import { createSettings } from '../../src/store/settings.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

const PERSON = { teamId: 'T1', scope: 'person', scopeId: 'U1' } as const;
const LEFT = { notify: 'dm', steer: 'requester', webMessages: false, listen: 'mentions' } as const;
const PLACE = { teamId: 'T1', channelId: 'C1', userId: 'U1' };

describeOnBothDatabases('preferences', (open) => {
  test('that are set at the same moment all stay, and can be removed one by one', async () => {
    const { db } = await open();
    await migrate(db);
    const settings = createSettings(db);
    const { notify, steer, webMessages, listen } = LEFT;
    const changes = [{ notify }, { steer }, { webMessages }, { listen }, { language: 'ja' }] as const;
    await Promise.all(changes.map(async (one) => settings.changePreferences(PERSON, one, 'U1')));
    expect((await settings.preferencesFor(PLACE)).person).toEqual({ ...LEFT, language: 'ja' });
    await settings.changePreferences(PERSON, { language: null }, 'U1');
    expect((await settings.preferencesFor(PLACE)).person).toEqual(LEFT);
    expect(await settings.languageOf(PLACE)).toBeNull();
    // Defaults are in the same row.
    await settings.set(PERSON, { max_acu_limit: 5 }, 'U1');
    expect((await settings.preferencesFor(PLACE)).person).toEqual(LEFT);
  });
});
