import type { KnownBlock } from '@slack/types';
import type { EffectiveDraft } from '../../session/defaults.ts';
import type { IntentOf } from '../../session/intent.ts';
import type { EffectivePreferences } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, runAction } from '../ids.ts';
import { optionWords } from './details-values.ts';
import { actions, button, context, section, type Rendered } from './objects.ts';
import { BETWEEN_FACTS } from './session-card.ts';
import { bold, truncate } from './text.ts';

type Setting = IntentOf<'show-setting'>['setting'] | 'language';
type Shown = { label: string; value: string; choices: Readonly<Record<string, string>> };

/** A person's: they only change how the app speaks to them. Administrators set the others, for a channel. */
export const OWN_SETTINGS: ReadonlySet<Setting> = new Set(['notify', 'language']);

/** `mayChange`: the reader may set it; otherwise no button would do anything. */
type ShownFor = { preferences: EffectivePreferences; mayChange: boolean };

/** A setting as it is, with a button for each of its choices. */
export function renderSetting(setting: Setting, { preferences, mayChange }: ShownFor, text: Text): Rendered {
  const { label, value, choices } = shownSetting(setting, preferences, text);
  const { settings, joins } = text;
  const change = OWN_SETTINGS.has(setting) ? settings.change : settings.forThisChannel;
  const buttons = Object.entries(choices).map(([choice, words], at) =>
    button(runAction(at), words, `${setting} ${choice}`),
  );
  return {
    text: joins.labeled(label, value),
    blocks: [
      section(joins.labeled(bold(label), value)),
      ...(mayChange ? [section(change), actions(buttons)] : [context(settings.adminsChange)]),
    ],
  };
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

function shown<Value extends string>(
  words: Omit<Shown, 'value'> & Readonly<Record<Value, string>>,
  value: Value,
): Shown {
  return { label: words.label, choices: words.choices, value: words[value] };
}

type HomeSettings = { defaults: EffectiveDraft; preferences: EffectivePreferences };

const DEFAULTS_LENGTH = 1500;

/** In the Home: what applies to the person, and the buttons that change it. */
export function homeSettings({ defaults, preferences }: HomeSettings, text: Text): KnownBlock[] {
  const { home, joins, details } = text;
  const blocksOf = (setting: Setting, now: string): KnownBlock[] => {
    const { label, value, choices } = shownSetting(setting, preferences, text);
    const others = Object.entries(choices).filter(([choice]) => choice !== now);
    const buttons = others.map(([choice, words], at) =>
      button(runAction(at), home.useInstead(words), `${setting} ${choice}`),
    );
    return [section(joins.labeled(bold(label), value)), actions(buttons)];
  };
  const options = optionWords(defaults.values, text, defaults.names).join(BETWEEN_FACTS);
  const shown = truncate(options, DEFAULTS_LENGTH) || details.none;
  return [
    {
      ...section(joins.labeled(bold(home.defaults), shown)),
      accessory: button(ACTION.editDefaults, home.editDefaults, 'defaults'),
    },
    ...blocksOf('notify', preferences.notify),
    ...blocksOf('language', preferences.language ?? 'slack'),
  ];
}
