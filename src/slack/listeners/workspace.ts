import type { App } from '@slack/bolt';
import { changeChannelId } from '../../store/channel-ids.ts';
import { shownKey } from '../../store/shown.ts';
import { ACTION } from '../edge/ids.ts';
import type { Payload } from '../edge/payload.ts';
import { refusesOutsider } from './press.ts';
import { onButton, onEvent } from './routes.ts';
import type { Tools } from './tools.ts';

type GreetingDeps = Pick<
  Tools,
  'db' | 'formInbox' | 'openForm' | 'outbound' | 'enqueue' | 'botUserId' | 'textFor'
>;

export function listenToInvitations(app: App, deps: GreetingDeps): void {
  const { db, formInbox, openForm, outbound, enqueue, botUserId, textFor } = deps;

  onEvent(app, 'member_joined_channel', async (event) => {
    if (event.kind !== 'joined' || event.userId !== botUserId()) return;
    const { teamId, channelId } = event;
    await db.transaction().execute(async (trx) => {
      await enqueue('show', { key: shownKey('greeting', teamId, channelId) }, { trx });
      await enqueue('reopen-channel', { channelId }, { trx });
    });
  });

  onButton(app, ACTION.startHere, async (press) => {
    const { teamId, userId, channelId } = press;
    if (channelId === null || (await refusesOutsider({ outbound, textFor }, press, teamId))) return;
    const here = { teamId, userId, channelId, threadTs: null, responseUrl: null };
    await openForm(press, await formInbox.offerForm(here));
  });
}

type ChannelDeps = Pick<Tools, 'db' | 'queue' | 'log'>;

/** A channel is restored, or gets another id. */
export function listenToChannels(app: App, { db, queue, log }: ChannelDeps): void {
  const { enqueue } = queue;
  const reopen = async (event: Payload): Promise<void> => {
    if (event.kind === 'unarchived') await enqueue('reopen-channel', { channelId: event.channelId });
  };
  onEvent(app, 'channel_unarchive', reopen);
  onEvent(app, 'group_unarchive', reopen);

  onEvent(app, 'channel_id_changed', async (event) => {
    if (event.kind !== 'channel-id') return;
    const { from, to } = event;
    await db.transaction().execute(async (trx) => {
      await changeChannelId(trx, { from, to });
      // Slack refused what the app did under the old id until it heard of this.
      await enqueue('reopen-channel', { channelId: to }, { trx });
    });
    log.warn({ from, to }, "a channel's id changed; a policy file that names it must name the new one");
  });
}

type PeopleDeps = Pick<Tools, 'knownPeople' | 'now'>;

/** People change, for example because they leave: they are looked up again. */
export function listenToPeople(app: App, { knownPeople, now }: PeopleDeps): void {
  onEvent(app, 'user_change', async (event) => {
    if (event.kind !== 'profile-change') return;
    const { teamId, userId } = event;
    await knownPeople.changed({ teamId, userId }, new Date(now()));
  });
}
