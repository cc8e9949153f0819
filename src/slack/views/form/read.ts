import { parse as parseEnvironment } from 'dotenv';
import { CONTEXT_CHOICES, type ContextChoice } from '../../../session/context.ts';
import type { Fault, Faults } from '../../../session/failure.ts';
import {
  fields,
  sessionDraftSchema,
  type Field,
  type FieldGroup,
  type FieldValues,
  type SessionDraft,
} from '../../../session/fields.ts';
import type { Text } from '../../../text/index.ts';
import type { UploadedText } from '../../edge/files.ts';
import { BLOCK, fieldBlock } from '../../edge/ids.ts';
import { enteredIn, readEntered, type EnteredByBlock, type UploadedFile } from '../objects.ts';
import { oneLine, truncate } from '../text.ts';
import { faultSentence, isKept, readField, readJson, type Reading } from './fields.ts';

export type ReadForm = {
  draft: SessionDraft;
  /** null: there was no choice. */
  contextChoice: ContextChoice | null;
  files: UploadedFile[];
  /** By block id, for Slack. */
  errors: Record<string, string>;
};

export type FormRules = {
  /** What is in view besides `main`. */
  groups: readonly FieldGroup[];
  /** What was refused before, by field. */
  faults: Faults;
  /** What the form was filled in with. */
  before: FieldValues;
};

/** Reads a submission, with an error at each wrong input. */
export function readSessionForm(state: unknown, rules: FormRules, text: Text): ReadForm {
  const entered = readEntered(state);
  const shown = fields.filter(({ group }) => group === 'main' || rules.groups.includes(group));
  const { values, errors } = readFields(shown, entered, { rules, text });
  return {
    draft: sessionDraftSchema.parse(values),
    contextChoice:
      CONTEXT_CHOICES.find((known) => enteredIn(entered, BLOCK.context).picked.includes(known)) ?? null,
    files: enteredIn(entered, BLOCK.files).files,
    errors,
  };
}

/** The valid values of these fields, and the errors by block id. */
export function readFields(shown: readonly Field[], entered: EnteredByBlock, reader: Reader) {
  const values: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const field of shown) {
    const read = checkedField(field, entered, reader);
    if ('problem' in read) errors[fieldBlock(field.key)] = read.problem;
    else if (read.value !== undefined) values[field.key] = read.value;
  }
  return { values, errors };
}

type Reader = { rules: Pick<FormRules, 'faults' | 'before'>; text: Text };

/** `value`: undefined if nothing was entered. */
type Checked = { value: unknown } | { problem: string };

function checkedField(field: Field, entered: EnteredByBlock, { rules, text }: Reader): Checked {
  const fault = rules.faults[field.key];
  const before = rules.before[field.key];
  const typed = readField(field, entered);
  const reading: Reading =
    typed.kind === 'nothing' && isKept(field, before) ? { kind: 'value', raw: before } : typed;
  switch (reading.kind) {
    case 'nothing':
      if (field.isTask) return { problem: text.command.problems.noTask };
      if (fault === undefined || !isDropped(field, fault)) return { value: undefined };
      return {
        problem: text.joins.sentences([faultSentence(field, fault, text), text.modal.refused.leaveEmpty]),
      };
    case 'wrong':
      return { problem: reading.sentence(text) };
    case 'value': {
      const problem = problemWith(field, reading.raw, text);
      return problem === null ? { value: reading.raw } : { problem };
    }
  }
}

/** Whether an empty input means that what was typed is lost, since the input couldn't show it. */
function isDropped({ input }: Field, { said, typed }: Fault): boolean {
  if (said !== null || input.kind === 'switch') return false;
  return input.kind === 'number' || input.kind === 'choice' || typed.length === 0;
}

const SHOWN_LENGTH = 60;

/** Why the field refuses the value; null: it accepts it. */
function problemWith(field: Field, raw: unknown, text: Text): string | null {
  const { errors } = text.modal;
  const most = field.input.kind === 'list' ? (field.input.max ?? Infinity) : Infinity;
  if (Array.isArray(raw) && raw.length > most) return errors.tooMany(most, raw.length);
  const checked = field.schema.safeParse(raw);
  if (checked.success) return null;
  const { takes } = text.fields[field.key];
  const given = wrongPart(raw, checked.error.issues[0]?.path[0]);
  return given === null ? errors.takes(takes) : errors.value(truncate(oneLine(given), SHOWN_LENGTH), takes);
}

/** The refused text: in a list, the first refused entry. null: all of it is refused, or it isn't text. */
function wrongPart(raw: unknown, index: PropertyKey | undefined): string | null {
  if (typeof raw === 'string' || typeof raw === 'number') return String(raw);
  const entry: unknown = Array.isArray(raw) && typeof index === 'number' ? raw[index] : null;
  return typeof entry === 'string' ? entry : null;
}

/** Files whose text is the value of a field, by their names. All others are attached. */
const TEXT_FILES: readonly { name: RegExp; isFor: (field: Field) => boolean }[] = [
  { name: /\.env(?:\.[\w-]+)?$/i, isFor: ({ input }) => input.kind === 'secrets' },
  { name: /(?:^|\.)schema\.json$/i, isFor: ({ input }) => input.kind === 'json' },
  { name: /\.md$/i, isFor: ({ isTask }) => isTask },
];

/** The field that gets the text of a file; undefined: it is attached. */
export function fieldForFile({ name }: UploadedFile): Field | undefined {
  const kind = TEXT_FILES.find((one) => one.name.test(name));
  return kind && fields.find(kind.isFor);
}

/** A submission with the values from its files, or with what is wrong with them at the input for files. */
export function withTextFiles(
  read: ReadForm,
  files: readonly (UploadedFile & { field: Field; read: UploadedText })[],
  text: Text,
): ReadForm {
  let { draft } = read;
  const problems: string[] = [];
  for (const { field, name, read: uploaded } of files) {
    const merged = mergedValue(field, { draft, uploaded }, text);
    const problem = 'problem' in merged ? merged.problem : problemWith(field, merged.value, text);
    if (problem !== null) problems.push(text.joins.labeled(name, problem));
    else if ('value' in merged) draft = sessionDraftSchema.parse({ ...draft, [field.key]: merged.value });
  }
  const errors = { ...read.errors, ...(problems.length > 0 && { [BLOCK.files]: problems.join('\n') }) };
  return { ...read, draft, errors };
}

type Merge = { draft: SessionDraft; uploaded: UploadedText };
type Merged = { value: unknown } | { problem: string };

function mergedValue(field: Field, { draft, uploaded }: Merge, text: Text): Merged {
  const { fileErrors } = text.modal;
  if (uploaded.kind !== 'text') return { problem: fileErrors[uploaded.kind] };
  const words = uploaded.text.replace(/^\uFEFF/, '');
  if (words.trim() === '') return { problem: fileErrors['not-text'] };
  switch (field.input.kind) {
    case 'json': {
      if (draft.structured_output_schema !== undefined) return { problem: fileErrors.twice };
      const json = readJson(words);
      return json.kind === 'wrong' ? { problem: json.sentence(text) } : { value: json.raw };
    }
    case 'secrets':
      return secretsOf(words, draft.session_secrets ?? [], text);
    default:
      return { value: [draft.prompt ?? '', words.trim()].filter((part) => part !== '').join('\n\n') };
  }
}

/** Quotes, values of several lines and comments are as in any `.env` file. */
function secretsOf(
  words: string,
  before: NonNullable<SessionDraft['session_secrets']>,
  { modal, fields: { session_secrets: secrets } }: Text,
): Merged {
  const found = Object.entries(parseEnvironment(words));
  if (found.length === 0) return { problem: modal.errors.takes(secrets.takes) };
  const known = new Set(before.map(({ key }) => key));
  if (found.some(([key]) => known.has(key))) return { problem: modal.fileErrors.repeatedSecret };
  return { value: [...before, ...found.map(([key, value]) => ({ key, value, sensitive: true }))] };
}
