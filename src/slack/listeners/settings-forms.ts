import type { App } from '@slack/bolt';
import { applyDefaults } from '../../session/defaults.ts';
import { isAdministrator } from '../../session/identity.ts';
import type { Person } from '../../store/identities.ts';
import { ACTION, homeMetadata, settingsMetadata, VIEW } from '../edge/ids.ts';
import { readDefaultsForm, readSettingsForm, renderDefaultsForm, type InForce } from '../views/settings.ts';
import { unescape } from '../views/text.ts';
import { stillOpen } from './forms.ts';
import { onButton, onSubmission } from './routes.ts';
import type { Tools } from './tools.ts';

type SettingsDeps = Pick<
  Tools,
  | 'settings'
  | 'withNames'
  | 'authority'
  | 'people'
  | 'openView'
  | 'tagRequests'
  | 'drawHome'
  | 'enqueue'
  | 'mentionsAt'
  | 'textFor'
>;

/** One's own defaults, and the settings of a channel or the workspace. */
export function listenToSettingsForms(app: App, deps: SettingsDeps): void {
  listenToOwnDefaults(app, deps);

  onSubmission(app, VIEW.settings, async ({ view, teamId, userId }, ack) => {
    const text = await deps.textFor(userId);
    if (!isAdministrator(await deps.people.find(userId)))
      return ack({ response_action: 'update', view: stillOpen(view, text.settings.adminsOnly, text) });
    const { channelId } = settingsMetadata.read(view.metadata);
    const inForce = await settingsInForce(deps, { teamId, userId, channelId: channelId ?? '' });
    const chosen = readSettingsForm(view.values, inForce);
    const scope = channelId === null ? ('workspace' as const) : ('channel' as const);
    await deps.settings.changePreferences({ teamId, scope, scopeId: channelId ?? teamId }, chosen, userId);
    // Cards say which replies go to Devin.
    if (chosen.listen !== undefined) await deps.enqueue('redraw-cards', { teamId, channelId });
    return ack();
  });
}

/** What applies in a channel; in none, in the workspace. */
export async function settingsInForce(
  { settings, mentionsAt }: Pick<Tools, 'settings' | 'mentionsAt'>,
  place: Person & { channelId: string },
): Promise<InForce> {
  const { steer, listen } = await settings.preferencesFor(place);
  return { steer, listen: listen ?? 'thread', mentions: await mentionsAt(place) };
}

/** A form over the Home, or over the answer to `whoami`. */
function listenToOwnDefaults(app: App, deps: SettingsDeps): void {
  const { settings, withNames, authority, openView, tagRequests, drawHome, textFor } = deps;

  onButton(app, ACTION.editDefaults, async (press) => {
    const { view, teamId, userId } = press;
    const metadata = view === null ? null : homeMetadata.read(view.metadata);
    const { person = {} } = await settings.layersFor({ channelId: '', teamId, userId });
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
    const home = homeMetadata.find(view.metadata);
    if (home !== undefined) await drawHome({ teamId, userId, ...home });
  });
}
