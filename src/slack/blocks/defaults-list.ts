import type { EffectiveDraft } from '../../session/defaults.ts';
import { fields } from '../../session/fields.ts';
import type { EffectivePreferences } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import { shownValue } from './details-values.ts';
import { notice } from './notices.ts';
import { bold, escape } from './text.ts';

/** What applies to a person in a channel, and who said it. `before`: plain sentences on what was just changed. */
export function renderDefaults(
  {
    draft,
    preferences,
    before,
  }: {
    draft: EffectiveDraft;
    preferences: EffectivePreferences;
    before: string[];
  },
  text: Text,
) {
  const { settings } = text;
  const lines = valueLines(draft, text);
  return notice([
    ...before.map(escape),
    bold(settings.title),
    ...lines,
    lines.length === 0 ? settings.none : settings.notSaid,
    settings.preference(settings.notify.label, settings.notify[preferences.notify]),
    settings.preference(settings.language.label, settings.language[preferences.language ?? 'slack']),
    settings.preference(settings.steer.label, settings.steer[preferences.steer]),
    settings.preference(settings.listen.label, settings.listen[preferences.listen ?? 'usual']),
    settings.preference(
      settings.webMessages.label,
      settings.webMessages[preferences.webMessages ? 'on' : 'off'],
    ),
  ]);
}

function valueLines({ values, sources }: EffectiveDraft, text: Text): string[] {
  const { settings } = text;
  const set: Readonly<Record<string, unknown>> = values;
  return fields.flatMap(({ key }) => {
    const source = sources[key];
    if (set[key] === undefined || source === undefined || source === 'request') return [];
    const { label } = text.fields[key];
    return [`• ${settings.value(escape(label), shownValue(set[key], text), settings.scopes[source])}`];
  });
}
