import type { KnownBlock } from '@slack/types';
import type { ReplyWay } from '../../session/reply.ts';
import type { Text } from '../../text/index.ts';
import { metadataBlockId, milestoneMetadata } from '../metadata.ts';
import { calledWords, type Called } from './called.ts';
import { plainButtons, type CardAction } from './card-buttons.ts';
import { shownTime } from './details-values.ts';
import { LIMIT } from './limits.ts';
import { isCut, markdownParts, quotedParts } from './markdown.ts';
import { context, line, section, type Rendered } from './objects.ts';
import { linkedTitle, type SessionCard } from './session-card.ts';
import { escape, link, truncate } from './text.ts';

/** A message with more posts than this would push everything else out of sight, so it comes as a file. */
const MOST_POSTS = 4;

/** Devin's message as Slack messages. `file`: all of it, if only the beginning is shown. */
export function renderDevinMessage(markdown: string, text: Text): { posts: Rendered[]; file: string | null } {
  const posts = markdownParts(markdown);
  const [first] = posts;
  if (first === undefined || (posts.length <= MOST_POSTS && !isCut(markdown))) return { posts, file: null };
  const note = text.thread.longMessage;
  const beginning = { text: `${first.text}\n${note}`, blocks: [...first.blocks, context(note)] };
  return { posts: [beginning], file: markdown };
}

/** What a person wrote in Devin's web app; quoted, since this app posts it. */
export function renderWebMessage(words: string, text: Text): Rendered[] {
  return quoted(text.thread.fromWebApp, words, text);
}

/** What a person told Devin from outside the thread, shown to the others. It pings nobody, not even that person. */
export function renderReplyBy(
  { name, via, words }: { name: string; via: ReplyWay; words: string },
  text: Text,
): Rendered[] {
  return quoted(text.thread.saidVia[via](escape(name)), words, text);
}

/** `label`: escaped. */
function quoted(label: string, words: string, text: Text): Rendered[] {
  const [first, ...rest] = quotedParts(words);
  const labelBlock = section(label);
  const posts =
    first === undefined
      ? [line(label)]
      : [{ text: `${label}\n${first.text}`, blocks: [labelBlock, ...first.blocks] }, ...rest];
  return posts.length > MOST_POSTS ? [...posts.slice(0, MOST_POSTS - 1), line(text.thread.cut)] : posts;
}

/** A sentence instead of what can't be shown here, with a link to it. */
export function renderInDevin(sentence: string, url: string, text: Text): Rendered {
  return line(`${sentence} ${link(url, text.thread.openInDevin)}`);
}

/** As it was written, if it can't be rendered. */
export function renderRaw(words: string): Rendered {
  return line(truncate(escape(words), LIMIT.sectionText));
}

/** With the name of its session, if another session is in the thread. */
export function labeled({ text: words, blocks }: Rendered, card: SessionCard, text: Text): Rendered {
  const name = linkedTitle(card, text);
  return { text: `${name}\n${words}`, blocks: [context(name), ...blocks] };
}

/** Who answered, and when; null: in Devin. */
export type Answered = { userId: string | null; at: Date };

/** Notifies the requester of a question. */
export type Call = {
  sessionId: string;
  /** The milestone's key. */
  key: string;
  card: SessionCard;
  called: Called;
  /** It mentions nobody: an earlier question that waits just did. */
  quiet: boolean;
  /** What people write in the thread goes to another session. */
  isUnheard: boolean;
  /** null: it waits for an answer. */
  answered: Answered | null;
};

/** Adds the call above the question, and below it the button, or who answered. The message has metadata of its own. */
export function withCall({ text: words, blocks }: Rendered, call: Call, text: Text): Rendered {
  const { asks, asksMore } = text.milestones;
  const line = call.quiet ? asksMore : asks(calledWords(call.called, text));
  const { text: end, blocks: endBlocks } = callEnd(call, text);
  const block_id = metadataBlockId(milestoneMetadata(call.sessionId, call.key));
  return {
    text: [line, words, ...(end === '' ? [] : [end])].join('\n'),
    blocks: [
      section(line),
      ...blocks,
      ...endBlocks.map((block, at) => (at === 0 ? { ...block, block_id } : block)),
    ],
  };
}

export function callEnd(
  { card, answered, isUnheard }: Pick<Call, 'card' | 'answered' | 'isUnheard'>,
  text: Text,
): Rendered {
  const buttons = answered === null ? callButtons(card, ['answer', 'open'], text) : [];
  const unheard = isUnheard ? text.milestones.useAnswer : '';
  const line = answered === null ? unheard : answeredLine(answered, text);
  return { text: line, blocks: [...(line === '' ? [] : [context(line)]), ...buttons] };
}

/** The card's buttons that help. */
export function callButtons(card: SessionCard, helps: readonly CardAction[], text: Text): KnownBlock[] {
  return plainButtons({ ...card, actions: card.actions.filter((one) => helps.includes(one)) }, text);
}

function answeredLine({ userId, at }: Answered, text: Text): string {
  const when = shownTime(at.getTime());
  return userId === null
    ? text.milestones.answeredInDevin(when)
    : text.milestones.answeredBy(`<@${escape(userId)}>`, when);
}
