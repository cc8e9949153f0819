import type { KnownBlock } from '@slack/types';
import type { ContextChoice } from '../../../session/context.ts';
import type { Text } from '../../../text/index.ts';
import { ACTION, BLOCK, INPUT } from '../../ids.ts';
import { actions, button, context, option } from '../objects.ts';
import { escape, oneLine, USER_ID } from '../text.ts';
import { inputBlock } from './elements.ts';

/** What is sent with a task that was started from a message. */
export type FormContext = {
  /** A short excerpt of the message. */
  picked: string;
  options: ContextOption[];
  chosen: ContextChoice;
  /** Plain sentences: what is left out, and why. */
  notes: string[];
};

/** null: not counted yet. */
type ContextOption = { choice: ContextChoice; messages: number | null; files: number | null };

/**
 * Counts are beside the options, not in them: they come later, and when a form is redrawn, Slack keeps a chosen option
 * as it was. If there is no choice, a line says what is sent.
 */
export function contextBlocks({ picked, options, chosen, notes }: FormContext, text: Text): KnownBlock[] {
  const { label, hint, choices, ...words } = text.modal.context;
  const excerpt = picked.trim() === '' ? words.pickedEmpty : words.picked(excerptOf(picked));
  const [only, ...others] = options.map(({ choice }) => option(choices[choice], choice));
  if (only === undefined || others.length === 0) {
    const alone = options.map((one) => `${label}: ${counted(one, text) ?? choices[one.choice]}`);
    return [lines([excerpt, ...alone, ...notes.map(escape)]), reviewButton(text)];
  }
  const counts = options.flatMap((one) => counted(one, text) ?? []);
  const element = {
    type: 'radio_buttons' as const,
    action_id: INPUT,
    options: [only, ...others],
    initial_option: others.find(({ value }) => value === chosen) ?? only,
  };
  return [
    lines([excerpt, ...(counts.length === 0 ? [] : [counts.join(' · ')]), ...notes.map(escape)]),
    inputBlock({ blockId: BLOCK.context, label, hint, optional: false, element }),
    reviewButton(text),
  ];
}

/** Opens the review, where people can look at each message and file and leave it out. */
function reviewButton(text: Text): KnownBlock {
  return actions([button(ACTION.review, text.modal.context.review, 'review')]);
}

function lines(escaped: string[]): KnownBlock {
  return context(escaped.join('\n'));
}

const ESCAPED_MENTION = new RegExp(`&lt;(@${USER_ID})&gt;`, 'g');

/** Mentions in a modal show the name and notify nobody. */
function excerptOf(picked: string): string {
  return escape(oneLine(picked)).replaceAll(ESCAPED_MENTION, '<$1>');
}

/** null: there is nothing to count, or it is not counted yet. */
function counted({ choice, messages, files }: ContextOption, text: Text): string | null {
  const words = text.modal.context;
  const counts = [
    ...(messages === null || choice === 'message' ? [] : [words.messages(messages)]),
    ...(files === null || files === 0 ? [] : [words.files(files)]),
  ];
  return counts.length === 0 ? null : words.counted(words.choices[choice], text.joins.list(counts));
}
