import type { KnownBlock } from '@slack/types';
import type { ContextChoice } from '../../../session/context.ts';
import type { Text } from '../../../text/index.ts';
import { ACTION, BLOCK, INPUT } from '../../edge/ids.ts';
import { actions, button, context, option } from '../objects.ts';
import { escape, oneLine, USER_ID } from '../text.ts';
import { inputBlock } from './elements.ts';

/** What is sent with a task that was started from a message. */
export type FormContext = {
  /** A short excerpt of the message; null: a task says what it's about. */
  picked: string | null;
  options: ContextOption[];
  chosen: ContextChoice;
  /** Plain sentences: what is left out, and why. */
  notes: string[];
};

/** null: not counted yet. */
type ContextOption = { choice: ContextChoice; messages: number | null; files: number | null };

/**
 * A choice is offered once it has counts: when a form is redrawn, Slack keeps a chosen option as it was. Until then, and if
 * there is no choice, a line says what is sent.
 */
export function contextBlocks({ picked, options, chosen, notes }: FormContext, text: Text): KnownBlock[] {
  const { label, hint, ...words } = text.modal.context;
  const excerpt = picked === null ? [] : [aboutMessage(picked, text)];
  const said = (...facts: string[]): KnownBlock[] => lines([...excerpt, ...facts, ...notes.map(escape)]);
  const [only, ...others] = options.map((one) => option(counted(one, text), one.choice));
  if (only === undefined || others.length === 0) {
    const alone = options.map((one) => `${label}: ${counted(one, text)}`);
    return [...said(...alone), reviewButton(text)];
  }
  if (options.some(({ messages }) => messages === null))
    return [...said(`${label}: ${words.choices[chosen]}`, words.counting), reviewButton(text)];
  const element = {
    type: 'radio_buttons' as const,
    action_id: INPUT,
    options: [only, ...others],
    initial_option: others.find(({ value }) => value === chosen) ?? only,
  };
  return [
    ...said(),
    inputBlock({ blockId: BLOCK.context, label, hint, optional: false, element }),
    reviewButton(text),
  ];
}

/** Opens the review, where people can look at each message and file and leave it out. */
function reviewButton(text: Text): KnownBlock {
  return actions([button(ACTION.review, text.modal.context.review, 'review')]);
}

function lines(escaped: string[]): KnownBlock[] {
  return escaped.length === 0 ? [] : [context(escaped.join('\n'))];
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

function counted({ choice, messages, files }: ContextOption, text: Text): string {
  const words = text.modal.context;
  const counts = [
    ...(messages === null || choice === 'message' ? [] : [words.messages(messages)]),
    ...(files === null || files === 0 ? [] : [words.files(files)]),
  ];
  const name = words.choices[choice];
  return counts.length === 0 ? name : words.counted(name, text.joins.list(counts));
}
