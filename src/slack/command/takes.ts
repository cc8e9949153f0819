import type { Field } from '../../session/fields.ts';
import type { Text } from '../../text/index.ts';

/** What a field's flag takes, in plain words: that of a list may be given more than once, and holds several at once. */
export function flagTakes({ key, input }: Field, text: Text): string {
  const { takes } = text.fields[key];
  return input.kind === 'list' ? text.command.several(takes, input.none) : takes;
}
