import type { PlainTextOption } from '@slack/types';
import type { Text } from '../../text/index.ts';
import { LIMIT } from './limits.ts';
import { option } from './objects.ts';
import { oneLine } from './text.ts';

export type Suggestion = { value: string; label: string; description: string | null };

/**
 * Suggestions of a picker. What was typed can always be taken as it is, for the list may be incomplete, or forbidden;
 * it comes last, because Enter takes what comes first.
 * https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
 */
export function lookupOptions(found: readonly Suggestion[], typed: string, text: Text): PlainTextOption[] {
  const wanted = typed === '' ? [] : [{ value: typed, label: text.lookup.use(typed), description: null }];
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

/** A value that was cut would be another value. */
function isPickable({ value }: Suggestion): boolean {
  return value !== '' && value.length <= LIMIT.optionValue;
}
