import type { KnownBlock } from '@slack/types';
import { CONTEXT_CHOICES, type ContextChoice } from '../../../session/context.ts';
import type { Text } from '../../../text/index.ts';
import { BLOCK, INPUT } from '../../edge/ids.ts';
import { context, option } from '../objects.ts';
import { escape, oneLine, USER_ID } from '../text.ts';
import { inputBlock } from './elements.ts';
import { pickedIn, type EnteredByBlock } from './entered.ts';

/** The message that a task was started from. */
export type FormContext = {
  /** A short excerpt of the message; null: a task says what it's about. */
  picked: string | null;
  /** What can be sent with the task, what is sent by default first. */
  options: ContextChoice[];
};

/** Says what the task is about, and asks how much of the thread goes to Devin, if there is one. */
export function contextBlocks({ picked, options }: FormContext, text: Text): KnownBlock[] {
  const { label, hint, choices } = text.modal.context;
  const [first, ...others] = options.map((choice) => option(choices[choice], choice));
  const excerpt = picked === null ? [] : [context(aboutMessage(picked, text))];
  if (first === undefined || others.length === 0) return excerpt;
  const element = {
    type: 'radio_buttons' as const,
    action_id: INPUT,
    options: [first, ...others],
    initial_option: first,
  };
  return [...excerpt, inputBlock({ blockId: BLOCK.context, label, hint, optional: false, element })];
}

/** null: there was no choice. */
export function contextChoiceIn(entered: EnteredByBlock): ContextChoice | null {
  const [picked] = pickedIn(entered, BLOCK.context);
  return CONTEXT_CHOICES.find((known) => known === picked) ?? null;
}

function aboutMessage(picked: string, { modal }: Text): string {
  const { picked: about, pickedEmpty } = modal.context;
  return picked.trim() === '' ? pickedEmpty : about(excerptOf(picked));
}

const ESCAPED_MENTION = new RegExp(`&lt;(@${USER_ID})&gt;`, 'g');

/** Mentions in a modal show the name and notify nobody. */
function excerptOf(picked: string): string {
  return escape(oneLine(picked)).replaceAll(ESCAPED_MENTION, '<$1>');
}
