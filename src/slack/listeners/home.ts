import type { App, BlockAction } from '@slack/bolt';
import { z } from 'zod';
import { homeKey } from '../../queue/index.ts';
import type { Enqueue, Jobs } from '../../queue/index.ts';
import { LANGUAGE_CHOICES, NOTIFY } from '../../session/preferences.ts';
import type { Homes } from '../../store/homes.ts';
import type { Settings } from '../../store/settings.ts';
import { ACTION, HOME_LANGUAGE, HOME_NOTIFY, readHomeMetadata } from '../ids.ts';
import type { Intake } from '../intake.ts';
import type { ChooseLanguage } from '../text-for.ts';
import type { FormOpener } from '../view-opener.ts';
import { listenToDefaultsForm } from './home-defaults.ts';
import type { DefaultsDeps } from './home-defaults.ts';
import { onButton, onDurableButton } from './press.ts';

type HomeDeps = Omit<DefaultsDeps, 'draw'> & {
  homes: Pick<Homes, 'opened'>;
  intake: Pick<Intake, 'offerForm'>;
  openForm: FormOpener;
  defaults: Pick<Settings, 'layersFor' | 'set' | 'preferencesFor' | 'setPreferences'>;
  chooseLanguage: ChooseLanguage;
  enqueue: Enqueue;
  now: () => number;
};

/** https://docs.slack.dev/reference/events/app_home_opened; the other tab is the conversation. */
const openedSchema = z.looseObject({ tab: z.literal('home'), user: z.string(), channel: z.string() });

type Whose = Jobs['publish-home'];

export function listenToHome(app: App, deps: HomeDeps): void {
  const { homes, intake, openForm, defaults, chooseLanguage, enqueue, now } = deps;
  const draw = async (whose: Whose): Promise<void> => {
    await homes.opened(whose, new Date(now()));
    await enqueue('publish-home', whose, { key: homeKey(whose) });
  };

  listenToDefaultsForm(app, { ...deps, draw });

  app.event('app_home_opened', async ({ event, body }) => {
    const opened = openedSchema.safeParse(event);
    if (!opened.success) return;
    const { user: userId, channel: channelId } = opened.data;
    await draw({ teamId: body.team_id, userId, channelId });
  });

  onDurableButton(app, ACTION.refreshHome, async ({ body }) => {
    const whose = readWhose(body);
    if (whose !== null) await draw(whose);
  });

  onDurableButton(app, HOME_NOTIFY, async ({ body, action }) => {
    const whose = readWhose(body);
    const notify = NOTIFY.find((where) => where === action.value);
    if (whose === null || notify === undefined) return;
    const { person } = await defaults.preferencesFor(whose);
    const key = { teamId: whose.teamId, scope: 'person', scopeId: whose.userId } as const;
    await defaults.setPreferences(key, { ...person, notify }, whose.userId);
    await draw(whose);
  });

  onDurableButton(app, HOME_LANGUAGE, async ({ body, action }) => {
    const whose = readWhose(body);
    const choice = LANGUAGE_CHOICES.find((one) => one === action.value);
    if (whose === null || choice === undefined) return;
    await chooseLanguage(whose, choice === 'slack' ? null : choice);
    await draw(whose);
  });

  onButton(app, ACTION.startFromHome, async ({ body }) => {
    const whose = readWhose(body);
    if (whose === null) return;
    await openForm(
      body.trigger_id,
      await intake.offerForm({ ...whose, threadTs: null, responseUrl: null }, {}),
    );
  });
}

function readWhose({ team, user, view }: BlockAction): Whose | null {
  if (view === undefined) return null;
  const { channelId } = readHomeMetadata(view.private_metadata);
  return { teamId: team?.id ?? user.team_id ?? '', userId: user.id, channelId };
}
