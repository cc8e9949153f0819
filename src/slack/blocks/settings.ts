import type { Button, KnownBlock } from '@slack/types';
import type { EffectiveDraft } from '../../session/defaults.ts';
import type { IntentOf } from '../../session/intent.ts';
import { LANGUAGE_CHOICES, NOTIFY, type EffectivePreferences } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, homeLanguageAction, homeNotifyAction, runAction } from '../ids.ts';
import { optionWords } from './details-values.ts';
import { actions, button, context, section, type Rendered } from './objects.ts';
import { BETWEEN_FACTS } from './session-card.ts';
import { bold, code, truncate } from './text.ts';

type Setting = IntentOf<'show-setting'>['setting'] | 'language';
type Shown = { label: string; value: string; choices: Readonly<Record<string, string>> };

/** Settings of a person; the others are those of a channel, which administrators change. */
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

type HomeSettings = { command: string; defaults: EffectiveDraft; preferences: EffectivePreferences };

const DEFAULTS_LENGTH = 1500;

/** In the Home: what applies to the person, and the buttons that change it. */
export function homeSettings({ command, defaults, preferences }: HomeSettings, text: Text): KnownBlock[] {
  const { notify, language } = preferences;
  const { home, settings } = text;
  const setting = (name: Setting, others: Button[]): KnownBlock[] => {
    const { label, value } = shownSetting(name, preferences, text);
    return [section(`${bold(`${label}:`)} ${value}`), actions(others)];
  };
  return [
    {
      ...section(defaultsLine(command, defaults, text)),
      accessory: button(ACTION.editDefaults, home.editDefaults, 'defaults'),
    },
    ...setting(
      'notify',
      NOTIFY.filter((where) => where !== notify).map((where) =>
        button(homeNotifyAction(where), home.useInstead(settings.notify.choices[where]), where),
      ),
    ),
    ...setting(
      'language',
      LANGUAGE_CHOICES.filter((choice) => choice !== (language ?? 'slack')).map((choice) =>
        button(homeLanguageAction(choice), home.useInstead(settings.language.choices[choice]), choice),
      ),
    ),
  ];
}

function defaultsLine(command: string, { values, names }: EffectiveDraft, text: Text): string {
  const { home } = text;
  const shown = optionWords(values, text, names);
  if (shown.length === 0) return home.noDefaults(code(`${command} ${home.exampleDefaults}`));
  const line = truncate(shown.join(BETWEEN_FACTS), DEFAULTS_LENGTH);
  return home.defaults(line, code(`${command} defaults`));
}
