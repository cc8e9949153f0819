import type { App } from '@slack/bolt';
import type { Settings } from '../../store/settings.ts';
import type { Authority } from '../authority.ts';
import { readDefaultsForm, renderDefaultsForm } from '../blocks/defaults.ts';
import { unescape } from '../blocks/text.ts';
import { ACTION, readHomeMetadata, VIEW } from '../ids.ts';
import type { TextFor } from '../text-for.ts';
import type { ViewOpener } from '../view-opener.ts';
import { onButton, openingOf } from './press.ts';
import { withAlert } from './views.ts';

export type DefaultsDeps = {
  defaults: Pick<Settings, 'layersFor' | 'set'>;
  authority: Pick<Authority, 'refusalOf'>;
  openView: ViewOpener;
  /** Has the Home drawn again, where the defaults are listed. */
  draw: (whose: { teamId: string; userId: string; channelId: string }) => Promise<void>;
  /** Off where the organization enforces its own tags. */
  tagRequests: boolean;
  textFor: TextFor;
};

/** One's own defaults, changed in a form over the Home. */
export function listenToDefaultsForm(app: App, deps: DefaultsDeps): void {
  const { defaults, authority, openView, draw, tagRequests, textFor } = deps;

  onButton(app, ACTION.editDefaults, async (press) => {
    const { view, team, user, trigger_id: triggerId } = press.body;
    if (view === undefined) return;
    const metadata = readHomeMetadata(view.private_metadata);
    const teamId = team?.id ?? user.team_id ?? '';
    const { person = {} } = await defaults.layersFor({ ...metadata, teamId, userId: user.id });
    const form = renderDefaultsForm({ metadata, values: person }, await textFor(user.id));
    await openView(triggerId, form, openingOf(press, 'form'));
  });

  app.view({ callback_id: VIEW.defaults, type: 'view_submission' }, async ({ view, body, ack }) => {
    const { user, team } = body;
    const [teamId, userId] = [team?.id ?? user.team_id ?? '', user.id];
    const text = await textFor(userId);
    const { draft, errors } = readDefaultsForm(view.state.values, { ownTag: tagRequests }, text);
    if (Object.keys(errors).length > 0) return ack({ response_action: 'errors', errors });
    const refused = await authority.refusalOf({ teamId, userId });
    if (refused !== null) return ack({ response_action: 'update', view: withAlert(view, unescape(refused)) });
    const isNone = Object.keys(draft).length === 0;
    await defaults.set({ teamId, scope: 'person', scopeId: userId }, isNone ? null : draft, userId);
    await ack();
    await draw({ teamId, userId, ...readHomeMetadata(view.private_metadata) });
  });
}
