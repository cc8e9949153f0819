import { shownKey } from '../../store/shown.ts';
import { ACTION } from '../edge/ids.ts';
import type { Payload, Press } from '../edge/payload.ts';
import { offerForm } from '../inbox/requests.ts';
import { channelOf, durable, quick, refuseOutsider, type ListenersContext, type Presses } from './context.ts';
import { openForm } from './open-view.ts';

/** A person's Home, and the conversation with the app, where a card can go. */
type HomeOwner = { teamId: string; userId: string; channelId: string };

/** Draws the Home that a person is looking at: they opened it, or pressed something in it. */
export async function drawHome({ store, enqueue }: ListenersContext, owner: HomeOwner): Promise<void> {
  await enqueue('show', { key: await store.shown.homeOpened(owner) }, { interactive: true });
}

/** Buttons of Homes, and of the greeting in a channel. */
export const WORKSPACE_PRESSES = {
  [ACTION.refreshHome]: durable(async (c, press) => drawHome(c, { ...press, channelId: channelOf(press) })),
  [ACTION.startFromHome]: quick(openEmptyForm),
  [ACTION.startHere]: quick(openEmptyForm),
} satisfies Presses;

async function openEmptyForm(c: ListenersContext, press: Press): Promise<void> {
  const { teamId, userId } = press;
  await refuseOutsider(c, press, teamId);
  const here = { teamId, userId, channelId: channelOf(press), threadTs: null, responseUrl: null };
  await openForm(c, press, await offerForm(c, here));
}

/** What changes in the workspace: the app is invited, channels come back, people leave. */
export async function hearWorkspace(c: ListenersContext, event: Payload): Promise<void> {
  const { store, enqueue } = c;
  switch (event.kind) {
    case 'home-opened':
      return drawHome(c, event);
    case 'joined': {
      const { teamId, channelId, userId } = event;
      if (userId !== c.slack.botUserId()) return;
      return store.db.transaction().execute(async (trx) => {
        await enqueue('show', { key: shownKey('greeting', teamId, channelId) }, { trx });
        await enqueue('reopen-channel', { channelId }, { trx });
      });
    }
    case 'unarchived':
      return enqueue('reopen-channel', { channelId: event.channelId });
    case 'profile-change': {
      // They are looked up again.
      const { teamId, userId } = event;
      return store.knownPeople.changed({ teamId, userId }, new Date(c.now()));
    }
    default:
  }
}
