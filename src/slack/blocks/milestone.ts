import type { KnownBlock } from '@slack/types';
import type { Milestone, OtherSession } from '../../session/milestones.ts';
import type { Text } from '../../text/index.ts';
import { plainButtons } from './card-buttons.ts';
import type { CardAction } from './card-buttons.ts';
import { runsAsFact, progressFacts, pullRequestLines, pullRequestLink } from './card-facts.ts';
import { fitCodeBlock } from './fit-code-block.ts';
import { LIMIT } from './limits.ts';
import { markdownWords } from './markdown.ts';
import { context, section } from './objects.ts';
import type { Rendered } from './objects.ts';
import { ownEntry } from './own-entry.ts';
import { BETWEEN_FACTS, cardTitle } from './session-card.ts';
import type { SessionCard } from './session-card.ts';
import { bold, code, escape, link, quote, truncate } from './text.ts';

/** Something worth a message, with the card as it is at that moment. Strings are raw. */
export type MilestoneMessage = {
  what: Milestone;
  card: SessionCard;
  /** What Devin said last, which is the question where it asks one; null: nothing is known of it. */
  words: string | null;
  /** These words are already in the thread: their beginning is enough. */
  wordsShown: boolean;
  /** In the thread, where a reply is an answer. */
  inThread: boolean;
  /** The structured output, written as JSON. */
  result: string | null;
  /** All of the result is in the thread as a file. */
  resultShared: boolean;
  /** The slash command's name. */
  command: string;
};

const QUESTION_LENGTH = 2500;
const BEGINNING_LENGTH = 200;
const WORDS_LENGTH = 600;
/** A longer result, written as JSON, is shown in part only. */
export const RESULT_LENGTH = 2500;

/** A line that calls the requester, then what there is to say. `text` alone says all of it. */
export function renderMilestone(message: MilestoneMessage, text: Text): Rendered {
  const lines = [headline(message, text), ...body(message, text)];
  const facts = factsLine(message, text);
  const { url } = message.card;
  return {
    text: truncate(
      [...lines, ...facts, ...(url === null ? [] : [escape(url)])].join('\n'),
      LIMIT.messageText,
    ),
    blocks: [...lines.map(section), ...facts.map(context), ...buttons(message, text)],
  };
}

function headline({ what, card, words }: MilestoneMessage, text: Text): string {
  const mention = `<@${escape(card.requester)}>`;
  const title = bold(escape(cardTitle(card, text)));
  switch (what.kind) {
    case 'needs-you':
      return words === null ? text.milestones.asksSomething(mention) : text.milestones.asks(mention);
    case 'needs-approval':
      return text.milestones.approval(mention, title);
    case 'pr':
      return text.milestones.pullRequest(mention, pullRequestLink(what.url));
    case 'finished':
      return text.milestones.finished(mention, title);
    case 'failed':
      return text.milestones.failed(mention, title);
    case 'capped':
      return cappedLine(card, { mention, title }, text);
    case 'found-late':
      return text.milestones.foundLate(mention, title);
    case 'twice':
      return text.milestones.twice(mention, title);
  }
}

/** The session's own cap is named; other limits are explained below. */
function cappedLine(
  { statusWord, acuLimit }: SessionCard,
  { mention, title }: { mention: string; title: string },
  { milestones }: Text,
): string {
  return statusWord === 'usage_limit_exceeded' && acuLimit !== null
    ? milestones.cappedAt(mention, title, String(acuLimit))
    : milestones.capped(mention, title);
}

function body(message: MilestoneMessage, text: Text): string[] {
  const { what, card, inThread } = message;
  switch (what.kind) {
    case 'needs-you':
      return [...said(message, text), inThread ? text.milestones.answerHere : text.milestones.answerThere];
    case 'needs-approval':
    case 'pr':
      return [];
    case 'finished':
      return [...said(message, text), ...pullRequests(card, text), ...result(message, text)];
    case 'failed':
      return [...said(message, text), text.milestones.whatNow];
    case 'capped':
      return [capReason(card, text), ...pullRequests(card, text)];
    case 'found-late':
      return [text.milestones.goesOn];
    case 'twice':
      return [twoSessions(message, what.other, text)];
  }
}

function twoSessions({ card, command }: MilestoneMessage, { id, url }: OtherSession, text: Text): string {
  const { followed, unseen, stopEither } = text.milestones;
  const here = card.url === null ? escape(followed) : link(card.url, followed);
  return stopEither(here, link(url, unseen), code(`${command} follow devin-${id}`));
}

/** A question whole; what only sums up, or can be read just above, on a line. */
function said({ what, words, wordsShown }: MilestoneMessage, text: Text): string[] {
  if (words === null || words.trim() === '') return [];
  if (what.kind !== 'needs-you') return [quote(escape(markdownWords(words, WORDS_LENGTH)))];
  if (wordsShown) return [quote(escape(markdownWords(words, BEGINNING_LENGTH)))];
  const question = escape(markdownWords(words, QUESTION_LENGTH));
  return [quote(question), ...(question.endsWith('…') ? [text.milestones.questionCut] : [])];
}

function pullRequests(card: SessionCard, text: Text): string[] {
  const lines = pullRequestLines(card, text, true);
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function capReason({ statusWord }: SessionCard, text: Text): string {
  const reasons = text.card.meaning.capped;
  return ownEntry<string>(reasons, statusWord ?? 'any') ?? reasons.any;
}

function result({ result: json, resultShared }: MilestoneMessage, text: Text): string[] {
  if (json === null) return [];
  const { block, cut } = fitCodeBlock(json, RESULT_LENGTH);
  const rest = resultShared ? text.milestones.resultInFile : text.milestones.resultCut;
  return [`${text.milestones.result}\n${block}`, ...(cut ? [rest] : [])];
}

const WITHOUT_FACTS: ReadonlySet<Milestone['kind']> = new Set(['pr', 'needs-you', 'found-late', 'twice']);

function factsLine({ what, card }: MilestoneMessage, text: Text): string[] {
  if (WITHOUT_FACTS.has(what.kind)) return [];
  const facts = [...runsAsFact(card, text), ...progressFacts(card, text)];
  return facts.length === 0 ? [] : [facts.join(BETWEEN_FACTS)];
}

/** Those of the card's buttons that help now. */
const HELPS: Record<Milestone['kind'], readonly CardAction[]> = {
  'needs-you': ['answer', 'open'],
  'needs-approval': ['open'],
  finished: ['review', 'open', 'reply', 'start-again'],
  failed: ['open', 'start-again'],
  capped: ['open', 'raise-cap', 'start-again'],
  pr: [],
  'found-late': ['open', 'stop'],
  twice: ['open', 'stop'],
};

function buttons({ what, card }: MilestoneMessage, text: Text): KnownBlock[] {
  return plainButtons(
    { ...card, actions: card.actions.filter((one) => HELPS[what.kind].includes(one)) },
    text,
  );
}
