import { isTooDeep } from '../../../bounds.ts';
import type { Field, SessionSecret } from '../../../session/fields.ts';
import type { Text } from '../../../text/index.ts';
import { continuedBlock, fieldBlock, NONE } from '../../edge/ids.ts';
import { oneLine } from '../text.ts';
import type { Entered, EnteredByBlock } from './entered.ts';
import { joinText, maxLength, readList } from './typed.ts';

/** What a field's inputs hold, before its schema checks it. */
export type Reading =
  /** Left empty, or a switch left as it is. */
  { kind: 'nothing' } | { kind: 'value'; raw: unknown } | { kind: 'wrong'; sentence: (text: Text) => string };

const NOTHING: Reading = { kind: 'nothing' };

/** By the kinds of the field and of its input; never by its name. */
export function readField(field: Field, entered: EnteredByBlock): Reading {
  const held = heldBy(field, entered);
  if (held === null) return NOTHING;
  const items = held.kind === 'text' ? readList(held.text) : held.values;
  const typed = held.kind === 'text' ? held.text : (items[0] ?? '');
  const { input } = field;
  switch (input.kind) {
    case 'text':
    case 'choice':
      return typed.trim() === '' ? NOTHING : { kind: 'value', raw: typed };
    case 'number':
      return typed.trim() === '' ? NOTHING : { kind: 'value', raw: Number(typed) };
    case 'list':
      return readItems(items, input.none);
    case 'switch': {
      const isOn = typed !== '';
      return isOn === input.initially ? NOTHING : { kind: 'value', raw: isOn };
    }
    case 'secrets':
      return readSecrets(typed);
    case 'json':
      return typed.trim() === '' ? NOTHING : readJson(typed);
  }
}

/** null: the field isn't on the form. */
function heldBy(field: Field, entered: EnteredByBlock): Exclude<Entered, { kind: 'files' }> | null {
  const first = entered.get(fieldBlock(field.key));
  if (first === undefined || first.kind === 'files') return null;
  if (first.kind === 'picked') return first;
  const parts = [first.text];
  for (let part = 2; ; part += 1) {
    const next = entered.get(continuedBlock(field.key, part));
    if (next?.kind !== 'text') return { kind: 'text', text: joinText(parts, maxLength(field)) };
    parts.push(next.text);
  }
}

/** `hasNone`: the list can be none at all. */
function readItems(items: string[], hasNone: boolean): Reading {
  if (items.length === 0) return NOTHING;
  if (!hasNone || !items.includes(NONE)) return { kind: 'value', raw: items };
  return items.length === 1
    ? { kind: 'value', raw: [] }
    : { kind: 'wrong', sentence: (text) => text.modal.errors.noneAndValues };
}

export function readJson(typed: string): Exclude<Reading, { kind: 'nothing' }> {
  const parsed = parseJson(typed);
  if ('error' in parsed) return { kind: 'wrong', sentence: (text) => text.modal.errors.json(parsed.error) };
  const { value } = parsed;
  if (isTooDeep(value)) return { kind: 'wrong', sentence: (text) => text.modal.errors.schema.tooLarge };
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { kind: 'value', raw: value }
    : { kind: 'wrong', sentence: (text) => text.modal.errors.jsonObject };
}

function parseJson(typed: string): { value: unknown } | { error: string } {
  try {
    return { value: JSON.parse(typed) };
  } catch (error) {
    // It may quote half of a character.
    return { error: oneLine(String(error).toWellFormed()).replace(/^SyntaxError: /, '') };
  }
}

const MAX_KEY_LENGTH = 256;

/**
 * KEY=VALUE lines. Spaces around key and value are cut; quotes stay. A fault is told by its line only, since the line may
 * hold a secret; lines count from 1.
 */
function readSecrets(typed: string): Reading {
  const secrets: SessionSecret[] = [];
  const keys = new Set<string>();
  for (const [at, line] of typed.split('\n').entries()) {
    const entry = line.trim();
    if (entry === '' || entry.startsWith('#')) continue;
    const equals = entry.indexOf('=');
    const key = entry.slice(0, equals).trim();
    const fault = equals === -1 ? 'no-equals' : faultOf(key, keys);
    if (fault !== null)
      return { kind: 'wrong', sentence: (text) => text.modal.errors.secrets[fault](at + 1) };
    keys.add(key);
    secrets.push({ key, value: entry.slice(equals + 1).trim(), sensitive: true });
  }
  return secrets.length === 0 ? NOTHING : { kind: 'value', raw: secrets };
}

function faultOf(key: string, before: ReadonlySet<string>): 'bad-key' | 'repeated' | null {
  if (key === '' || key.length > MAX_KEY_LENGTH || /\s/.test(key)) return 'bad-key';
  return before.has(key) ? 'repeated' : null;
}
