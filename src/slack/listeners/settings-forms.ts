import type { App } from '@slack/bolt';
import { applyDefaults } from '../../session/defaults.ts';
import { isAdministrator } from '../../session/identity.ts';
import type { Mentions } from '../../session/preferences.ts';
import type { Person } from '../../store/identities.ts';
import { personRefusal } from '../authority.ts';
import { ACTION, homeMetadata, settingsMetadata, VIEW } from '../edge/ids.ts';
import { readDefaultsForm, readSettingsForm, renderDefaultsForm, type InForce } from '../views/settings.ts';
import { unescape } from '../views/text.ts';
import type { ListenersContext } from './context.ts';
import { stillOpen } from './forms.ts';
import { openView } from './open-view.ts';
import { onButton, onSubmission } from './routes.ts';
import { drawHome } from './workspace.ts';

/** One's own defaults, and the settings of a channel or the workspace. */
export function listenToSettings(app: App, c: ListenersContext): void {
  listenToOwnDefaults(app, c);

  onSubmission(app, VIEW.settings, async ({ view, teamId, userId }, ack) => {
    const text = await c.textFor(userId);
    if (!isAdministrator(await c.slack.people.find(userId)))
      return ack({ response_action: 'update', view: stillOpen(view, text.settings.adminsOnly, text) });
    const { channelId } = settingsMetadata.read(view.metadata);
    const inForce = await settingsInForce(c, { teamId, userId, channelId: channelId ?? '' });
    const chosen = readSettingsForm(view.values, inForce);
    const scope = channelId === null ? ('workspace' as const) : ('channel' as const);
    await c.store.settings.changePreferences({ teamId, scope, scopeId: channelId ?? teamId }, chosen, userId);
    // Cards say which replies go to Devin.
    if (chosen.listen !== undefined) await c.enqueue('redraw-cards', { teamId, channelId });
    return ack();
  });
}

/** What a message to the app does in a place. */
export async function mentionsAt(
  { store, mentions }: ListenersContext,
  where: Person & { channelId: string },
): Promise<Mentions> {
  return (await store.settings.preferencesFor(where)).mentions ?? mentions;
}

/** What applies in a channel; in none, in the workspace. */
export async function settingsInForce(
  c: ListenersContext,
  place: Person & { channelId: string },
): Promise<InForce> {
  const { steer, listen } = await c.store.settings.preferencesFor(place);
  return { steer, listen: listen ?? 'thread', mentions: await mentionsAt(c, place) };
}

/** A form over the Home, or over the answer to `whoami`. */
function listenToOwnDefaults(app: App, c: ListenersContext): void {
  const { settings } = c.store;

  onButton(app, ACTION.editDefaults, async (press) => {
    const { view, teamId, userId } = press;
    const metadata = view === null ? null : homeMetadata.read(view.metadata);
    const { person = {} } = await settings.layersFor({ channelId: '', teamId, userId });
    const draft = c.withNames(applyDefaults({ person }));
    const form = renderDefaultsForm({ metadata, draft }, await c.textFor(userId));
    await openView(c, press, form);
  });

  onSubmission(app, VIEW.defaults, async ({ view, teamId, userId }, ack) => {
    const text = await c.textFor(userId);
    const { person: before = {} } = await settings.layersFor({ channelId: '', teamId, userId });
    const { draft, errors } = readDefaultsForm(view.values, { ownTag: c.tagRequests, before }, text);
    if (Object.keys(errors).length > 0) return ack({ response_action: 'errors', errors });
    const refused = await personRefusal(c, { teamId, userId });
    if (refused !== null)
      return ack({ response_action: 'update', view: stillOpen(view, unescape(refused), text) });
    const isNone = Object.keys(draft).length === 0;
    await settings.set({ teamId, scope: 'person', scopeId: userId }, isNone ? null : draft, userId);
    await ack();
    const home = homeMetadata.find(view.metadata);
    if (home !== undefined) await drawHome(c, { teamId, userId, ...home });
  });
}
