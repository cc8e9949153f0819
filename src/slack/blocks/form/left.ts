import type { Field } from '../../../session/fields.ts';
import type { Choices } from '../../../session/policy/index.ts';
import type { Text } from '../../../text/index.ts';
import { shownValue } from '../details-values.ts';
import { context } from '../objects.ts';
import { bold, escape } from '../text.ts';

/** What the policy leaves of a field to choose. */
export type Left = {
  /** null: all of them. */
  options: readonly string[] | null;
  /** null: there is no highest value. */
  most: number | null;
  isRequired: boolean;
  /** Why its value is refused; null: it is not. */
  refusal: { rule: string; say: string | null } | null;
};

/** There is no policy. */
export const EVERYTHING: Left = { options: null, most: null, isRequired: false, refusal: null };

export function leftOf({ input, key }: Field, choices: Choices | null): Left {
  if (choices === null) return EVERYTHING;
  const { modes, most, needsCap, faulty } = choices;
  return {
    options: input.kind === 'choice' ? modes : null,
    most: input.kind === 'number' ? most : null,
    isRequired: input.kind === 'number' && needsCap,
    refusal: faulty.find((fault) => fault.key === key) ?? null,
  };
}

/** Whether the policy sets the field here: what it is stands in its place. */
export function isSet({ key }: Field, choices: Choices | null): boolean {
  return valueSet(key, choices) !== undefined;
}

/** Whether nothing that could be entered is allowed. What is entered already stays, to be corrected. */
export function isLeftOut({ key, input }: Field, value: unknown, choices: Choices | null): boolean {
  if (choices === null || value !== undefined) return false;
  return choices.refused.includes(key) || (input.kind === 'choice' && choices.modes.length === 0);
}

export function setLine({ key }: Field, choices: Choices | null, text: Text) {
  const label = bold(`${escape(text.fields[key].label)}:`);
  return context(`${label} ${shownValue(valueSet(key, choices), text)} · ${text.modal.setByPolicy}`);
}

function valueSet(key: Field['key'], choices: Choices | null): unknown {
  return new Map<string, unknown>(Object.entries(choices?.set ?? {})).get(key);
}
