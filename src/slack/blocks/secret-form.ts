import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { SessionSecret } from '../../session/fields.ts';
import type { Text } from '../../text/index.ts';
import type { UploadedText } from '../files.ts';
import {
  INPUT,
  secretBlock,
  SECRETS_KEPT,
  VIEW,
  overFormMetadata,
  type OverFormMetadata,
  type SecretPart,
} from '../ids.ts';
import { fileElement, inputBlock, textElement, tickBox } from './form/elements.ts';
import { pickedIn, readEntered, typedIn, type EnteredByBlock } from './form/entered.ts';
import { LIMIT } from './limits.ts';
import { context, header, modal, option } from './objects.ts';

const ROWS = [1, 2, 3, 4, 5];
const MOST_KEPT = 10;
const MAX_NAME = 256;
const MAX_VALUE = 65_536;

/** `kept`: the names of secrets that were entered before. */
export function renderSecretForm(metadata: OverFormMetadata, kept: readonly string[], text: Text): ModalView {
  const { secretForm } = text;
  return modal({
    id: VIEW.secrets,
    metadata: overFormMetadata.write(metadata),
    words: secretForm,
    blocks: [
      context(secretForm.intro),
      ...keptInput(kept, text),
      ...ROWS.flatMap((row) => rowInputs(row, text)),
    ],
  });
}

function keptInput(kept: readonly string[], { secretForm, joins }: Text): InputBlock[] {
  const options = kept.slice(0, MOST_KEPT).map((name, at) => option(name, String(at)));
  if (options.length === 0) return [];
  const { label, hint: untick, more } = secretForm.kept;
  const rest = kept.length - options.length;
  const hint = rest === 0 ? untick : joins.sentences([untick, more(rest)]);
  const element = { type: 'checkboxes' as const, action_id: INPUT, options, initial_options: options };
  return [inputBlock({ blockId: SECRETS_KEPT, label, hint, element })];
}

function rowInputs(row: number, { secretForm }: Text): KnownBlock[] {
  const { name, value, file, sensitive } = secretForm;
  const named = textElement({
    placeholder: name.placeholder,
    maxLength: MAX_NAME,
    multiline: false,
  });
  const typed = textElement({ maxLength: LIMIT.inputText, multiline: true });
  return [
    header(secretForm.row(row)),
    inputBlock({ blockId: secretBlock(row, 'name'), label: name.label, hint: '', element: named }),
    inputBlock({ blockId: secretBlock(row, 'value'), ...value, element: typed }),
    inputBlock({ blockId: secretBlock(row, 'file'), ...file, element: fileElement(1) }),
    inputBlock({
      blockId: secretBlock(row, 'sensitive'),
      label: sensitive.label,
      hint: '',
      element: tickBox(sensitive.option, true),
    }),
  ];
}

type Row = { row: number; name: string; value: string; fileId: string | null; sensitive: boolean };
type SecretRows = {
  rows: Row[];
  /** Whether a secret that was entered before stays. */
  kept: (secret: SessionSecret, at: number) => boolean;
};

/** The rows with entries. */
export function readSecretRows(state: unknown): SecretRows {
  const entered = readEntered(state);
  const kept = entered.has(SECRETS_KEPT) ? new Set(pickedIn(entered, SECRETS_KEPT)) : null;
  return {
    rows: ROWS.map((row) => readRow(row, entered)).filter(
      ({ name, value, fileId }) => name !== '' || value !== '' || fileId !== null,
    ),
    kept: (_secret, at) => kept === null || at >= MOST_KEPT || kept.has(String(at)),
  };
}

function readRow(row: number, entered: EnteredByBlock): Row {
  return {
    row,
    name: typedIn(entered, secretBlock(row, 'name')).trim(),
    value: typedIn(entered, secretBlock(row, 'value')),
    fileId: pickedIn(entered, secretBlock(row, 'file'))[0] ?? null,
    sensitive: pickedIn(entered, secretBlock(row, 'sensitive')).length > 0,
  };
}

type CheckedSecrets = { secrets: SessionSecret[]; errors: Record<string, string> };

/** `texts`: the files' contents, by row. A name that was entered before gets the new value. */
export function checkSecretRows(
  { rows }: SecretRows,
  texts: ReadonlyMap<number, UploadedText>,
  text: Text,
): CheckedSecrets {
  const secrets: SessionSecret[] = [];
  const errors: Record<string, string> = {};
  for (const row of rows) {
    const wrong = wrongName(row, secrets, text);
    const value = valueOf(row, texts.get(row.row), text);
    if (wrong !== null) errors[secretBlock(row.row, 'name')] = wrong;
    if ('wrong' in value) errors[secretBlock(row.row, value.at)] = value.wrong;
    else secrets.push({ key: row.name, value: value.value, sensitive: row.sensitive });
  }
  return { secrets, errors };
}

function wrongName({ name }: Row, before: readonly SessionSecret[], { secretForm }: Text): string | null {
  const { errors } = secretForm;
  if (name === '') return errors.nameMissing;
  if (/\s/.test(name) || name.length > MAX_NAME) return errors.name;
  return before.some(({ key }) => key === name) ? errors.repeated : null;
}

type Value = { value: string } | { at: SecretPart; wrong: string };

function valueOf({ value, fileId }: Row, uploaded: UploadedText | undefined, text: Text): Value {
  const { errors } = text.secretForm;
  if (fileId === null) return value === '' ? { at: 'value', wrong: errors.valueMissing } : { value };
  if (value !== '') return { at: 'file', wrong: text.modal.fileErrors.twice };
  if (uploaded === undefined) return { at: 'file', wrong: text.modal.fileErrors.unreadable };
  if (uploaded.kind !== 'text') return { at: 'file', wrong: text.modal.fileErrors[uploaded.kind] };
  if (uploaded.text === '') return { at: 'file', wrong: text.modal.fileErrors.empty };
  return uploaded.text.length > MAX_VALUE ? { at: 'file', wrong: errors.tooLong } : { value: uploaded.text };
}
