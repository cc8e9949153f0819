import type { App } from '@slack/bolt';
import { ACTION, homeMetadata } from '../edge/ids.ts';
import type { Press } from '../edge/interaction-payload.ts';
import { onButton, onDurableButton, onEvent } from './routes.ts';
import type { HomeOwner, Tools } from './tools.ts';

type HomeDeps = Pick<Tools, 'formInbox' | 'openForm' | 'drawHome'>;

export function listenToHome(app: App, { formInbox, openForm, drawHome }: HomeDeps): void {
  onEvent(app, 'app_home_opened', async (event) => {
    if (event.kind === 'home-opened') await drawHome(event);
  });

  onDurableButton(app, ACTION.refreshHome, async (press) => {
    const owner = ownerOf(press);
    if (owner !== null) await drawHome(owner);
  });

  onButton(app, ACTION.startFromHome, async (press) => {
    const owner = ownerOf(press);
    if (owner === null) return;
    const form = await formInbox.offerForm({ ...owner, threadTs: null, responseUrl: null });
    await openForm(press, form);
  });
}

/** null: it was not pressed in a Home. */
function ownerOf({ teamId, userId, view }: Press): HomeOwner | null {
  return view === null ? null : { teamId, userId, ...homeMetadata.read(view.metadata) };
}
