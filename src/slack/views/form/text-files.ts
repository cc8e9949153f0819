import { parse as parseEnvironment } from 'dotenv';
import {
  fields,
  sessionDraftSchema,
  type Field,
  type FieldKey,
  type SessionDraft,
} from '../../../session/fields.ts';
import type { Text } from '../../../text/index.ts';
import type { UploadedText } from '../../edge/files.ts';
import { BLOCK, fileBlock } from '../../edge/ids.ts';
import { pickedIn, readEntered } from './entered.ts';
import { readJson, type Reading } from './read-field.ts';
import { problemWith, type FormRules, type ReadForm } from './read.ts';

/** Whether values can be too long for Slack's inputs: such a field has a file input beside it. */
export function takesFile({ input }: Field): boolean {
  return input.kind === 'json' || input.kind === 'secrets' || (input.kind === 'text' && input.multiline);
}

export type TextFile = { key: FieldKey; fileId: string };

export function textFilesIn(state: unknown): TextFile[] {
  const entered = readEntered(state);
  return fields.filter(takesFile).flatMap(({ key }) => {
    const [fileId] = pickedIn(entered, fileBlock(key));
    return fileId === undefined ? [] : [{ key, fileId }];
  });
}

/** A submission with the values from its files, or with their errors. */
export function withTextFiles(
  read: ReadForm,
  { state, texts }: { state: unknown; texts: ReadonlyMap<FieldKey, UploadedText> },
  { rules, text }: { rules: FormRules; text: Text },
): ReadForm {
  const sensitive = pickedIn(readEntered(state), BLOCK.sensitive).length > 0;
  let { draft } = read;
  const errors = { ...read.errors };
  for (const field of fields) {
    const uploaded = texts.get(field.key);
    if (uploaded === undefined) continue;
    const merged = mergedValue(field, { draft, uploaded, sensitive }, text);
    const problem = 'problem' in merged ? merged.problem : problemWith(field, merged.value, rules, text);
    if (problem !== null) errors[fileBlock(field.key)] = problem;
    else if ('value' in merged) draft = sessionDraftSchema.parse({ ...draft, [field.key]: merged.value });
  }
  return { ...read, draft, errors };
}

type Merge = { draft: SessionDraft; uploaded: UploadedText; sensitive: boolean };
type Merged = { value: unknown } | { problem: string };

function mergedValue(field: Field, { draft, uploaded, sensitive }: Merge, text: Text): Merged {
  const { fileErrors } = text.modal;
  if (uploaded.kind !== 'text') return { problem: fileErrors[uploaded.kind] };
  const words = uploaded.text.replace(/^\uFEFF/, '');
  if (words.trim() === '') return { problem: fileErrors.empty };
  switch (field.input.kind) {
    case 'json':
      return draft.structured_output_schema === undefined
        ? ofReading(readJson(words), text)
        : { problem: fileErrors.twice };
    case 'secrets':
      return secretsOf(words, { before: draft.session_secrets ?? [], sensitive }, text);
    default:
      return { value: [draft.prompt ?? '', words.trim()].filter((part) => part !== '').join('\n\n') };
  }
}

function ofReading(reading: Reading, text: Text): Merged {
  if (reading.kind === 'value') return { value: reading.raw };
  return { problem: reading.kind === 'wrong' ? reading.sentence(text) : text.modal.fileErrors.empty };
}

type Secrets = { before: NonNullable<SessionDraft['session_secrets']>; sensitive: boolean };

/** Like an `.env` file: quotes, several lines, comments. */
function secretsOf(words: string, { before, sensitive }: Secrets, text: Text): Merged {
  const secrets = Object.entries(parseEnvironment(words)).map(([key, value]) => ({ key, value, sensitive }));
  if (secrets.length === 0) return { problem: text.modal.fileErrors.noSecrets };
  const known = new Set(before.map(({ key }) => key));
  if (secrets.some(({ key }) => known.has(key))) return { problem: text.modal.fileErrors.repeatedSecret };
  return { value: [...before, ...secrets] };
}
