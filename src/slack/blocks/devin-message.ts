import type { KnownBlock } from '@slack/types';
import { withoutCredentials } from '../../session/credentials.ts';
import type { ReplyWay } from '../../session/reply.ts';
import type { Text } from '../../text/index.ts';
import type { CardAction } from '../ids.ts';
import { metadataBlockId, milestoneMetadata } from '../metadata.ts';
import { plainButtons } from './card-buttons.ts';
import { shownTime } from './details-values.ts';
import { LIMIT } from './limits.ts';
import { isCut, markdownParts, quotedParts } from './markdown.ts';
import { context, joinParts, line, small, type Rendered } from './objects.ts';
import { linkedTitle, type SessionCard } from './session-card.ts';
import { escape, link, truncate } from './text.ts';

/** A message with more posts than this would push everything else out of sight, so it comes as a file. */
const MOST_POSTS = 4;

/** Devin's message as Slack messages. `file`: the whole message, if only its beginning is shown. */
export function renderDevinMessage(markdown: string, text: Text): { posts: Rendered[]; file: string | null } {
  const posts = markdownParts(markdown);
  const [first] = posts;
  if (first === undefined || (posts.length <= MOST_POSTS && !isCut(markdown))) return { posts, file: null };
  const note = text.thread.longMessage;
  return { posts: [joinWords([first, small(note)])], file: markdown };
}

/** What Devin and people wrote is split into posts that fit; nothing is cut. */
const joinWords = (parts: readonly Rendered[]): Rendered => joinParts(parts, Infinity);

/** What a person wrote in Devin's web app, for more people than see it there; quoted, since this app posts it. */
export function renderWebMessage(words: string, text: Text): Rendered[] {
  return quoted(text.thread.fromWebApp, withoutCredentials(words), text);
}

/** Shows the thread what a person told Devin elsewhere. It pings nobody. */
export function renderReplyBy(
  { name, via, words }: { name: string; via: ReplyWay; words: string },
  text: Text,
): Rendered[] {
  return quoted(text.thread.saidVia[via](escape(name)), words, text);
}

/** `label`: escaped. */
function quoted(label: string, words: string, text: Text): Rendered[] {
  const [first, ...rest] = quotedParts(words);
  const posts = [joinWords([line(label), ...(first === undefined ? [] : [first])]), ...rest];
  return posts.length > MOST_POSTS ? [...posts.slice(0, MOST_POSTS - 1), line(text.thread.cut)] : posts;
}

/** A sentence instead of what can't be shown here, with a link to it. */
export function renderInDevin(sentence: string, url: string, text: Text): Rendered {
  return line(`${sentence} ${link(url, text.card.buttons.open)}`);
}

/** As it was written, if it can't be rendered. */
export function renderRaw(words: string): Rendered {
  return line(truncate(escape(words), LIMIT.sectionText));
}

/** Names its session if the thread has another one. */
export function labeled(words: Rendered, card: SessionCard, text: Text): Rendered {
  return joinWords([small(linkedTitle(card, text)), words]);
}

/** Who hears of something. `nobody`: the requester left Slack, and nobody took their place; null: without a name. */
export type Called = { kind: 'people'; userIds: readonly string[] } | { kind: 'nobody'; name: string | null };

/** The beginning of a message to them. Escaped. */
export function calledWords(called: Called, { milestones }: Text): string {
  if (called.kind === 'people') return milestones.people(called.userIds.map((id) => `<@${escape(id)}>`));
  return milestones.forName(called.name === null ? milestones.formerMember : escape(called.name));
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
  /** What people write in the thread goes to another session. */
  isUnheard: boolean;
  /** null: it waits for an answer. */
  answered: Answered | null;
};

/** Adds the call above the question, and the button or who answered below it. The message has its own metadata. */
export function withCall(words: Rendered, call: Call, text: Text): Rendered {
  const { text: end, blocks } = callEnd(call, text);
  const block_id = metadataBlockId(milestoneMetadata(call.sessionId, call.key));
  return joinWords([
    line(text.milestones.asks(calledWords(call.called, text))),
    words,
    { text: end, blocks: blocks.map((block, at) => (at === 0 ? { ...block, block_id } : block)) },
  ]);
}

export function callEnd(
  { card, answered, isUnheard }: Pick<Call, 'card' | 'answered' | 'isUnheard'>,
  text: Text,
): Rendered {
  const unheard = isUnheard ? text.milestones.useAnswer : '';
  const words = answered === null ? unheard : answeredLine(answered, text);
  const buttons = answered === null ? callButtons(card, ['answer', 'open'], text) : [];
  return { text: words, blocks: [...(words === '' ? [] : [context(words)]), ...buttons] };
}

export function callButtons(card: SessionCard, helps: readonly CardAction[], text: Text): KnownBlock[] {
  return plainButtons({ ...card, actions: card.actions.filter((one) => helps.includes(one)) }, text);
}

function answeredLine({ userId, at }: Answered, text: Text): string {
  const when = shownTime(at.getTime());
  return userId === null
    ? text.milestones.answeredInDevin(when)
    : text.milestones.answeredBy(`<@${escape(userId)}>`, when);
}
