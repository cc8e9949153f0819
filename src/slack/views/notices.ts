import type { Button } from '@slack/types';
import type { SessionPhase } from '../../session/lifecycle.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, CARD_ACTION } from '../edge/ids.ts';
import { shownMoment } from './details-values.ts';
import {
  button,
  buttonRow,
  joinParts,
  line,
  packed,
  primary,
  small,
  titled,
  type Rendered,
} from './objects.ts';
import { BETWEEN_FACTS, cardTitle, statusWord, type SessionCard } from './session-card.ts';
import { bold, code, escape, fitCodeBlock, link, lookup, truncate } from './text.ts';

/** Private notices: what happened, why, what to do next. Sentences come escaped; what was typed comes raw. */

type Refusal = {
  problems: string[];
  /** Slack no longer shows a command once it is sent, so it is quoted. */
  typed: string | null;
  /** The options beside the task, in a few words each. */
  options?: readonly string[];
  /** The form with what was typed; null: none. */
  formId: string | null;
  title?: string;
};

const PROBLEM_LENGTH = 1000;
const MAX_PROBLEMS = 20;

export function refusal({ problems, typed, options = [], formId, title }: Refusal, text: Text): Rendered {
  const quoted = [
    ...(typed === null || typed.trim() === '' ? [] : quoteTyped(typed, formId !== null, text)),
    ...(options.length === 0 ? [] : [options.join(' · ')]),
  ];
  return joinParts([
    titled(title ?? text.notices.nothingStarted),
    packed(problemLines(problems)),
    ...quoted.map(line),
    ...(formId === null ? [] : [buttonRow(formButton(formId, text))]),
  ]);
}

/** `again`: the button that opens what Slack didn't open, or may not have opened. */
export function unopened(title: string, again: Button, { notices }: Text): Rendered {
  return joinParts([line(notices.notOpened(escape(title))), offering(again)]);
}

export function notice(sentences: readonly string[]): Rendered {
  return joinParts([packed(sentences)]);
}

/** The session takes no more messages; offers to start another. */
export function sessionOver(
  { requestId, phase }: { requestId: string; phase: SessionPhase },
  text: Text,
): Rendered {
  const again = button(CARD_ACTION['start-again'], text.card.buttons['start-again'], requestId);
  return joinParts([line(phase === 'gone' ? text.thread.gone(null) : text.steering.over), offering(again)]);
}

/** Why nothing was done with a session. `name`: its title, or words in its place. Escaped. */
export function doneAlready(
  { name, card, sinceMs }: { name: string; card: SessionCard; sinceMs: number },
  text: Text,
): string {
  const how = [statusWord(card, text), shownMoment(sinceMs, text)].join(BETWEEN_FACTS);
  return text.steering.already(name, how);
}

/** The card isn't where the person asked. `code`: Slack's reason, or ''. */
export function cardElsewhere(
  { code, link: url }: { code: string; link: string | null },
  text: Text,
): Rendered {
  const sentence = text.notices.cardElsewhere(slackRefusal(code, text));
  return notice(url === null ? [sentence] : [sentence, link(url, text.notices.openCard)]);
}

/** Why Slack took no message there, by its code. */
export function slackRefusal(code: string, { notices }: Text): string {
  // Such as `restricted_action_read_only_channel`.
  const why = code.startsWith('restricted_action') ? 'restricted_action' : code;
  const key = why === 'message_not_found' ? 'thread_not_found' : why;
  return lookup(notices.slackRefused, key) ?? notices.slackRefusedOther(escape(code));
}

/** Slack refuses the card everywhere. */
export function noCard(session: { url: string } | null, text: Text): Rendered {
  const sentence = text.notices.noCard;
  return notice(session === null ? [sentence] : [sentence, link(session.url, text.card.buttons.open)]);
}

function problemLines(problems: readonly string[]): string[] {
  const lines = problems.slice(0, MAX_PROBLEMS).map((problem) => truncate(problem, PROBLEM_LENGTH));
  return lines.length === 1 ? lines : lines.map((line) => `• ${line}`);
}

/** Each is its own section, so that the end of the code block is never cut off. */
function quoteTyped(typed: string, inForm: boolean, text: Text): string[] {
  const { block, cut } = fitCodeBlock(typed);
  return [`${text.notices.typed}\n${block}`, ...(cut && inForm ? [text.notices.typedCut] : [])];
}

export function formButton(formId: string, text: Text): Button {
  return button(ACTION.openForm, text.notices.openForm, formId);
}

function offering(offered: Button): Rendered {
  return buttonRow(primary(offered));
}

const REASON_LENGTH = 2500;

type OutcomeMessage = {
  card: SessionCard;
  userId: string;
  reason: string | null;
  /** It wasn't confirmed, and that has changed. */
  isOver: boolean;
  /** The card's address, unless the message is in its thread. */
  cardUrl: string | null;
};

/** Says why a request has no session, or may have none, and what to do. The buttons are on the card. */
export function renderOutcome(message: OutcomeMessage, text: Text): Rendered {
  const { card, userId, reason, isOver, cardUrl } = message;
  const { notices, milestones } = text;
  const isUnknown = isOver || card.phase === 'unknown';
  const event = bold(isUnknown ? text.card.phases.unknown : statusWord(card, text));
  const lines = [
    [`<@${escape(userId)}> ${event}`, escape(cardTitle(card, text))].join(BETWEEN_FACTS),
    ...(reason === null || isOver ? [] : [truncate(escape(reason), REASON_LENGTH)]),
    ...(isOver ? [milestones.changedSince] : []),
    ...(isUnknown && !isOver ? [text.card.meaning.unknown.any] : []),
  ];
  const below = cardUrl === null ? [] : [small(link(cardUrl, notices.openCard))];
  return joinParts([...lines.map(line), ...below]);
}

/** What the app does in a channel, in three lines. */
export function renderGreeting(command: string, { notices: { greeting }, home }: Text): Rendered {
  const lines = [
    greeting.what,
    greeting.how(code(`${command} ${greeting.example}`)),
    greeting.privacy(code(`${command} help`)),
  ].join('\n');
  const start = button(ACTION.startHere, home.start, 'channel');
  return joinParts([line(lines), buttonRow(start)]);
}
