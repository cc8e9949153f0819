import { parse as parseEnvironment } from 'dotenv';
import type { Faults } from '../../../session/failure.ts';
import {
  fieldOf,
  fields,
  sessionDraftSchema,
  type Field,
  type FieldGroup,
  type FieldValues,
  type SessionDraft,
} from '../../../session/fields.ts';
import type { Text } from '../../../text/index.ts';
import { BLOCK, fieldBlock } from '../../edge/ids.ts';
import { readEntered, readUploads, type Entered, type UploadedFile } from '../objects.ts';
import { faultSentence, invalidValue, isKept, readField, readJson, type Reading } from './fields.ts';

type ReadForm = {
  draft: SessionDraft;
  files: UploadedFile[];
  /** By block id, for Slack. */
  errors: Record<string, string>;
};

type FormRules = {
  /** What was refused before, by field. */
  faults: Faults;
  /** What the form was filled in with. */
  before: FieldValues;
  text: Text;
};

/** Reads a submission, with an error at each wrong input. `groups`: in view besides `main`. */
export function readSessionForm(
  state: unknown,
  { groups, ...rules }: FormRules & { groups: readonly FieldGroup[] },
): ReadForm {
  const shown = fields.filter(({ group }) => group === 'main' || groups.includes(group));
  const { values, errors } = readFields(shown, state, rules);
  return { draft: sessionDraftSchema.parse(values), files: readUploads(state), errors };
}

/** The valid values of these fields, and the errors by block id. */
export function readFields(shown: readonly Field[], state: unknown, rules: FormRules) {
  const entered = readEntered(state);
  const values: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const field of shown) {
    const read = readChecked(field, entered, rules);
    if ('problem' in read) errors[fieldBlock(field.key)] = read.problem;
    else if (read.value !== undefined) values[field.key] = read.value;
  }
  return { values, errors };
}

function readChecked(field: Field, entered: Entered, { faults, before, text }: FormRules): Reading {
  const { [field.key]: fault } = faults;
  const { [field.key]: filledIn } = before;
  const read = readField(field, entered, text);
  if ('problem' in read) return read;
  const value = read.value ?? (isKept(field, filledIn) ? filledIn : undefined);
  if (value !== undefined) return checked(field, value, text);
  if (field.isTask === true) return { problem: text.command.problems.noTask };
  // What was typed in a command would be lost in silence. An unticked box means something, and Devin's words are on top.
  const isLost = fault !== undefined && fault.said === null && field.input.kind !== 'switch';
  return isLost
    ? { problem: text.joins.sentences([faultSentence(field, fault, text), text.modal.refused.leaveEmpty]) }
    : { value };
}

/** The value, or why the field refuses it; in a list, for the first refused entry. */
function checked(field: Field, value: unknown, text: Text): Reading {
  const { errors } = text.modal;
  const most = field.input.kind === 'list' ? (field.input.max ?? Infinity) : Infinity;
  if (Array.isArray(value) && value.length > most) return { problem: errors.tooMany(most, value.length) };
  const { success, error } = field.schema.safeParse(value);
  if (success) return { value };
  const index = error.issues[0]?.path[0];
  const given: unknown = Array.isArray(value) && typeof index === 'number' ? value[index] : value;
  // All else is too long to be shown, or secret.
  const shown = typeof given === 'string' || typeof given === 'number' ? String(given) : '';
  return { problem: invalidValue(shown, text.fields[field.key].takes, text) };
}

/** The field whose value the text of a file with such a name is. All other files are attached. */
const TEXT_FILES: readonly { name: RegExp; field: Field }[] = [
  { name: /\.env(?:\.[\w-]+)?$/i, field: fieldOf('session_secrets') },
  { name: /(?:^|\.)schema\.json$/i, field: fieldOf('structured_output_schema') },
  { name: /\.md$/i, field: fieldOf('prompt') },
];

/** A submission with what its text files say, or what is wrong with them. `attached`: all other files. */
export async function withTextFiles(
  { files, ...read }: ReadForm,
  readText: (fileId: string) => Promise<string | null>,
  text: Text,
) {
  const found = files.map((file) => ({
    ...file,
    field: TEXT_FILES.find(({ name }) => name.test(file.name))?.field,
  }));
  const uploads = await Promise.all(
    found.flatMap(({ id, name, field }) =>
      field === undefined ? [] : [readText(id).then((uploaded) => ({ name, field, uploaded }))],
    ),
  );
  const values: Record<string, unknown> = { ...read.draft };
  const problems: string[] = [];
  for (const { name, field, uploaded } of uploads) {
    const merged = mergedValue(field, { uploaded, before: values[field.key] }, text);
    const reading = 'problem' in merged ? merged : checked(field, merged.value, text);
    if ('problem' in reading) problems.push(`${name}: ${reading.problem}`);
    else values[field.key] = reading.value;
  }
  return {
    ...read,
    draft: sessionDraftSchema.parse(values),
    attached: found.filter(({ field }) => field === undefined).map(({ id }) => id),
    errors: { ...read.errors, ...(problems.length > 0 && { [BLOCK.files]: problems.join('\n') }) },
  };
}

/** Quotes, values of several lines and comments are as in any `.env` file. `before`: what the field holds already. */
function mergedValue(
  { key, input }: Field,
  { uploaded, before }: { uploaded: string | null; before: unknown },
  text: Text,
): Reading {
  const { fileErrors, errors } = text.modal;
  const words = uploaded?.trim() ?? '';
  if (words === '') return { problem: fileErrors.unreadable };
  switch (input.kind) {
    case 'json':
      return before === undefined ? readJson(words, text) : { problem: fileErrors.twice };
    case 'secrets': {
      const found = Object.entries(parseEnvironment(words));
      const secrets = found.map(([name, value]) => ({ key: name, value, sensitive: true }));
      return secrets.length === 0
        ? { problem: errors.takes(text.fields[key].takes) }
        : { value: [before ?? [], secrets].flat() };
    }
    default:
      return { value: typeof before === 'string' ? `${before}\n\n${words}` : words };
  }
}
