import type { ActionsBlock } from '@slack/types';
import type { EffectivePreferences } from '../../session/preferences.ts';
import type { IntentOf } from '../../session/intent.ts';
import type { Text } from '../../text/index.ts';
import { runAction } from '../ids.ts';
import { button, section } from './objects.ts';
import type { Rendered } from './objects.ts';
import { bold } from './text.ts';

type Setting = IntentOf<'show-setting'>['setting'] | 'language';
type Shown = { label: string; value: string; choices: Readonly<Record<string, string>>; change: string };

/** A setting as it is, with a button for each of its choices. */
export function renderSetting(setting: Setting, preferences: EffectivePreferences, text: Text): Rendered {
  const { label, value, choices, change } = shownSetting(setting, preferences, text);
  const buttons: ActionsBlock = {
    type: 'actions',
    elements: Object.entries(choices).map(([choice, words], at) =>
      button(runAction(at), words, `${setting} ${choice}`),
    ),
  };
  return {
    text: text.settings.preference(label, value),
    blocks: [section(`${bold(label)}\n${value}`), section(change), buttons],
  };
}

export function shownSetting(setting: Setting, preferences: EffectivePreferences, { settings }: Text): Shown {
  switch (setting) {
    case 'notify': {
      const { label, choices, ...values } = settings.notify;
      return { label, choices, value: values[preferences.notify], change: settings.change };
    }
    case 'language': {
      const { label, choices, ...values } = settings.language;
      return { label, choices, value: values[preferences.language ?? 'slack'], change: settings.change };
    }
    case 'steer': {
      const { label, choices, ...values } = settings.steer;
      return { label, choices, value: values[preferences.steer], change: settings.forThisChannel };
    }
    case 'listen': {
      const { label, choices, ...values } = settings.listen;
      const value = values[preferences.listen ?? 'usual'];
      return { label, choices, value, change: settings.forThisChannel };
    }
    case 'web-messages': {
      const { label, choices, ...values } = settings.webMessages;
      const value = values[preferences.webMessages ? 'on' : 'off'];
      return { label, choices, value, change: settings.forThisChannel };
    }
  }
}
