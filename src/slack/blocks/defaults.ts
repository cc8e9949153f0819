import type { KnownBlock, ModalView } from '@slack/types';
import type { EffectiveDraft } from '../../session/defaults.ts';
import {
  fields,
  storedDraftSchema,
  type Field,
  type FieldGroup,
  type FieldValues,
  type StoredDraft,
} from '../../session/fields.ts';
import type { EffectivePreferences } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import { VIEW, homeMetadata, type HomeMetadata } from '../ids.ts';
import { fieldRows } from './details-values.ts';
import { ANYTHING, MORE_GROUPS } from './form/entered.ts';
import { fieldInputs } from './form/inputs.ts';
import { readFields, type FormRules } from './form/read.ts';
import { planTexts, type TextPlan } from './form/typed.ts';
import { notice } from './notices.ts';
import { context, header, modal } from './objects.ts';
import { shownSetting } from './settings.ts';
import { bold, escape } from './text.ts';

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

type ReadDefaults = { draft: StoredDraft; errors: Record<string, string> };

export function readDefaultsForm(
  state: unknown,
  { ownTag }: Pick<FormRules, 'ownTag'>,
  text: Text,
): ReadDefaults {
  const rules = { expanded: true, faults: {}, ownTag };
  const { values, errors } = readFields(settable, state, { rules, text });
  return { draft: storedDraftSchema.parse(values), errors };
}

const SETTINGS = ['notify', 'language', 'steer', 'listen', 'web-messages'] as const;

/**
 * What applies to a person in a channel, and where it comes from. `before`: plain sentences about what just changed.
 */
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
  const lines = fieldRows(draft, text);
  return notice([
    ...before.map(escape),
    bold(settings.title),
    ...lines,
    lines.length === 0 ? settings.none : settings.notSaid,
    ...SETTINGS.map((setting) => {
      const { label, value } = shownSetting(setting, preferences, text);
      return text.joins.labeled(label, value);
    }),
  ]);
}
