import type { PlainTextOption } from '@slack/types';
import { fields, type Lookup } from '../../../session/fields.ts';
import type { Text } from '../../../text/index.ts';
import { NONE } from '../../edge/ids.ts';
import { LIMIT } from '../limits.ts';
import { option } from '../objects.ts';
import { oneLine } from '../text.ts';

export type Suggestion = { value: string; label: string; description: string | null };

/**
 * Suggestions of a picker. People can always take what they typed, since the list may be incomplete or forbidden. It
 * comes last, because Enter takes the first.
 * https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
 */
export function lookupOptions(
  lookup: Lookup,
  { found, typed }: { found: readonly Suggestion[]; typed: string },
  text: Text,
): PlainTextOption[] {
  const none = { value: NONE, label: text.modal.none, description: null };
  const wanted = [
    ...(canBeNone(lookup) && isStartOf(typed, NONE, none.label) ? [none] : []),
    ...(typed === '' ? [] : [{ value: typed, label: text.modal.useTyped(typed), description: null }]),
  ];
  const known = new Map<string, Suggestion>();
  for (const one of found) {
    if (isPickable(one) && !known.has(one.value)) known.set(one.value, one);
  }
  const own = wanted.filter((one) => isPickable(one) && !known.has(one.value));
  return [...[...known.values()].slice(0, LIMIT.options - own.length), ...own].map(
    ({ value, label, description }) =>
      option(oneLine(label) || value, value, oneLine(description ?? '') || undefined),
  );
}

/** Whether a list with these suggestions can be none at all. */
function canBeNone(lookup: Lookup): boolean {
  return fields.some(({ input }) => input.kind === 'list' && input.lookup === lookup && input.none);
}

function isStartOf(typed: string, ...words: string[]): boolean {
  return words.some((word) => word.toLowerCase().startsWith(typed.toLowerCase()));
}

/** A cut value would be another value. */
function isPickable({ value }: Suggestion): boolean {
  return value !== '' && value.length <= LIMIT.optionValue;
}
