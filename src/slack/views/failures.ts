import type { Failure } from '../../session/failure.ts';
import { fieldOf, fields } from '../../session/fields.ts';
import type { RefusedIdentity } from '../../session/identity.ts';
import type { Hurdle } from '../../session/policy/decide.ts';
import { capThatFits } from '../../session/policy/limits.ts';
import type { ReplyFailure } from '../../session/reply.ts';
import { acuWords, durationWords, moneyWords, type Text } from '../../text/index.ts';
import { optionWords } from './details-values.ts';
import { unescape } from './text.ts';

type DevinFailure = Extract<Failure, { kind: 'devin' }>;

/**
 * Why a request failed: what happened, why, what to do next; the place where it is shown says whether anything was started.
 * Plain text, as all of these are; renderers escape it.
 */
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
      return gaveUp(failure, text);
    case 'cancelled':
      return text.card.problems.cancelled;
  }
}

/** The same if the request may have started before. '': there is no reason. */
export function reasonMessage(failure: Failure, text: Text): string {
  if (failure.kind === 'cancelled') return text.card.problems.cancelledAgain;
  if (failure.kind !== 'devin') return userMessage(failure, text);
  return failure.detail === null ? '' : text.card.devinAnswered(failure.status, failure.detail);
}

/** Why a person can't start a session, and what to do about it. */
export function refusalSentence(
  { reason, maskedEmail, about }: Pick<RefusedIdentity, 'reason' | 'maskedEmail' | 'about'>,
  text: Text,
): string {
  const { identity } = text.notices;
  if (reason === 'bot' || reason === 'deactivated') return identity.external(maskedEmail);
  return identity[reason](maskedEmail, about);
}

/** What a look-up of a person finds if Devin doesn't accept the app's key. Rethrows other errors. */
export function keyRefused(error: unknown): 'key-refused' {
  if (error instanceof Error && 'code' in error && error.code === 'unauthorized') return 'key-refused';
  throw error;
}

/** Only an admin can change these. */
const FOR_AN_ADMIN: ReadonlySet<string> = new Set(['unauthorized', 'payment-required', 'forbidden']);

type Marked = Extract<ReplyFailure, { kind: 'requester-only' | 'members-only' | 'over-budget' }>;

/** Why a reply didn't reach Devin. Sentences with mentions are elsewhere: `refuseSteering`, `overBudgetWords`. */
export function replyMessage(failure: Exclude<ReplyFailure, Marked>, text: Text): string {
  switch (failure.kind) {
    case 'ended':
      return text.thread.ended;
    case 'not-started':
      return text.thread.notStarted;
    case 'archived':
      return text.thread.archived(failure.detail);
    case 'not-in-conversation':
      return text.steering.notInConversation;
    case 'gave-up':
      return failure.waiting === 'slack' ? text.thread.gaveUpOnSlack : text.thread.gaveUp;
    case 'devin':
      if (failure.code === 'not-found') return text.thread.gone(failure.detail);
      if (FOR_AN_ADMIN.has(failure.code)) return devinReason(failure, text);
      return text.devin.refused(failure.detail);
    default:
      return userMessage(failure, text);
  }
}

/** Why Devin didn't do what a person wanted at once, such as stopping a session. */
export function actionMessage(failure: DevinFailure, text: Text): string {
  switch (failure.code) {
    case 'rate-limited':
    case 'not-sent':
    case 'unavailable':
    case 'no-answer':
      return text.devin.notNow;
    case 'invalid-request':
      return text.devin.refused(failure.detail);
    default:
      return devinReason(failure, text);
  }
}

function policyMessage(
  { hurdles, lacksApprovers = false }: Extract<Failure, { kind: 'policy' }>,
  text: Text,
): string {
  const lacks = lacksApprovers ? [text.policy.why.lacksApprovers] : [];
  return [...lacks, ...hurdles.map((hurdle) => hurdleSentence(hurdle, text))].join('\n');
}

/** What keeps a request from starting, and what would not. Plain. A rule has its own words, and its name, so that people can ask about it. */
export function hurdleSentence(hurdle: Hurdle, text: Text): string {
  const { policy, joins } = text;
  const { hurdles, money } = policy;
  const lower = (most: number | null): string => (most === null ? '' : hurdles.lower(acuWords(most)));
  switch (hurdle.kind) {
    case 'rule':
      return hurdle.say === null
        ? (hurdle.verdict === 'refuse' ? policy.refusal : hurdles.asks)(hurdle.rule)
        : joins.sentences([hurdle.say, `(${text.approval.message.rule(hurdle.rule)})`]);
    case 'set':
      return hurdles.set(joins.list(optionWords(hurdle.value, text).map(unescape)));
    case 'cap': {
      const { asked, most } = hurdle;
      return joins.sentences([hurdles.cap(acuWords(asked), acuWords(most)), lower(most)]);
    }
    case 'budget': {
      const { asked, ceiling } = hurdle;
      const counted = joins.labeled(money.whose[ceiling.key], `${moneyWords(ceiling, text)}.`);
      return joins.sentences([counted, hurdles.asked(acuWords(asked)), lower(capThatFits(ceiling))]);
    }
  }
}

function approvalMessage(
  { end, by, reason }: Extract<Failure, { kind: 'approval' }>,
  { approval }: Text,
): string {
  return [
    approval.message.ended[end](by?.name ?? approval.someone),
    ...(reason === null ? [] : [approval.reason(reason)]),
  ].join('\n');
}

function gaveUp({ waiting, askedToWaitMs }: Extract<Failure, { kind: 'gave-up' }>, text: Text): string {
  const { problems } = text.card;
  if (waiting === 'slack') return problems.gaveUpOnSlack;
  return askedToWaitMs === undefined
    ? problems.gaveUp
    : problems.askedToWait(durationWords(askedToWaitMs, text));
}

/** Why a session wasn't created, and who can change that. */
function devinMessage(failure: DevinFailure, text: Text): string {
  if (failure.code === 'invalid-request')
    return [text.devin.refused(failure.detail), ...fieldLines(failure, text)].join('\n');
  // There is no session yet to open.
  if (failure.code === 'conflict')
    return [text.devin.refused(failure.detail), text.devin.createConflict].join('\n');
  const { code, detail, permission } = failure;
  if (code === 'forbidden' && (permission === null || OF_TWO_PARTIES.has(permission)))
    return [text.devin.refused(detail), text.devin.impersonation].join('\n');
  return devinReason(failure, text);
}

/** Devin may mean the app's service user, or the person as whom the session would run: both are named. */
const OF_TWO_PARTIES: ReadonlySet<string> = new Set(['UseDevinSessions', 'ImpersonateOrgSessions']);

/** Devin's own words first, then who can change it. */
function devinReason({ code, status, detail, permission }: DevinFailure, text: Text): string {
  const said = detail === null ? '' : `${text.devin.refused(detail)}\n`;
  switch (code) {
    case 'unauthorized':
      return `${said}${text.devin.unauthorized}`;
    case 'payment-required':
      return `${said}${text.devin.paymentRequired}`;
    case 'forbidden':
      return `${said}${text.devin.forbidden(permission)}`;
    case 'not-found':
      return `${said}${text.devin.notFound}`;
    case 'conflict':
      return text.devin.conflict(detail);
    default:
      return text.devin.unexpected(status, detail);
  }
}

/** Under the label that each field has in the form, unless Devin's reason says it. */
function fieldLines({ detail, fieldErrors }: DevinFailure, text: Text): string[] {
  const others = fieldErrors.filter(({ message }) => detail?.includes(message) !== true);
  return others.map(({ field, message }) => {
    const known = fields.find(({ key }) => key === field);
    return text.joins.labeled(known === undefined ? field : text.fields[known.key].label, message);
  });
}
