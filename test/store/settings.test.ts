import { describe, expect, test } from 'vitest';
import type { StoredDraft } from '../../src/session/fields.ts';
import { createSettings } from '../../src/store/settings.ts';
import { usePostgres } from '../support/databases.ts';

const PERSON = { teamId: 'T1', scope: 'person', scopeId: 'U1' } as const;
const CHANNEL = { teamId: 'T1', scope: 'channel', scopeId: 'C1' } as const;
const SET = {
  notify: 'dm',
  steer: 'requester',
  listen: 'mentions',
  mentions: 'ask',
  language: 'ja',
} as const;
const LEFT = { ...SET, language: 'slack' } as const;
const PLACE = { teamId: 'T1', channelId: 'C1', userId: 'U1' };

describe('preferences', () => {
  const { open } = usePostgres();
  test('that are set at the same moment all stay, and can be removed one by one', async () => {
    const { db } = await open();
    const settings = createSettings(db);
    const { notify, language, steer, listen, mentions } = SET;
    await Promise.all([
      ...[{ notify }, { language }].map(async (one) =>
        settings.change(PERSON, { column: 'preferences', set: one }, 'U1'),
      ),
      ...[{ steer }, { listen }, { mentions }].map(async (one) =>
        settings.change(CHANNEL, { column: 'preferences', set: one }, 'U1'),
      ),
    ]);
    expect(await settings.preferencesFor(PLACE)).toEqual(SET);
    await settings.change(PERSON, { column: 'preferences', set: { language: 'slack' } }, 'U1');
    expect(await settings.preferencesFor(PLACE)).toEqual(LEFT);
    // Defaults are in the same row.
    await settings.change(PERSON, { column: 'draft', set: { max_acu_limit: 5 }, replaces: true }, 'U1');
    // What others have to decide is nobody's own, even if a row says so.
    const others = { steer: 'members', listen: 'thread', mentions: 'off' } as const;
    await settings.change(PERSON, { column: 'preferences', set: others }, 'U1');
    expect(await settings.preferencesFor(PLACE)).toEqual(LEFT);
  });
});

describe('defaults', () => {
  const { open } = usePostgres();
  test('that are set at the same moment all count', async () => {
    const { db } = await open();
    const settings = createSettings(db);
    const change = async (draft: StoredDraft): Promise<void> =>
      settings.change(CHANNEL, { column: 'draft', set: draft }, 'U1');
    await change({ max_acu_limit: 5, title: 'Login' });
    await Promise.all([change({ tags: ['web'] }), change({ max_acu_limit: 7 })]);
    expect(await settings.layersFor(PLACE)).toEqual({
      channel: { max_acu_limit: 7, tags: ['web'], title: 'Login' },
    });
    await settings.change(CHANNEL, { column: 'draft', set: {}, replaces: true }, 'U1');
    await change({ title: 'Search' });
    expect(await settings.layersFor(PLACE)).toEqual({ channel: { title: 'Search' } });
  });
});
