import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { SessionSecret } from '../../session/fields.ts';
import type { Text } from '../../text/index.ts';
import {
  INPUT,
  secretBlock,
  SECRETS_KEPT,
  VIEW,
  overFormMetadata,
  type OverFormMetadata,
} from '../edge/ids.ts';
import { inputBlock, textElement, tickBox } from './form/elements.ts';
import { pickedIn, readEntered, typedIn, type EnteredByBlock } from './form/entered.ts';
import { LIMIT } from './limits.ts';
import { context, header, modal, option } from './objects.ts';

const ROWS = [1, 2, 3, 4, 5];
const MOST_KEPT = 10;
const MAX_NAME = 256;

/** `kept`: the names of secrets that were entered before. */
export function renderSecretForm(metadata: OverFormMetadata, kept: readonly string[], text: Text): ModalView {
  const { secretForm } = text;
  return modal(
    {
      id: VIEW.secrets,
      metadata: overFormMetadata.write(metadata),
      words: { title: secretForm.title, submit: text.modal.save },
      blocks: [
        context(secretForm.intro),
        ...keptInput(kept, text),
        ...ROWS.flatMap((row) => rowInputs(row, text)),
      ],
    },
    text,
  );
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
  const { name, value, sensitive } = secretForm;
  const { placeholder } = name;
  const named = textElement({ placeholder, maxLength: MAX_NAME, multiline: false });
  const typed = textElement({ maxLength: LIMIT.inputText, multiline: true });
  const ticked = tickBox(sensitive.option, true);
  return [
    header(secretForm.row(row)),
    inputBlock({ blockId: secretBlock(row, 'name'), label: name.label, element: named }),
    inputBlock({ blockId: secretBlock(row, 'value'), ...value, element: typed }),
    inputBlock({ blockId: secretBlock(row, 'sensitive'), label: sensitive.label, element: ticked }),
  ];
}

type Row = { row: number; name: string; value: string; sensitive: boolean };
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
    rows: ROWS.map((row) => readRow(row, entered)).filter(({ name, value }) => name !== '' || value !== ''),
    kept: (_secret, at) => kept === null || at >= MOST_KEPT || kept.has(String(at)),
  };
}

function readRow(row: number, entered: EnteredByBlock): Row {
  return {
    row,
    name: typedIn(entered, secretBlock(row, 'name')).trim(),
    value: typedIn(entered, secretBlock(row, 'value')),
    sensitive: pickedIn(entered, secretBlock(row, 'sensitive')).length > 0,
  };
}

type CheckedSecrets = { secrets: SessionSecret[]; errors: Record<string, string> };

/** A name that was entered before gets the new value. */
export function checkSecretRows({ rows }: SecretRows, text: Text): CheckedSecrets {
  const secrets: SessionSecret[] = [];
  const errors: Record<string, string> = {};
  for (const { row, name, value, sensitive } of rows) {
    const wrong = wrongName(name, secrets, text);
    if (wrong !== null) errors[secretBlock(row, 'name')] = wrong;
    if (value === '') errors[secretBlock(row, 'value')] = text.secretForm.errors.valueMissing;
    else secrets.push({ key: name, value, sensitive });
  }
  return { secrets, errors };
}

function wrongName(name: string, before: readonly SessionSecret[], { secretForm }: Text): string | null {
  const { errors } = secretForm;
  if (name === '') return errors.nameMissing;
  if (/\s/.test(name) || name.length > MAX_NAME) return errors.name;
  return before.some(({ key }) => key === name) ? errors.repeated : null;
}
