import type { App } from '@slack/bolt';
import { changeChannelId } from '../../store/channel-ids.ts';
import { shownKey } from '../../store/shown.ts';
import { ACTION, homeMetadata } from '../edge/ids.ts';
import type { Payload, Press } from '../edge/payload.ts';
import { offerForm } from '../inbox/requests.ts';
import type { ListenersContext } from './context.ts';
import { openForm } from './open-view.ts';
import { refusesOutsider, onButton, onDurableButton, onEvent } from './routes.ts';

/** People's Homes, and what changes in the workspace: the app is invited, channels come back, people leave. */
export function listenToWorkspace(app: App, c: ListenersContext): void {
  listenToHome(app, c);
  listenToInvitations(app, c);
  listenToChannels(app, c);
  // They are looked up again.
  onEvent(app, 'user_change', async (event) => {
    if (event.kind !== 'profile-change') return;
    const { teamId, userId } = event;
    await c.store.knownPeople.changed({ teamId, userId }, new Date(c.now()));
  });
}

/** A person's Home, and the conversation with the app, where a card can go. */
type HomeOwner = { teamId: string; userId: string; channelId: string };

/** Draws the Home that a person is looking at: they opened it, or pressed something in it. */
export async function drawHome({ store, enqueue }: ListenersContext, owner: HomeOwner): Promise<void> {
  await enqueue('show', { key: await store.shown.homeOpened(owner) }, { interactive: true });
}

function listenToHome(app: App, c: ListenersContext): void {
  onEvent(app, 'app_home_opened', async (event) => {
    if (event.kind === 'home-opened') await drawHome(c, event);
  });

  onDurableButton(app, ACTION.refreshHome, async (press) => {
    const owner = ownerOf(press);
    if (owner !== null) await drawHome(c, owner);
  });

  onButton(app, ACTION.startFromHome, async (press) => {
    const owner = ownerOf(press);
    if (owner !== null)
      await openForm(c, press, await offerForm(c, { ...owner, threadTs: null, responseUrl: null }));
  });
}

/** null: it was not pressed in a Home. */
function ownerOf({ teamId, userId, view }: Press): HomeOwner | null {
  return view === null ? null : { teamId, userId, ...homeMetadata.read(view.metadata) };
}

function listenToInvitations(app: App, c: ListenersContext): void {
  onEvent(app, 'member_joined_channel', async (event) => {
    if (event.kind !== 'joined' || event.userId !== c.slack.botUserId()) return;
    const { teamId, channelId } = event;
    await c.store.db.transaction().execute(async (trx) => {
      await c.enqueue('show', { key: shownKey('greeting', teamId, channelId) }, { trx });
      await c.enqueue('reopen-channel', { channelId }, { trx });
    });
  });

  onButton(app, ACTION.startHere, async (press) => {
    const { teamId, userId, channelId } = press;
    if (channelId === null || (await refusesOutsider(c, press, teamId))) return;
    const here = { teamId, userId, channelId, threadTs: null, responseUrl: null };
    await openForm(c, press, await offerForm(c, here));
  });
}

/** A channel is restored, or gets another id. */
function listenToChannels(app: App, { store, enqueue, log }: ListenersContext): void {
  const reopen = async (event: Payload): Promise<void> => {
    if (event.kind === 'unarchived') await enqueue('reopen-channel', { channelId: event.channelId });
  };
  onEvent(app, 'channel_unarchive', reopen);
  onEvent(app, 'group_unarchive', reopen);

  onEvent(app, 'channel_id_changed', async (event) => {
    if (event.kind !== 'channel-id') return;
    const { from, to } = event;
    await store.db.transaction().execute(async (trx) => {
      await changeChannelId(trx, { from, to });
      // Slack refused what the app did under the old id until it heard of this.
      await enqueue('reopen-channel', { channelId: to }, { trx });
    });
    log.warn({ from, to }, "a channel's id changed; a policy file that names it must name the new one");
  });
}
