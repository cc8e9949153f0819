import type { KnownBlock } from '@slack/types';
import type { Text } from '../../text/index.ts';
import { markBlock, milestoneMark } from '../ids.ts';
import { plainButtons } from './card-buttons.ts';
import type { CardAction } from './card-buttons.ts';
import { context, section } from './objects.ts';
import type { Rendered } from './objects.ts';
import type { SessionCard } from './session-card.ts';
import { escape, time } from './text.ts';

/** Who answered, and when; null: in Devin. */
export type Answered = { userId: string | null; at: Date };

/** That the requester is called for a question. */
export type Call = {
  sessionId: string;
  /** The milestone that it tells. */
  key: string;
  card: SessionCard;
  /** null: it waits for an answer. */
  answered: Answered | null;
};

/** The call above the words that ask, and below them the button, or who answered. The message has a mark of its own. */
export function withCall({ text: words, blocks }: Rendered, call: Call, text: Text): Rendered {
  const line = text.milestones.asks(mentionOf(call.card));
  const { text: end, blocks: endBlocks } = callEnd(call, text);
  const block_id = markBlock(milestoneMark(call.sessionId, call.key));
  return {
    text: [line, words, ...(end === '' ? [] : [end])].join('\n'),
    blocks: [section(line), ...blocks, ...endBlocks.map((block) => ({ ...block, block_id }))],
  };
}

export function callEnd({ card, answered }: Pick<Call, 'card' | 'answered'>, text: Text): Rendered {
  if (answered === null) return { text: '', blocks: callButtons(card, ['answer', 'open'], text) };
  const line = answeredLine(answered, text);
  return { text: line, blocks: [context(line)] };
}

/** Those of the card's buttons that help. */
export function callButtons(card: SessionCard, helps: readonly CardAction[], text: Text): KnownBlock[] {
  return plainButtons({ ...card, actions: card.actions.filter((one) => helps.includes(one)) }, text);
}

function answeredLine({ userId, at }: Answered, text: Text): string {
  const when = time(at.getTime() / 1000, `${at.toISOString().slice(11, 16)} UTC`);
  return userId === null
    ? text.milestones.answeredInDevin(when)
    : text.milestones.answeredBy(`<@${escape(userId)}>`, when);
}

export function mentionOf({ requester }: SessionCard): string {
  return `<@${escape(requester)}>`;
}
