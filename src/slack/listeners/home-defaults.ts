import type { App } from '@slack/bolt';
import type { Settings } from '../../store/settings.ts';
import type { Authority } from '../authority.ts';
import { readDefaultsForm, renderDefaultsForm } from '../blocks/defaults.ts';
import { unescape } from '../blocks/text.ts';
import { ACTION, homeMetadata, VIEW } from '../ids.ts';
import type { TextFor } from '../text-for.ts';
import type { ViewOpener } from '../view-opener.ts';
import { openingOf } from './press.ts';
import { onButton, onSubmission } from './routes.ts';
import { withAlert } from './forms.ts';

export type DefaultsDeps = {
  defaults: Pick<Settings, 'layersFor' | 'set'>;
  authority: Pick<Authority, 'personRefusal'>;
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
    const { view, teamId, userId, triggerId } = press;
    if (view === null) return;
    const metadata = homeMetadata.read(view.metadata);
    const { person = {} } = await defaults.layersFor({ ...metadata, teamId, userId });
    const form = renderDefaultsForm({ metadata, values: person }, await textFor(userId));
    await openView(triggerId, form, openingOf(press, 'form'));
  });

  onSubmission(app, VIEW.defaults, async ({ view, teamId, userId }, ack) => {
    const text = await textFor(userId);
    const { draft, errors } = readDefaultsForm(view.values, { ownTag: tagRequests }, text);
    if (Object.keys(errors).length > 0) return ack({ response_action: 'errors', errors });
    const refused = await authority.personRefusal({ teamId, userId });
    if (refused !== null) return ack({ response_action: 'update', view: withAlert(view, unescape(refused)) });
    const isNone = Object.keys(draft).length === 0;
    await defaults.set({ teamId, scope: 'person', scopeId: userId }, isNone ? null : draft, userId);
    await ack();
    await draw({ teamId, userId, ...homeMetadata.read(view.metadata) });
  });
}
