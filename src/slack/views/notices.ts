import type { Button } from '@slack/types';
import type { DevinFailure, Failure } from '../../session/failure.ts';
import { fieldOf } from '../../session/fields.ts';
import type { RefusedIdentity } from '../../session/identity.ts';
import type { Hurdle } from '../../session/policy/decide.ts';
import { capThatFits } from '../../session/policy/limits.ts';
import type { ReplyFailure } from '../../session/reply.ts';
import { type Text, acuWords, moneyWords } from '../../text/index.ts';
import { ACTION, CARD_ACTION } from '../edge/ids.ts';
import { approvalEnd } from './approval.ts';
import { shownMoment, optionWords } from './details.ts';
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
import { cardTitle, meaningOf, statusWord, type SessionCard } from './session-card.ts';
import {
  bold,
  code,
  escape,
  facts,
  fitCodeBlock,
  ifAny,
  link,
  lookup,
  mention,
  present,
  truncate,
  unescape,
} from './text.ts';

/** Private notices: what happened, why, what to do next. Sentences come escaped; what was typed comes raw. */

type Refusal = {
  /** Left out: that nothing was started. */
  title?: string;
  problems: readonly string[];
  typed?: string | null;
  /** The options beside the task, in a few words each. */
  options?: readonly string[];
  /** What can be done about it. */
  offer?: Button | null;
};

const PROBLEM_LENGTH = 1000;
const MAX_PROBLEMS = 20;

/** What was typed is quoted: Slack keeps neither a command nor what is typed into a box. */
export function refusal(refused: Refusal, text: Text): Rendered {
  const { title = text.notices.nothingStarted, typed = null, options = [], offer = null } = refused;
  const problems = refused.problems.slice(0, MAX_PROBLEMS).map((one) => truncate(one, PROBLEM_LENGTH));
  return joinParts([
    titled(title),
    packed(problems.length === 1 ? problems : problems.map((one) => `• ${one}`)),
    ...present([typed]).map((words) => line(`${text.notices.typed}\n${fitCodeBlock(words).block}`)),
    ...present([facts(...options)]).map(line),
    ifAny(offer, (one) => buttonRow(one)),
  ]);
}

/** `again`: the button that opens what Slack didn't open, or may not have opened. */
export function unopened(title: string, again: Button, { notices }: Text): Rendered {
  return offering(notices.notOpened(escape(title)), again);
}

export function notice(sentences: readonly (string | null)[]): Rendered {
  return packed(sentences);
}

/** The session takes no more messages; offers to start another. */
export function sessionOver(requestId: string, { card, thread }: Text): Rendered {
  return offering(thread.ended, button(CARD_ACTION['start-again'], card.buttons['start-again'], requestId));
}

/** Why nothing was done with a session. `name`: its title, or words in its place. Escaped. */
export function doneAlready(
  { name, card, sinceMs }: { name: string; card: SessionCard; sinceMs: number },
  text: Text,
): string {
  const how = facts(statusWord(card, text), shownMoment(sinceMs, text));
  return text.steering.already(name, how);
}

/** The card isn't where the person asked. `code`: Slack's reason, or ''. */
export function cardElsewhere(
  { code, link: url }: { code: string; link: string | null },
  text: Text,
): Rendered {
  const sentence = text.notices.cardElsewhere(slackRefusal(code, text));
  return notice([sentence, ifAny(url, (card) => link(card, text.notices.openCard))]);
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
  return notice([text.notices.noCard, ifAny(session, ({ url }) => link(url, text.card.buttons.open))]);
}

export function formButton(formId: string, text: Text): Button {
  return button(ACTION.openForm, text.notices.openForm, formId);
}

/** A sentence, and what to do about it. */
export function offering(sentence: string, offered: Button): Rendered {
  return joinParts([line(sentence), buttonRow(primary(offered))]);
}

const REASON_LENGTH = 2500;

type OutcomeMessage = {
  card: SessionCard;
  userId: string;
  reason: string | null;
  /** The card's address, unless the message is in its thread. */
  cardUrl: string | null;
};

/** Says why a request has no session, or may have none, and what to do. The buttons are on the card. */
export function renderOutcome(message: OutcomeMessage, text: Text): Rendered {
  const { card, userId, reason, cardUrl } = message;
  const event = bold(statusWord(card, text));
  const why = ifAny(reason, (words) => truncate(escape(words), REASON_LENGTH));
  return joinParts([
    line(facts(`${mention(userId)} ${event}`, escape(cardTitle(card, text)))),
    ...present([why, meaningOf(card.phase, null, text)]).map(line),
    ifAny(cardUrl, (url) => small(link(url, text.notices.openCard))),
  ]);
}

/** What the app does in a channel, in three lines. */
export function renderGreeting(command: string, text: Text): Rendered {
  const { greeting } = text.notices;
  const lines = [
    greeting.what,
    greeting.how(code(`${command} ${text.command.help.example}`)),
    greeting.privacy(code(`${command} help`)),
  ].join('\n');
  const start = button(ACTION.startHere, text.modal.title, 'channel');
  return joinParts([line(lines), buttonRow(start)]);
}

/** What happened, why, what to do next. Plain text, as all of these are; renderers escape it. */
export function userMessage(failure: Failure, text: Text): string {
  switch (failure.kind) {
    case 'identity':
      return refusalSentence(failure, text);
    case 'devin':
      return devinMessage(failure, text);
    case 'limit':
      return text.notices.limits[failure.limit](failure);
    case 'policy':
      return policyMessage(failure, text);
    case 'not-listed':
      return text.notices.notListed(fieldOf(failure.field).flag ?? '', failure.value);
    case 'approval':
      return approvalMessage(failure, text);
    case 'secrets-lost':
      return text.card.problems.secretsLost;
    case 'slack':
      return text.card.problems.slack(failure.code);
    case 'gave-up':
      return failure.waiting === 'slack' ? text.card.problems.gaveUpOnSlack : text.card.problems.gaveUp;
    case 'cancelled':
      return text.card.problems.cancelled;
  }
}

/** The same if the request may have started before. '': there is no reason. */
export function reasonMessage(failure: Failure, text: Text): string {
  if (failure.kind === 'cancelled') return '';
  if (failure.kind !== 'devin') return userMessage(failure, text);
  return ifAny(failure.detail, text.card.devinAnswered) ?? '';
}

/** Why a person can't start a session, and what to do about it. */
export function refusalSentence(
  { reason, maskedEmail, about }: Pick<RefusedIdentity, 'reason' | 'maskedEmail' | 'about'>,
  text: Text,
): string {
  const kind = reason === 'bot' || reason === 'deactivated' ? 'external' : reason;
  return text.notices.identity[kind]({
    maskedEmail,
    account: about?.account ?? '',
    other: about?.other ?? '',
  });
}

/** What a look-up of a person finds if Devin doesn't accept the app's key. Rethrows other errors. */
export function keyRefused(error: unknown): 'key-refused' {
  if (error instanceof Error && 'code' in error && error.code === 'unauthorized') return 'key-refused';
  throw error;
}

type Marked = Extract<ReplyFailure, { kind: 'requester-only' | 'members-only' | 'over-budget' }>;

/** Why a reply didn't reach Devin. Sentences with mentions are elsewhere: `refuseSteering`, `overBudgetWords`. */
export function replyMessage(failure: Exclude<ReplyFailure, Marked>, text: Text): string {
  switch (failure.kind) {
    case 'ended':
      return text.thread.ended;
    case 'not-started':
      return text.thread.notStarted;
    case 'archived':
      return afterDevin(failure.detail, text.thread.archived, text);
    case 'not-in-conversation':
      return text.steering.notInConversation;
    case 'devin':
      return devinReason(failure, text);
    default:
      return userMessage(failure, text);
  }
}

function policyMessage(
  { hurdles, lacksApprovers = false }: Extract<Failure, { kind: 'policy' }>,
  text: Text,
): string {
  const lacks = lacksApprovers ? text.policy.why.lacksApprovers : null;
  return present([lacks, ...hurdles.map((hurdle) => hurdleSentence(hurdle, text))]).join('\n');
}

/** Who can approve it, and how many of them have to. */
export function approversWords(need: number, names: string, { approval, policy, joins }: Text): string {
  return joins.sentences([need > 1 ? approval.message.need(need) : '', policy.why.approvers(names)]);
}

/** What keeps a request from starting, and what would not. Plain. A rule has its own words, and its name, so that people can ask about it. */
export function hurdleSentence(hurdle: Hurdle, text: Text): string {
  const { policy, joins } = text;
  const { hurdles, money } = policy;
  const lower = (most: number | null): string => ifAny(most, (acu) => hurdles.lower(acuWords(acu))) ?? '';
  switch (hurdle.kind) {
    case 'rule':
      return joins.sentences([
        hurdle.say ?? (hurdle.verdict === 'refuse' ? policy.refusal : policy.why.approve),
        `(${text.approval.message.rule(hurdle.rule)})`,
      ]);
    case 'set':
      return hurdles.set(joins.list(optionWords(hurdle.value, text).map(unescape)));
    case 'cap': {
      const { asked, most } = hurdle;
      return joins.sentences([hurdles.cap(acuWords(most)), hurdles.asked(acuWords(asked)), lower(most)]);
    }
    case 'budget': {
      const { asked, ceiling } = hurdle;
      const counted = `${money.whose[ceiling.key]}: ${moneyWords(ceiling, text)}.`;
      return joins.sentences([counted, hurdles.asked(acuWords(asked)), lower(capThatFits(ceiling))]);
    }
  }
}

function approvalMessage({ end, by, reason }: Extract<Failure, { kind: 'approval' }>, text: Text): string {
  return present([approvalEnd(end, by?.name ?? '', text), ifAny(reason, text.approval.reason)]).join('\n');
}

/** Why a session wasn't created, and who can change that. */
function devinMessage(failure: DevinFailure, text: Text): string {
  const { code, detail } = failure;
  if (code === 'invalid-request')
    return [devinReason(failure, text), ...fieldLines(failure, text)].join('\n');
  // Devin may mean the app's service user, or the person as whom the session would run: both are named.
  if (code === 'forbidden') return [text.devin.refused(detail), text.devin.impersonation].join('\n');
  return devinReason(failure, text);
}

/** Why Devin didn't do what a person wanted: its own words first, then who can change it. */
export function devinReason({ code, detail }: DevinFailure, text: Text): string {
  const { devin } = text;
  switch (code) {
    case 'rate-limited':
    case 'not-sent':
    case 'unavailable':
    case 'no-answer':
      return devin.notNow;
    case 'invalid-request':
    case 'conflict':
      return devin.refused(detail);
    case 'unauthorized':
      return afterDevin(detail, devin.unauthorized, text);
    case 'payment-required':
      return afterDevin(detail, devin.paymentRequired, text);
    case 'forbidden':
      return afterDevin(detail, devin.forbidden, text);
    case 'not-found':
      return afterDevin(detail, devin.notFound, text);
    case 'unexpected':
      return present([ifAny(detail, text.card.devinAnswered), devin.unexpected]).join('\n');
  }
}

/** Devin's own words first, if it gave any. */
function afterDevin(detail: string | null, then: string, { devin }: Text): string {
  return present([ifAny(detail, devin.refused), then]).join('\n');
}

/** Under the label that each field has in the form, unless Devin's reason says it. */
function fieldLines({ detail, fieldErrors }: DevinFailure, text: Text): string[] {
  const others = fieldErrors.filter(({ message }) => detail?.includes(message) !== true);
  return others.map(({ field, message }) => {
    const { label } = lookup(text.fields, field) ?? { label: field };
    return `${label}: ${message}`;
  });
}
