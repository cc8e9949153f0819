import { parse as parseEnvironment } from 'dotenv';
import { fields, sessionDraftSchema, type Field, type SessionDraft } from '../../../session/fields.ts';
import type { Text } from '../../../text/index.ts';
import type { UploadedText } from '../../edge/files.ts';
import { BLOCK } from '../../edge/ids.ts';
import type { UploadedFile } from './entered.ts';
import { readJson } from './read-field.ts';
import { problemWith, type FormRules, type ReadForm } from './read.ts';

/** Files whose text is the value of a field, by their names. All others are attached. */
const TEXT_FILES: readonly { name: RegExp; isFor: (field: Field) => boolean }[] = [
  { name: /\.env(?:\.[\w-]+)?$/i, isFor: ({ input }) => input.kind === 'secrets' },
  { name: /\.json$/i, isFor: ({ input }) => input.kind === 'json' },
  { name: /\.md$/i, isFor: ({ isTask }) => isTask },
];

/** The field that gets the text of a file; undefined: it is attached. */
export function fieldForFile({ name }: UploadedFile): Field | undefined {
  const kind = TEXT_FILES.find((one) => one.name.test(name));
  return kind && fields.find(kind.isFor);
}

export type TextFile = UploadedFile & { field: Field; read: UploadedText };

/** A submission with the values from its files, or with what is wrong with them at the input for files. */
export function withTextFiles(
  read: ReadForm,
  files: readonly TextFile[],
  { rules, text }: { rules: FormRules; text: Text },
): ReadForm {
  let { draft } = read;
  const problems: string[] = [];
  for (const { field, name, read: uploaded } of files) {
    const merged = mergedValue(field, { draft, uploaded }, text);
    const problem = 'problem' in merged ? merged.problem : problemWith(field, merged.value, rules, text);
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
  if (words.trim() === '') return { problem: fileErrors.empty };
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
  { modal }: Text,
): Merged {
  const found = Object.entries(parseEnvironment(words));
  if (found.length === 0) return { problem: modal.fileErrors.noSecrets };
  const known = new Set(before.map(({ key }) => key));
  if (found.some(([key]) => known.has(key))) return { problem: modal.fileErrors.repeatedSecret };
  return { value: [...before, ...found.map(([key, value]) => ({ key, value, sensitive: true }))] };
}
