import type { IntentOf } from '../../session/intent.ts';
import type { EffectivePreferences } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import { runAction } from '../ids.ts';
import { actions, button, context, section, type Rendered } from './objects.ts';
import { bold } from './text.ts';

type Setting = IntentOf<'show-setting'>['setting'] | 'language';
type Shown = { label: string; value: string; choices: Readonly<Record<string, string>> };

/** Settings of a person; the others are those of a channel, which administrators change. */
export const OWN_SETTINGS: ReadonlySet<Setting> = new Set(['notify', 'language']);

/** `mayChange`: the reader may set it; otherwise no button would do anything. */
type ShownFor = { preferences: EffectivePreferences; mayChange: boolean };

/** A setting as it is, with a button for each of its choices. */
export function renderSetting(setting: Setting, { preferences, mayChange }: ShownFor, text: Text): Rendered {
  const { label, value, choices } = shownSetting(setting, preferences, text);
  const { settings } = text;
  const change = OWN_SETTINGS.has(setting) ? settings.change : settings.forThisChannel;
  const buttons = Object.entries(choices).map(([choice, words], at) =>
    button(runAction(at), words, `${setting} ${choice}`),
  );
  return {
    text: settings.preference(label, value),
    blocks: [
      section(settings.preference(bold(label), value)),
      ...(mayChange ? [section(change), actions(buttons)] : [context(settings.adminsChange)]),
    ],
  };
}

export function shownSetting(setting: Setting, preferences: EffectivePreferences, { settings }: Text): Shown {
  switch (setting) {
    case 'notify': {
      const { label, choices, ...values } = settings.notify;
      return { label, choices, value: values[preferences.notify] };
    }
    case 'language': {
      const { label, choices, ...values } = settings.language;
      return { label, choices, value: values[preferences.language ?? 'slack'] };
    }
    case 'steer': {
      const { label, choices, ...values } = settings.steer;
      return { label, choices, value: values[preferences.steer] };
    }
    case 'listen': {
      const { label, choices, ...values } = settings.listen;
      const value = values[preferences.listen ?? 'usual'];
      return { label, choices, value };
    }
    case 'web-messages': {
      const { label, choices, ...values } = settings.webMessages;
      const value = values[preferences.webMessages ? 'on' : 'off'];
      return { label, choices, value };
    }
  }
}
