import { expect, test } from 'vitest';
import { createSettings } from '../../src/store/settings.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

const PERSON = { teamId: 'T1', scope: 'person', scopeId: 'U1' } as const;
const CHANNEL = { teamId: 'T1', scope: 'channel', scopeId: 'C1' } as const;
const SET = {
  notify: 'dm',
  steer: 'requester',
  webMessages: false,
  listen: 'mentions',
  language: 'ja',
} as const;
const LEFT = { ...SET, language: null };
const PLACE = { teamId: 'T1', channelId: 'C1', userId: 'U1' };

describeOnBothDatabases('preferences', (open) => {
  test('that are set at the same moment all stay, and can be removed one by one', async () => {
    const { db } = await open();
    const settings = createSettings(db);
    const { notify, language, steer, webMessages, listen } = SET;
    await Promise.all([
      ...[{ notify }, { language }].map(async (one) => settings.changePreferences(PERSON, one, 'U1')),
      ...[{ steer }, { webMessages }, { listen }].map(async (one) =>
        settings.changePreferences(CHANNEL, one, 'U1'),
      ),
    ]);
    expect(await settings.preferencesFor(PLACE)).toEqual(SET);
    await settings.changePreferences(PERSON, { language: null }, 'U1');
    expect(await settings.preferencesFor(PLACE)).toEqual(LEFT);
    expect(await settings.languageOf(PLACE)).toBeNull();
    // Defaults are in the same row.
    await settings.set(PERSON, { max_acu_limit: 5 }, 'U1');
    expect(await settings.preferencesFor(PLACE)).toEqual(LEFT);
  });
});
