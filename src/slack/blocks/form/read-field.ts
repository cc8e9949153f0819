import type { Field } from '../../../session/fields.ts';
import type { Text } from '../../../text/index.ts';
import { BLOCK, continuedBlock, fieldBlock, noneBlock } from '../../ids.ts';
import type { Entered, EnteredByBlock } from './entered.ts';
import { pickedIn } from './entered.ts';
import type { JsonFault } from './json-fault.ts';
import { jsonFault } from './json-fault.ts';
import { readList } from './list-text.ts';
import { joinText } from './parts.ts';
import { readSecretLines } from './secret-lines.ts';
import { maxLength } from './typed.ts';

/** What a field's inputs hold, before its schema looks at it. */
export type Reading =
  /** Left empty, or a switch left as it is: nobody says anything. */
  | { kind: 'nothing' }
  | { kind: 'value'; raw: unknown }
  /** `block`: where it is said, if not at the field itself. */
  | { kind: 'wrong'; sentence: (text: Text) => string; block?: string };

const NOTHING: Reading = { kind: 'nothing' };

/** By the kind of the field and by what its input turned out to be; never by its name. */
export function readField(field: Field, entered: EnteredByBlock): Reading {
  const held = heldBy(field, entered);
  if (held === null) return NOTHING;
  const typed = held.kind === 'text' ? held.text : (held.values[0] ?? '');
  const { input } = field;
  switch (input.kind) {
    case 'text':
    case 'choice':
      return typed.trim() === '' ? NOTHING : { kind: 'value', raw: typed };
    case 'number':
      return typed.trim() === '' ? NOTHING : { kind: 'value', raw: Number(typed) };
    case 'list':
      return readItems(
        held.kind === 'text' ? readList(held.text) : held.values,
        pickedIn(entered, noneBlock(field.key)).length > 0 ? noneBlock(field.key) : null,
      );
    case 'switch': {
      const isOn = typed !== '';
      return isOn === input.initially ? NOTHING : { kind: 'value', raw: isOn };
    }
    case 'secrets':
      return readSecrets(typed, pickedIn(entered, BLOCK.sensitive).length > 0);
    case 'json':
      return typed.trim() === '' ? NOTHING : readJson(typed);
  }
}

/** null: the field is not on the form. */
function heldBy(field: Field, entered: EnteredByBlock): Entered | null {
  const first = entered.get(fieldBlock(field.key));
  if (first?.kind !== 'text') return first ?? null;
  const parts = [first.text];
  for (let part = 2; ; part += 1) {
    const next = entered.get(continuedBlock(field.key, part));
    if (next?.kind !== 'text') return { kind: 'text', text: joinText(parts, maxLength(field)) };
    parts.push(next.text);
  }
}

/** `saidNone`: the block of the box that says "none at all", where it is ticked. */
function readItems(items: string[], saidNone: string | null): Reading {
  if (saidNone === null) return items.length === 0 ? NOTHING : { kind: 'value', raw: items };
  return items.length === 0
    ? { kind: 'value', raw: [] }
    : { kind: 'wrong', block: saidNone, sentence: (text) => text.modal.errors.noneAndValues };
}

function readSecrets(typed: string, sensitive: boolean): Reading {
  const { secrets, fault } = readSecretLines(typed, sensitive);
  if (fault !== null) {
    return { kind: 'wrong', sentence: (text) => text.modal.errors.secrets[fault.kind](fault.line) };
  }
  return secrets.length === 0 ? NOTHING : { kind: 'value', raw: secrets };
}

export function readJson(typed: string): Reading {
  const fault = jsonFault(typed);
  if (fault !== null) return { kind: 'wrong', sentence: (text) => jsonSentence(fault, text) };
  const value: unknown = JSON.parse(typed);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { kind: 'value', raw: value }
    : { kind: 'wrong', sentence: (text) => text.modal.errors.jsonObject };
}

function jsonSentence({ line, column, found }: JsonFault, text: Text): string {
  const { jsonAt, jsonIncomplete, lineBreak } = text.modal.errors;
  return found === null ? jsonIncomplete : jsonAt(line, column, found === '\n' ? lineBreak : found);
}
