import type { Button } from '@slack/types';
import { withoutCredentials } from '../../session/credentials.ts';
import { isOwnCap } from '../../session/lifecycle.ts';
import type { Milestone } from '../../session/milestones.ts';
import type { Text } from '../../text/index.ts';
import { optionAction, optionValue } from '../edge/ids.ts';
import { keyMark } from '../edge/metadata.ts';
import { cardButton, namedFor } from './card-buttons.ts';
import { shownTime } from './details.ts';
import { isCut, markdownParts, questionOptions, quotedParts } from './markdown.ts';
import { button, buttonRow, joinParts, line, small, type Rendered } from './objects.ts';
import {
  acuFact,
  pullRequestLink,
  newestPullRequests,
  linkedTitle,
  meaningOf,
  phaseWord,
  type SessionCard,
} from './session-card.ts';
import {
  bold,
  escape,
  facts,
  fitCodeBlock,
  ifAny,
  link,
  mention,
  oneLine,
  present,
  replaceMentions,
  truncate,
} from './text.ts';

/** Who answered what, and when; null: in Devin. */
type Answered = { userId: string | null; at: Date; words: string };

/** A milestone, with the card at that moment. Strings are raw. */
export type MilestoneMessage = {
  what: Milestone;
  /** Of the message that announces it on its own. */
  key: string;
  card: SessionCard;
  /** Devin's last message, such as its question; null: not known. `shown`: as part of this one; null: it's above. */
  said: { key: string; text: string; shown: Rendered | null } | null;
  /** The message is Devin's, with this around it. */
  isDevins: boolean;
  /** Of the session, if the place doesn't tell it; null: it does. Escaped, as is what stands beside it. */
  name: string | null;
  beside: readonly string[];
  /** Who hears of it. */
  userId: string;
  answered: Answered | null;
  /** The structured output, written as JSON. */
  result: string | null;
};

/** Only part of a longer result is shown, as JSON. */
const RESULT_LENGTH = 1000;
const ANSWER_LENGTH = 100;
const LABEL_LENGTH = 40;

/** A line that notifies the requester, Devin's words, and what can be done. `text` alone says everything. */
export function renderMilestone(message: MilestoneMessage, text: Text): Rendered {
  const { what, said, key, isDevins } = message;
  const rendered = joinParts([
    line(headline(message, text)),
    ...present([facts(message.name, ...message.beside)]).map(small),
    WITH_WORDS.has(what.kind) ? (said?.shown ?? null) : null,
    ...present(body(message, text)).map(line),
    what.kind === 'needs-you' ? questionEnd(message, text) : null,
  ]);
  const { blockId: block_id } = keyMark(key);
  // The first block has the id of Devin's message.
  const blocks = rendered.blocks.map((block, at) => (isDevins && at === 1 ? { ...block, block_id } : block));
  return { ...rendered, blocks };
}

/** The beginning of Devin's words, for a message that is not theirs. */
export function beginningOf(words: string, text: Text): Rendered | null {
  const [first, ...rest] = markdownParts(words);
  if (first === undefined) return null;
  return rest.length === 0 ? first : joinParts([first, line(text.milestones.restInDevin)]);
}

const WITH_WORDS: ReadonlySet<Milestone['kind']> = new Set([
  'needs-you',
  'finished',
  'failed',
  'capped',
  'ended',
]);

function headline(message: MilestoneMessage, text: Text): string {
  const { what, card, said } = message;
  const { milestones } = text;
  const called = mention(message.userId);
  if (what.kind === 'needs-you' && said !== null)
    return said.shown === null ? `${milestones.asks(called)} ↑` : milestones.asks(called);
  switch (what.kind) {
    case 'pr':
      return milestones.pullRequest(pullRequestLink(what.url));
    case 'found-late':
      return milestones.foundLate(called);
    case 'duplicate':
      return milestones.duplicate(called, bold(linkedTitle(card, text)));
    default: {
      // The card may show another phase by now.
      const word = what.kind === 'near-cap' ? text.card.nearCap : phaseWord(what.kind, card.statusWord, text);
      const pullRequests = newestPullRequests(card).map(({ url }) => pullRequestLink(url));
      return facts(`${called} ${bold(word)}`, ...pullRequests, acuFact(card, text));
    }
  }
}

function body({ what, card, result }: MilestoneMessage, text: Text): (string | null)[] {
  const { milestones } = text;
  switch (what.kind) {
    case 'duplicate':
      return [milestones.stopEither(link(what.url, text.card.buttons.open))];
    case 'finished': {
      const shown = ifAny(result, (json) => fitCodeBlock(json, RESULT_LENGTH));
      return shown === null
        ? []
        : [`${milestones.result}\n${shown.block}`, shown.cut ? milestones.restInDevin : null];
    }
    default:
      // What to do at its own cap is on the card.
      return [isOwnCap(card.statusWord) ? null : meaningOf(what.kind, card.statusWord, text)];
  }
}

/** Buttons to answer with; once someone did, who it was. */
function questionEnd(message: MilestoneMessage, text: Text): Rendered | null {
  const { answered, card } = message;
  if (answered !== null) return small(answeredLine(answered, text));
  return card.phase === 'needs-you' && card.actions.includes('reply')
    ? buttonRow(...answerButtons(message, text))
    : null;
}

/** One for each option that the question offers. */
function answerButtons({ card, said }: MilestoneMessage, text: Text): Button[] {
  const answer = cardButton('reply', card, text);
  const { key: eventId, text: asked } = said ?? { key: '', text: '' };
  const options = questionOptions(asked);
  if (options.length === 0) return [answer];
  const { style: _style, ...other } = answer;
  return [
    ...options.map((words, at) => {
      const label = words.length > LABEL_LENGTH ? `${at + 1}. ${words}` : words;
      const value = optionValue.write({ requestId: card.requestId, eventId, words });
      return namedFor(card, button(optionAction(at), truncate(label, LABEL_LENGTH), value));
    }),
    namedFor(card, { ...other, text: { ...other.text, text: text.milestones.somethingElse } }),
  ];
}

function answeredLine({ userId, at, words }: Answered, { milestones }: Text): string {
  const shown = truncate(oneLine(replaceMentions(withoutCredentials(words), () => '@…')), ANSWER_LENGTH);
  const who = userId === null ? milestones.answeredInDevin : milestones.answeredBy(mention(userId));
  return facts(shown === '' ? who : `${who}: ${escape(shown)}`, shownTime(at.getTime()));
}

/** More would push everything else out of sight. */
const MOST_POSTS = 4;

/** Devin's message as Slack messages: its beginning, if it is very long. */
export function renderDevinMessage(markdown: string, text: Text): Rendered[] {
  return begun(markdownParts(markdown), isCut(markdown), text);
}

function begun(posts: Rendered[], isCutBefore: boolean, text: Text): Rendered[] {
  return posts.length > MOST_POSTS || isCutBefore
    ? [...posts.slice(0, MOST_POSTS - 1), line(text.milestones.restInDevin)]
    : posts;
}

/**
 * Shows the thread what a person told Devin elsewhere: quoted, since this app posts it, and without the credentials that
 * only Devin should get. It pings nobody. `name`: null: in Devin's web app.
 */
export function renderToldElsewhere(
  { name, words }: { name: string | null; words: string },
  text: Text,
): Rendered[] {
  const [first = null, ...rest] = quotedParts(withoutCredentials(words));
  const { fromWebApp, replied } = text.thread;
  const label = name === null ? fromWebApp : replied(escape(name));
  return begun([joinParts([line(label), first]), ...rest], false, text);
}

/** Names its session if the thread has another one. */
export function labeled(words: Rendered, card: SessionCard, text: Text): Rendered {
  return joinParts([small(linkedTitle(card, text)), words]);
}
