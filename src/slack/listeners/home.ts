import type { App } from '@slack/bolt';
import { homeKey } from '../../queue/index.ts';
import type { Enqueue } from '../../queue/index.ts';
import { LANGUAGE_CHOICES, NOTIFY } from '../../session/preferences.ts';
import type { Homes } from '../../store/homes.ts';
import type { Settings } from '../../store/settings.ts';
import { ACTION, HOME_LANGUAGE, HOME_NOTIFY, homeMetadata } from '../ids.ts';
import type { FormInbox } from '../form-inbox.ts';
import type { Press } from '../interaction-payload.ts';
import type { ChooseLanguage } from '../text-for.ts';
import type { FormOpener } from '../view-opener.ts';
import { listenToDefaultsForm } from './home-defaults.ts';
import type { DefaultsDeps } from './home-defaults.ts';
import { onButton, onDurableButton, onEvent } from './routes.ts';

type HomeDeps = Omit<DefaultsDeps, 'draw'> & {
  homes: Pick<Homes, 'opened'>;
  formInbox: Pick<FormInbox, 'offerForm'>;
  openForm: FormOpener;
  defaults: Pick<Settings, 'layersFor' | 'set' | 'changePreferences'>;
  chooseLanguage: ChooseLanguage;
  enqueue: Enqueue;
  now: () => number;
};

/** A person's Home, and the conversation with the app, where a card can go. */
type HomeOwner = { teamId: string; userId: string; channelId: string };

export function listenToHome(app: App, deps: HomeDeps): void {
  const { homes, formInbox, openForm, defaults, chooseLanguage, enqueue, now } = deps;
  const draw = async (owner: HomeOwner): Promise<void> => {
    await homes.opened(owner, new Date(now()));
    await enqueue('publish-home', owner, { key: homeKey(owner) });
  };

  listenToDefaultsForm(app, { ...deps, draw });

  onEvent(app, 'app_home_opened', async (event) => {
    if (event.kind !== 'home-opened') return;
    const { teamId, userId, channelId } = event;
    await draw({ teamId, userId, channelId });
  });

  onDurableButton(app, ACTION.refreshHome, async (press) => {
    const owner = ownerOf(press);
    if (owner !== null) await draw(owner);
  });

  onDurableButton(app, HOME_NOTIFY, async (press) => {
    const owner = ownerOf(press);
    const notify = NOTIFY.find((where) => where === press.value);
    if (owner === null || notify === undefined) return;
    const key = { teamId: owner.teamId, scope: 'person', scopeId: owner.userId } as const;
    await defaults.changePreferences(key, { notify }, owner.userId);
    await draw(owner);
  });

  onDurableButton(app, HOME_LANGUAGE, async (press) => {
    const owner = ownerOf(press);
    const choice = LANGUAGE_CHOICES.find((one) => one === press.value);
    if (owner === null || choice === undefined) return;
    await chooseLanguage(owner, choice === 'slack' ? null : choice);
    await draw(owner);
  });

  onButton(app, ACTION.startFromHome, async (press) => {
    const owner = ownerOf(press);
    if (owner === null) return;
    const form = await formInbox.offerForm({ ...owner, threadTs: null, responseUrl: null }, {});
    await openForm(press.triggerId, form);
  });
}

/** null: it was not pressed in a Home. */
function ownerOf({ teamId, userId, view }: Press): HomeOwner | null {
  return view === null ? null : { teamId, userId, ...homeMetadata.read(view.metadata) };
}
