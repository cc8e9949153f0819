import type { KnownBlock, ModalView } from '@slack/types';
import type { EffectiveDraft, SettingScope } from '../../session/defaults.ts';
import {
  fields,
  storedDraftSchema,
  type Field,
  type FieldGroup,
  type FieldValues,
  type StoredDraft,
} from '../../session/fields.ts';
import type { EffectivePreferences, Setting } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, homeMetadata, runAction, VIEW, type HomeMetadata } from '../edge/ids.ts';
import { fieldRows, optionWords, row } from './details-values.ts';
import { ANYTHING, MORE_GROUPS, readEntered } from './form/entered.ts';
import { fieldInputs } from './form/inputs.ts';
import { readFields, type FormRules } from './form/read.ts';
import { planTexts, type TextPlan } from './form/typed.ts';
import { notice } from './notices.ts';
import { actions, button, context, header, modal, section, type Rendered } from './objects.ts';
import { BETWEEN_FACTS } from './session-card.ts';
import { bold, escape, truncate } from './text.ts';

type Shown = {
  label: string;
  value: string;
  /** By their id. */
  otherChoices: [string, string][];
};

const OWN: readonly Setting[] = ['notify', 'language'];
const SHARED: readonly Setting[] = ['steer', 'listen'];

/** `mayChange`: the reader may set it; otherwise no button would do anything. */
type ShownFor = { scope: SettingScope; preferences: EffectivePreferences; mayChange: boolean };

/** The settings of a person, a channel or the workspace, with a button for each other choice. */
export function renderSettings({ scope, preferences, mayChange }: ShownFor, text: Text): Rendered {
  const { adminsChange, scopes } = text.settings;
  const shown = (scope === 'person' ? OWN : SHARED).map(
    (one) => [one, shownSetting(one, preferences, text)] as const,
  );
  return {
    text: shown.map(([, { label, value }]) => text.joins.labeled(label, value)).join('\n'),
    blocks: [
      context(mayChange ? text.settings.appliesTo(scopes[scope]) : adminsChange),
      ...shown.flatMap(([setting, one]) => {
        const [line, choices] = settingBlocks(setting, scope, one, text);
        return mayChange ? [line, choices] : [line];
      }),
    ],
  };
}

const TYPED: Record<SettingScope, string> = { person: 'me', channel: 'channel', workspace: 'workspace' };

function settingBlocks(
  setting: Setting,
  scope: SettingScope,
  { label, value, otherChoices }: Shown,
  text: Text,
) {
  const buttons = otherChoices.map(([choice, words], at) =>
    button(runAction(at), text.settings.useInstead(words), `settings ${TYPED[scope]} ${setting} ${choice}`),
  );
  return [section(row(label, value)), actions(buttons)] as const;
}

function shownSetting(setting: Setting, preferences: EffectivePreferences, { settings }: Text): Shown {
  switch (setting) {
    case 'notify':
      return shown(settings.notify, preferences.notify);
    case 'language':
      return shown(settings.language, preferences.language ?? 'slack');
    case 'steer':
      return shown(settings.steer, preferences.steer);
    case 'listen':
      return shown(settings.listen, preferences.listen ?? 'usual');
  }
}

type Words = { label: string; choices: Readonly<Record<string, string>> };

function shown<Value extends string>(words: Words & Readonly<Record<Value, string>>, value: Value): Shown {
  const otherChoices = Object.entries(words.choices).filter(([choice]) => choice !== value);
  return { label: words.label, value: words[value], otherChoices };
}

/** Defaults and preferences that apply. */
type InForce = { defaults: EffectiveDraft; preferences: EffectivePreferences };

const DEFAULTS_LENGTH = 1500;

/** In the Home: what applies to the person, and the buttons that change it. */
export function homeSettings({ defaults, preferences }: InForce, text: Text): KnownBlock[] {
  const { home, details } = text;
  const options = optionWords(defaults.values, text, defaults.names).join(BETWEEN_FACTS);
  return [
    {
      ...section(row(home.defaults, truncate(options, DEFAULTS_LENGTH) || details.none)),
      accessory: button(ACTION.editDefaults, home.editDefaults, 'defaults'),
    },
    ...OWN.flatMap((setting) =>
      settingBlocks(setting, 'person', shownSetting(setting, preferences, text), text),
    ),
  ];
}

/** What applies to a person in a channel, and where it comes from. `before`: plain sentences about what just changed. */
export function renderDefaults(
  { defaults, preferences, before }: InForce & { before: string[] },
  text: Text,
): Rendered {
  const { settings } = text;
  const lines = fieldRows(defaults, text);
  return notice([
    ...before.map(escape),
    bold(settings.title),
    ...lines,
    lines.length === 0 ? settings.none : settings.notSaid,
    ...[...OWN, ...SHARED].map((setting) => {
      const { label, value } = shownSetting(setting, preferences, text);
      return text.joins.labeled(label, value);
    }),
  ]);
}

/** The fields with a flag, which the command can set, too. */
const settable: readonly Field[] = fields.filter(({ flag }) => flag !== null);

type DefaultsForm = { metadata: HomeMetadata; draft: EffectiveDraft };

/** A person's own defaults, with the inputs of the form that starts a session. */
export function renderDefaultsForm({ metadata, draft }: DefaultsForm, text: Text): ModalView {
  const plan = planTexts(settable, draft.values);
  const inputs = (group: FieldGroup): KnownBlock[] =>
    settable.filter((field) => field.group === group).flatMap((field) => inputsOf(field, draft, plan, text));
  return modal(
    {
      id: VIEW.defaults,
      metadata: homeMetadata.write(metadata),
      words: { title: text.home.defaults, submit: text.modal.save },
      blocks: [
        context(text.home.defaultsIntro),
        ...inputs('main'),
        ...MORE_GROUPS.flatMap((group) => {
          const found = inputs(group);
          return found.length === 0 ? [] : [header(text.modal.groups[group]), ...found];
        }),
      ],
    },
    text,
  );
}

function inputsOf(
  field: Field,
  { values, names = {} }: EffectiveDraft,
  plan: TextPlan,
  text: Text,
): KnownBlock[] {
  const { [field.key]: value }: FieldValues = values;
  const parts = plan.parts.get(field.key);
  const entry = { field, value, parts, names, allowed: ANYTHING };
  return fieldInputs({ ...entry, source: undefined, fault: undefined, text });
}

export function readDefaultsForm(
  state: unknown,
  { ownTag }: Pick<FormRules, 'ownTag'>,
  text: Text,
): { draft: StoredDraft; errors: Record<string, string> } {
  const rules = { expanded: true, faults: {}, ownTag };
  const { values, errors } = readFields(settable, readEntered(state), { rules, text });
  return { draft: storedDraftSchema.parse(values), errors };
}
