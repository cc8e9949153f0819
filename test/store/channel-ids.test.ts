import { expect, test } from 'vitest';
import { changeChannelId } from '../../src/store/channel-ids.ts';
import { createSettings } from '../../src/store/settings.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

const [from, to] = ['G1', 'C1'];
const BEFORE = { teamId: 'T1', scope: 'channel', scopeId: from } as const;
const SINCE = { ...BEFORE, scopeId: to };
const PLACE = { teamId: 'T1', channelId: to, userId: 'U1' };

describeOnBothDatabases("a channel's settings", (open) => {
  test('are found under its new id, with what was chosen there before Slack told the app of it', async () => {
    const { db } = await open();
    const settings = createSettings(db);
    await settings.set(BEFORE, { max_acu_limit: 5 }, 'U1');
    await settings.changePreferences(BEFORE, { listen: 'thread', steer: 'requester' }, 'U1');
    await settings.changePreferences(SINCE, { listen: 'mentions' }, 'U1');
    // Slack may tell it twice.
    await changeChannelId(db, { from, to });
    await changeChannelId(db, { from, to });
    expect(await settings.layersFor(PLACE)).toEqual({ channel: { max_acu_limit: 5 } });
    expect(await settings.preferencesFor(PLACE)).toMatchObject({ listen: 'mentions', steer: 'requester' });
    expect(await settings.layersFor({ ...PLACE, channelId: from })).toEqual({});
  });
});
