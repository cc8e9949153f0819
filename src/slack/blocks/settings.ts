import type { KnownBlock } from '@slack/types';
import type { EffectiveDraft } from '../../session/defaults.ts';
import type { IntentOf } from '../../session/intent.ts';
import type { EffectivePreferences } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, runAction } from '../ids.ts';
import { optionWords, row } from './details-values.ts';
import { actions, button, context, section, type Rendered } from './objects.ts';
import { BETWEEN_FACTS } from './session-card.ts';
import { truncate } from './text.ts';

type Setting = IntentOf<'show-setting'>['setting'] | 'language';
type Shown = {
  label: string;
  value: string;
  /** By their id. */
  otherChoices: [string, string][];
};

/** A person's: they only change how the app speaks to them. Administrators set the others, for a channel. */
export const OWN_SETTINGS: ReadonlySet<Setting> = new Set(['notify', 'language']);

/** `mayChange`: the reader may set it; otherwise no button would do anything. */
type ShownFor = { preferences: EffectivePreferences; mayChange: boolean };

/** A setting as it is, with a button for each other choice. */
export function renderSetting(setting: Setting, { preferences, mayChange }: ShownFor, text: Text): Rendered {
  const { label, value } = shownSetting(setting, preferences, text);
  const { adminsChange, forThisChannel } = text.settings;
  const [shown, choices] = settingBlocks(setting, preferences, text);
  const changing = OWN_SETTINGS.has(setting) ? [choices] : [context(forThisChannel), choices];
  return {
    text: text.joins.labeled(label, value),
    blocks: [shown, ...(mayChange ? changing : [context(adminsChange)])],
  };
}

function settingBlocks(setting: Setting, preferences: EffectivePreferences, text: Text) {
  const { label, value, otherChoices } = shownSetting(setting, preferences, text);
  const buttons = otherChoices.map(([choice, words], at) =>
    button(runAction(at), text.settings.useInstead(words), `${setting} ${choice}`),
  );
  return [section(row(label, value)), actions(buttons)] as const;
}

export function shownSetting(setting: Setting, preferences: EffectivePreferences, { settings }: Text): Shown {
  switch (setting) {
    case 'notify':
      return shown(settings.notify, preferences.notify);
    case 'language':
      return shown(settings.language, preferences.language ?? 'slack');
    case 'steer':
      return shown(settings.steer, preferences.steer);
    case 'listen':
      return shown(settings.listen, preferences.listen ?? 'usual');
    case 'web-messages':
      return shown(settings.webMessages, preferences.webMessages ? 'on' : 'off');
  }
}

type Words = { label: string; choices: Readonly<Record<string, string>> };

function shown<Value extends string>(words: Words & Readonly<Record<Value, string>>, value: Value): Shown {
  const otherChoices = Object.entries(words.choices).filter(([choice]) => choice !== value);
  return { label: words.label, value: words[value], otherChoices };
}

type HomeSettings = { defaults: EffectiveDraft; preferences: EffectivePreferences };

const DEFAULTS_LENGTH = 1500;

/** In the Home: what applies to the person, and the buttons that change it. */
export function homeSettings({ defaults, preferences }: HomeSettings, text: Text): KnownBlock[] {
  const { home, details } = text;
  const options = optionWords(defaults.values, text, defaults.names).join(BETWEEN_FACTS);
  return [
    {
      ...section(row(home.defaults, truncate(options, DEFAULTS_LENGTH) || details.none)),
      accessory: button(ACTION.editDefaults, home.editDefaults, 'defaults'),
    },
    ...settingBlocks('notify', preferences, text),
    ...settingBlocks('language', preferences, text),
  ];
}
