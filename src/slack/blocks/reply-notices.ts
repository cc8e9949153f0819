import type { Button } from '@slack/types';
import type { Text } from '../../text/index.ts';
import { ACTION } from '../ids.ts';
import { bold, fitCodeBlock, truncate } from './text.ts';
import { LIMIT } from './limits.ts';
import { button, section, sections } from './objects.ts';
import type { Rendered } from './objects.ts';

export type ReplyNotice = {
  heading: string;
  /** Escaped. */
  sentences: readonly string[];
  /** Raw; what was typed into a box is gone from Slack, so it comes back. */
  typed: string;
  /** What can be done about it. */
  offer: { kind: 'send-again'; replyId: string } | { kind: 'start-again'; formId: string } | null;
};

const TYPED_LENGTH = 2800;

/** To the author alone: what happened to a message, why, and what to do next. */
export function renderReplyNotice({ heading, sentences, typed, offer }: ReplyNotice, text: Text): Rendered {
  const quoted =
    typed.trim() === '' ? [] : [`${text.thread.yourMessage}\n${fitCodeBlock(typed, TYPED_LENGTH).block}`];
  return {
    text: truncate([heading, ...sentences, ...quoted].join('\n'), LIMIT.messageText),
    blocks: [
      section(bold(heading)),
      ...sections(sentences),
      ...quoted.map(section),
      ...(offer === null ? [] : [{ type: 'actions' as const, elements: [offerButton(offer, text)] }]),
    ],
  };
}

function offerButton(offer: NonNullable<ReplyNotice['offer']>, text: Text): Button {
  return offer.kind === 'send-again'
    ? { ...button(ACTION.sendAgain, text.thread.sendAgain, offer.replyId), style: 'primary' }
    : { ...button(ACTION.openForm, text.thread.startAgain, offer.formId), style: 'primary' };
}

/** Asked before the end of a session. The button carries the request. */
export function renderAskStop(requestId: string, text: Text): Rendered {
  const sentence = text.thread.askStop;
  const stop: Button = { ...button(ACTION.stop, text.thread.stopNow, requestId), style: 'danger' };
  return { text: sentence, blocks: [section(sentence), { type: 'actions', elements: [stop] }] };
}

/** The words that do something in a thread. */
export function renderThreadHelp(text: Text): Rendered {
  const { helpTitle, help } = text.thread;
  return {
    text: truncate([helpTitle, ...help].join('\n'), LIMIT.messageText),
    blocks: [section(bold(helpTitle)), ...sections(help)],
  };
}
