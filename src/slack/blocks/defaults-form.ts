import type { KnownBlock, ModalView } from '@slack/types';
import type { Field, FieldGroup, StoredDraft } from '../../session/fields.ts';
import { fields, storedDraftSchema } from '../../session/fields.ts';
import type { Text } from '../../text/index.ts';
import { VIEW, writeHomeMetadata } from '../ids.ts';
import type { HomeMetadata } from '../ids.ts';
import { fieldInputs } from './form/inputs.ts';
import { EVERYTHING } from './form/left.ts';
import { readFields } from './form/read.ts';
import type { FormRules } from './form/read.ts';
import { MORE_GROUPS } from './form/shown.ts';
import { planTexts } from './form/typed.ts';
import type { TextPlan } from './form/typed.ts';
import { LIMIT } from './limits.ts';
import { caption, context, header } from './objects.ts';

/** A default is what a flag can set: the command changes the same. */
const settable: readonly Field[] = fields.filter(({ flag }) => flag !== null);

type DefaultsForm = { metadata: HomeMetadata; values: StoredDraft };

/** A person's own defaults, with the inputs of the form that starts a session. */
export function renderDefaultsForm({ metadata, values }: DefaultsForm, text: Text): ModalView {
  const { title, save, close, intro } = text.home.defaultsForm;
  const plan = planTexts(settable, values);
  const inputs = (group: FieldGroup): KnownBlock[] =>
    settable.filter((field) => field.group === group).flatMap((field) => inputsOf(field, values, plan, text));
  return {
    type: 'modal',
    callback_id: VIEW.defaults,
    private_metadata: writeHomeMetadata(metadata),
    title: caption(title, LIMIT.viewTitle),
    close: caption(close, LIMIT.viewTitle),
    submit: caption(save, LIMIT.viewTitle),
    blocks: [
      context(intro),
      ...inputs('main'),
      ...MORE_GROUPS.flatMap((group) => {
        const found = inputs(group);
        return found.length === 0 ? [] : [header(text.modal.groups[group]), ...found];
      }),
    ],
  };
}

function inputsOf(field: Field, values: StoredDraft, plan: TextPlan, text: Text): KnownBlock[] {
  const value = new Map<string, unknown>(Object.entries(values)).get(field.key);
  const parts = plan.parts.get(field.key);
  return fieldInputs({ field, value, parts, source: undefined, fault: undefined, left: EVERYTHING, text });
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
