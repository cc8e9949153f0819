import { CONTEXT_CHOICES, type ContextChoice } from '../../../session/context.ts';
import type { Faults } from '../../../session/failure.ts';
import { sessionDraftSchema, type Field, type SessionDraft } from '../../../session/fields.ts';
import type { Text } from '../../../text/index.ts';
import { BLOCK, fieldBlock } from '../../ids.ts';
import { LIMIT } from '../limits.ts';
import { fitting, problemWith, type Rules } from './check.ts';
import { pickedIn, readEntered, shownFields, type EnteredByBlock } from './entered.ts';
import { mustBeFilled } from './inputs.ts';
import { readField } from './read-field.ts';

export type ReadForm = {
  /** What could be read. */
  draft: SessionDraft;
  /** null: there was no choice. */
  contextChoice: ContextChoice | null;
  fileIds: string[];
  /** By block id, for Slack. */
  errors: Record<string, string>;
};

export type FormRules = Rules & {
  expanded: boolean;
  /** What was refused before, by field. */
  faults: Faults;
};

/** Reads a submission, with an error at each wrong input. */
export function readSessionForm(state: unknown, rules: FormRules, text: Text): ReadForm {
  const entered = readEntered(state);
  const { values, errors } = readFields(shownFields(rules.expanded), state, { rules, text });
  const [choice] = pickedIn(entered, BLOCK.context);
  return {
    draft: sessionDraftSchema.parse(values),
    contextChoice: CONTEXT_CHOICES.find((known) => known === choice) ?? null,
    fileIds: pickedIn(entered, BLOCK.files).slice(0, LIMIT.files),
    errors,
  };
}

/** The values of these fields, and the errors by block id. */
export function readFields(shown: readonly Field[], state: unknown, reader: Reader) {
  const entered = readEntered(state);
  const read = shown.map((field) => checkedField(field, entered, reader));
  return {
    values: Object.fromEntries(read.flatMap(({ values }) => values)),
    errors: Object.fromEntries(read.flatMap(({ errors }) => errors)),
  };
}

/** What a form holds while it is filled in: keeps what is valid so far. Secrets are not read. */
export function draftFromState(state: unknown): SessionDraft {
  const entered = readEntered(state);
  const values = shownFields(true).flatMap((field) => {
    const reading = field.input.kind === 'secrets' ? null : readField(field, entered);
    return reading?.kind === 'value' ? fitting(field, reading.raw).map((raw) => [field.key, raw]) : [];
  });
  return sessionDraftSchema.parse(Object.fromEntries(values));
}

type Checked = { values: [string, unknown][]; errors: [string, string][] };

type Reader = { rules: FormRules; text: Text };

function checkedField(field: Field, entered: EnteredByBlock, { rules, text }: Reader): Checked {
  const reading = readField(field, entered);
  const block = fieldBlock(field.key);
  switch (reading.kind) {
    case 'nothing':
      if (field.isTask) return { values: [], errors: [[block, text.modal.errors.empty]] };
      return {
        values: [],
        errors: mustBeFilled(field, rules.faults[field.key])
          ? [[block, text.modal.errors.takes(text.fields[field.key].takes)]]
          : [],
      };
    case 'wrong':
      return { values: [], errors: [[reading.block ?? block, reading.sentence(text)]] };
    case 'value': {
      const problem = problemWith(field, reading.raw, rules, text);
      return problem === null
        ? { values: [[field.key, reading.raw]], errors: [] }
        : { values: fitting(field, reading.raw).map((raw) => [field.key, raw]), errors: [[block, problem]] };
    }
  }
}
