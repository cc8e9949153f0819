import type { KnownBlock, ModalView, StaticSelect } from '@slack/types';
import type { EffectiveDraft } from '../../session/defaults.ts';
import {
  fields,
  OPTION_GROUPS,
  storedDraftSchema,
  type Field,
  type FieldGroup,
  type FieldValues,
  type StoredDraft,
} from '../../session/fields.ts';
import {
  OWN_SETTINGS,
  PLACE_SETTINGS,
  preferencesSchema,
  type EffectivePreferences,
  type PlaceSetting,
  type Preferences,
} from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import {
  ACTION,
  homeMetadata,
  INPUT,
  runAction,
  settingBlock,
  settingsMetadata,
  VIEW,
  type HomeMetadata,
} from '../edge/ids.ts';
import { fieldRows, optionWords, row } from './details.ts';
import { readFields } from './form/read.ts';
import {
  LIMIT,
  charactersOf,
  fitting,
  packed,
  sections,
  inputBlock,
  readEntered,
  button,
  caption,
  context,
  header,
  joinParts,
  line,
  modal,
  option,
  section,
  withAccessory,
  type Rendered,
} from './objects.ts';
import { inputsOf, UNFILLED } from './session-form.ts';
import { bold, escape, facts, truncate } from './text.ts';

function select(
  actionId: string,
  { setting, chosen }: { setting: keyof EffectivePreferences; chosen: string | null },
  { settings }: Text,
): StaticSelect {
  const { label, choices } = settings.menus[setting];
  // One's own are in no form: pressing runs a command.
  const command = actionId === INPUT ? [] : ['settings', 'me', setting];
  const valueOf = (choice: string | null): string => [...command, choice].join(' ');
  const options = Object.entries(choices).map(([choice, words]) => option(words, valueOf(choice)));
  const initial = options.find(({ value }) => value === valueOf(chosen));
  return {
    type: 'static_select',
    action_id: actionId,
    // For screen readers: something is always chosen.
    placeholder: caption(label),
    options,
    ...(initial && { initial_option: initial }),
  };
}

/** What applies to a person. `defaults`: null: they can't start a session. */
export type OwnSettings = { defaults: EffectiveDraft | null; preferences: EffectivePreferences };

const DEFAULTS_LENGTH = 1500;

/** A person's defaults with a button, their notifications and language as menus: in `whoami` and in the Home. */
export function renderOwnSettings({ defaults, preferences }: OwnSettings, text: Text): Rendered {
  return joinParts([
    ...(defaults === null ? [] : [ownDefaults(defaults, text)]),
    ...OWN_SETTINGS.map((setting, at) => {
      const { label } = text.settings.menus[setting];
      const menu = select(runAction(at + 1), { setting, chosen: preferences[setting] }, text);
      const chosen = menu.initial_option?.text.text ?? '';
      return { text: row(label, chosen), blocks: [{ ...section(bold(label)), accessory: menu }] };
    }),
  ]);
}

function ownDefaults({ values, names }: EffectiveDraft, text: Text): Rendered {
  const { home, details } = text;
  const options = facts(...optionWords(values, text, names));
  const shown = row(home.defaults, truncate(options, DEFAULTS_LENGTH) || details.none);
  return withAccessory(shown, button(ACTION.editDefaults, home.editDefaults, 'defaults'));
}

type PlaceForm = { channelId: string | null; inForce: EffectivePreferences };

/** For workspace admins: who can steer, which replies Devin gets, and what a mention does. */
export function renderSettingsForm({ channelId, inForce }: PlaceForm, text: Text): ModalView {
  const { place, scopes, menus } = text.settings;
  const input = (setting: PlaceSetting): KnownBlock =>
    inputBlock({
      blockId: settingBlock(setting),
      label: menus[setting].label,
      optional: false,
      element: select(INPUT, { setting, chosen: inForce[setting] }, text),
    });
  return modal(
    {
      id: VIEW.settings,
      metadata: settingsMetadata.write({ channelId }),
      words: { title: place.title, submit: text.modal.save },
      blocks: [
        context(place.appliesTo(channelId === null ? scopes.workspace : scopes.channel)),
        ...PLACE_SETTINGS.map(input),
      ],
    },
    text,
  );
}

/** Only what differs from what was in force: everything else goes on following the workspace. */
export function readSettingsForm(state: unknown, inForce: EffectivePreferences): Preferences {
  const entered = readEntered(state);
  const chosen = PLACE_SETTINGS.map((setting) => [setting, entered.get(settingBlock(setting))?.[0]] as const);
  return preferencesSchema.parse(
    Object.fromEntries(chosen.filter(([setting, value]) => value !== inForce[setting])),
  );
}

/** The defaults that apply to a person in a channel, and where they come from. `before`: what just changed. */
export function renderDefaults(defaults: EffectiveDraft, before: string[], text: Text): Rendered {
  const { settings } = text;
  const lines = fieldRows(defaults, text);
  return joinParts([
    packed([...before.map(escape), bold(text.home.defaults)]),
    { text: lines.join('\n'), blocks: fitting(sections(lines), LIMIT.messageJson / 2, charactersOf) },
    line(settings.notSaid),
  ]);
}

/** The fields with a flag, which the command can set, too. */
const settable: readonly Field[] = fields.filter(({ flag, isOwn }) => flag !== null && isOwn !== true);

/** A person's own defaults. `metadata`: of the Home it was opened from; null: it wasn't. */
export function renderDefaultsForm(
  metadata: HomeMetadata | null,
  { values, names }: EffectiveDraft,
  text: Text,
): ModalView {
  const inputs = (wanted: FieldGroup): KnownBlock[] =>
    inputsOf(
      settable.filter(({ group }) => group === wanted),
      { ...UNFILLED, values, names },
      text,
    );
  return modal(
    {
      id: VIEW.defaults,
      ...(metadata !== null && { metadata: homeMetadata.write(metadata) }),
      words: { title: text.home.defaults, submit: text.modal.save },
      blocks: [
        context(text.home.defaultsIntro),
        ...inputs('main'),
        ...OPTION_GROUPS.flatMap((group) => [header(text.modal.groups[group]), ...inputs(group)]),
      ],
    },
    text,
  );
}

export function readDefaultsForm(
  state: unknown,
  before: FieldValues,
  text: Text,
): { draft: StoredDraft; errors: Record<string, string> } {
  const { values, errors } = readFields(settable, state, { faults: {}, before, text });
  return { draft: storedDraftSchema.parse(values), errors };
}
