import type { App } from '@slack/bolt';
import { applyDefaults } from '../../session/defaults.ts';
import { ACTION, homeMetadata, VIEW } from '../edge/ids.ts';
import type { Press } from '../edge/interaction-payload.ts';
import { readDefaultsForm, renderDefaultsForm } from '../views/settings.ts';
import { unescape } from '../views/text.ts';
import { stillOpen } from './forms.ts';
import { onButton, onDurableButton, onEvent, onSubmission } from './routes.ts';
import type { HomeOwner, Tools } from './tools.ts';

type HomeDeps = DefaultsDeps & Pick<Tools, 'formInbox' | 'openForm'>;

export function listenToHome(app: App, deps: HomeDeps): void {
  const { formInbox, openForm, drawHome } = deps;
  listenToDefaultsForm(app, deps);

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

type DefaultsDeps = Pick<
  Tools,
  'settings' | 'withNames' | 'authority' | 'openView' | 'tagRequests' | 'drawHome' | 'textFor'
>;

/** One's own defaults, changed in a form over the Home, which lists them. */
function listenToDefaultsForm(app: App, deps: DefaultsDeps): void {
  const { settings, withNames, authority, openView, tagRequests, drawHome, textFor } = deps;

  onButton(app, ACTION.editDefaults, async (press) => {
    const { view, teamId, userId } = press;
    if (view === null) return;
    const metadata = homeMetadata.read(view.metadata);
    const { person = {} } = await settings.layersFor({ ...metadata, teamId, userId });
    const draft = withNames(applyDefaults({ person }));
    const form = renderDefaultsForm({ metadata, draft }, await textFor(userId));
    await openView(press, form);
  });

  onSubmission(app, VIEW.defaults, async ({ view, teamId, userId }, ack) => {
    const text = await textFor(userId);
    const { draft, errors } = readDefaultsForm(view.values, { ownTag: tagRequests }, text);
    if (Object.keys(errors).length > 0) return ack({ response_action: 'errors', errors });
    const refused = await authority.personRefusal({ teamId, userId });
    if (refused !== null)
      return ack({ response_action: 'update', view: stillOpen(view, unescape(refused), text) });
    const isNone = Object.keys(draft).length === 0;
    await settings.set({ teamId, scope: 'person', scopeId: userId }, isNone ? null : draft, userId);
    await ack();
    await drawHome({ teamId, userId, ...homeMetadata.read(view.metadata) });
  });
}
