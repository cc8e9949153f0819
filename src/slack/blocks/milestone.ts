import type { KnownBlock } from '@slack/types';
import { isOwnCap } from '../../session/lifecycle.ts';
import type { Milestone, OtherSession } from '../../session/milestones.ts';
import type { ThreadShare } from '../../session/preferences.ts';
import { acuWords } from '../../text/amounts.ts';
import type { Text } from '../../text/index.ts';
import type { CardAction } from '../ids.ts';
import { acuFact, pullRequestLink, pullRequestLinks } from './card-facts.ts';
import { callButtons, calledWords, callEnd, type Answered, type Called } from './devin-message.ts';
import { markdownParts } from './markdown.ts';
import { joinParts, line, small, type Rendered } from './objects.ts';
import { BETWEEN_FACTS, cardTitle, linkedTitle, type SessionCard } from './session-card.ts';
import { bold, code, escape, fitCodeBlock, link, lookup } from './text.ts';

export type ToldIn =
  /** If another session is in the thread, the message names its session. */
  | { kind: 'thread'; share: ThreadShare }
  /** `thread`: its address; null: none. */
  | { kind: 'direct'; thread: string | null }
  /** To a person who is no longer in the session's conversation. */
  | { kind: 'outside' };

/** A milestone, with the card at that moment. Strings are raw. */
type MilestoneMessage = {
  what: Milestone;
  key: string;
  sessionId: string;
  card: SessionCard;
  /** What Devin said last, such as its question; null: not known. */
  words: string | null;
  /** These words are already in the thread. */
  wordsShown: boolean;
  place: ToldIn;
  called: Called;
  answered: Answered | null;
  /** Who did it, if someone did. */
  by: string;
  /** The structured output, written as JSON. */
  result: string | null;
  /** The whole result is in the thread as a file. */
  resultShared: boolean;
  command: string;
};

/** Only part of a longer result is shown, as JSON. */
export const RESULT_LENGTH = 2500;
/** The same below Devin's words, which leave no room for more. */
const RESULT_BELOW_LENGTH = 1000;

/** A line that notifies the requester, then the details. `text` alone says everything. */
export function renderMilestone(message: MilestoneMessage, text: Text): Rendered {
  const words = said(message, text);
  return joinParts([
    line(headline(message, text)),
    ...names(message, text),
    ...words,
    ...body(message, words.length > 0 ? RESULT_BELOW_LENGTH : RESULT_LENGTH, text).map(line),
    end(message, text),
  ]);
}

function headline(message: MilestoneMessage, text: Text): string {
  const { what, card } = message;
  const mention = calledWords(message.called, text);
  const title = bold(escape(cardTitle(card, text)));
  switch (what.kind) {
    case 'needs-you':
      return question(message, mention, text);
    case 'needs-approval':
      return text.milestones.approval(mention, title);
    case 'pr':
      return text.milestones.pullRequest(pullRequestLink(what.url));
    case 'finished':
      return withResults(text.milestones.finished(mention), card, text);
    case 'ended':
      return withResults(text.milestones.ended(mention, title), card, text);
    case 'ended-by':
      return withResults(text.milestones.endedBy(mention, title, escape(message.by)), card, text);
    case 'archived-by':
      return text.milestones.archivedBy(mention, title, escape(message.by));
    case 'put-to-sleep-by':
      return text.milestones.putToSleepBy(mention, title, escape(message.by));
    case 'failed':
      return text.milestones.failed(mention, title);
    case 'capped':
      return cappedLine(card, { mention, title }, text);
    case 'found-late':
      return text.milestones.foundLate(mention, title);
    case 'duplicate':
      return text.milestones.duplicate(mention, title);
  }
}

function withResults(sentence: string, card: SessionCard, text: Text): string {
  return [sentence, ...pullRequestLinks(card, text), ...acuFact(card, text)].join(BETWEEN_FACTS);
}

/** Names the session's own cap; other limits are explained below. */
function cappedLine(
  { statusWord, acuLimit }: SessionCard,
  { mention, title }: { mention: string; title: string },
  { milestones }: Text,
): string {
  return acuLimit !== null && isOwnCap(statusWord)
    ? milestones.cappedAt(mention, title, acuWords(acuLimit))
    : milestones.capped(mention, title);
}

function question({ words, wordsShown }: MilestoneMessage, mention: string, { milestones }: Text): string {
  if (words === null || words.trim() === '') return milestones.asksSomething(mention);
  return wordsShown ? milestones.asksAbove(mention) : milestones.asks(mention);
}

/** Their first line doesn't name the session. */
const UNNAMED: ReadonlySet<Milestone['kind']> = new Set(['needs-you', 'finished', 'pr']);

/** Names the session if neither the place nor the first line does, and links its thread from elsewhere. */
function names({ what, card, place }: MilestoneMessage, text: Text): Rendered[] {
  const isSeen = place.kind === 'thread' && place.share === 'alone';
  const shown = [
    ...(UNNAMED.has(what.kind) && !isSeen ? [linkedTitle(card, text)] : []),
    ...(place.kind === 'direct' && place.thread !== null ? [link(place.thread, text.milestones.thread)] : []),
    ...(place.kind === 'outside' ? [text.milestones.outside] : []),
  ];
  return shown.length === 0 ? [] : [small(shown.join(BETWEEN_FACTS))];
}

const WITH_WORDS: ReadonlySet<Milestone['kind']> = new Set(['needs-you', 'finished', 'failed']);

/** Devin's words, unless they are above. */
function said({ what, words, wordsShown, place }: MilestoneMessage, text: Text): Rendered[] {
  if (words === null || wordsShown || !WITH_WORDS.has(what.kind)) return [];
  if (what.kind === 'finished' && place.kind === 'thread') return [];
  const [first, ...rest] = markdownParts(words);
  if (first === undefined) return [];
  return [first, ...(rest.length === 0 ? [] : [line(text.milestones.restInDevin)])];
}

/** `most`: how much of a result is shown. */
function body(message: MilestoneMessage, most: number, text: Text): string[] {
  const { what, card } = message;
  switch (what.kind) {
    case 'needs-you':
    case 'needs-approval':
    case 'pr':
      return [];
    case 'finished':
      return result(message, most, text);
    case 'failed':
    case 'ended':
    case 'ended-by':
      return [text.milestones.whatNow];
    case 'archived-by':
    case 'put-to-sleep-by':
      return [text.card.meaning.asleep.any];
    case 'capped':
      return [capReason(card, text)];
    case 'found-late':
      return [text.milestones.goesOn];
    case 'duplicate':
      return [twoSessions(message, what.other, text)];
  }
}

function twoSessions({ card, command }: MilestoneMessage, { id, url }: OtherSession, text: Text): string {
  const { followed, unseen, stopEither } = text.milestones;
  const here = card.url === null ? escape(followed) : link(card.url, followed);
  return stopEither(here, link(url, unseen), code(`${command} follow devin-${id}`));
}

/** The line above says which cap it was, if it was its own. */
function capReason({ statusWord, acuLimit }: SessionCard, text: Text): string {
  if (acuLimit !== null && isOwnCap(statusWord)) return text.milestones.cappedNow;
  const reasons = text.card.meaning.capped;
  return lookup<string>(reasons, statusWord ?? 'any') ?? reasons.any;
}

function result({ result: json, resultShared }: MilestoneMessage, most: number, text: Text): string[] {
  if (json === null) return [];
  const { block, cut } = fitCodeBlock(json, most);
  const rest = resultShared ? text.milestones.resultInFile : text.milestones.resultCut;
  return [`${text.milestones.result}\n${block}`, ...(cut ? [rest] : [])];
}

/** The card's buttons that help now; a finished session has them on its card. */
const HELPS: Record<Milestone['kind'], readonly CardAction[]> = {
  'needs-you': ['answer', 'open'],
  'needs-approval': ['open'],
  finished: [],
  failed: ['open', 'start-again'],
  ended: ['open', 'start-again'],
  'ended-by': ['open', 'start-again'],
  'archived-by': ['wake', 'open'],
  'put-to-sleep-by': ['wake', 'open'],
  capped: ['open', 'raise-cap', 'start-again'],
  pr: [],
  'found-late': ['open', 'ask-stop'],
  duplicate: ['open', 'ask-stop'],
};

/** The text includes the buttons' addresses. */
function end(message: MilestoneMessage, text: Text): Rendered {
  const { what, card, place } = message;
  const isUnheard = place.kind === 'thread' && place.share === 'unheard';
  // They may not write into the conversation, which would show their answer.
  const actions = card.actions.filter((one) => place.kind !== 'outside' || one !== 'answer');
  if (what.kind === 'needs-you') return callEnd({ ...message, card: { ...card, actions }, isUnheard }, text);
  const blocks: KnownBlock[] = callButtons(card, HELPS[what.kind], text);
  return { text: blocks.length === 0 || card.url === null ? '' : escape(card.url), blocks };
}
