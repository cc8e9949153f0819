import { isAboutPerson } from './session/failure.ts';
import type { Failure, OverCeiling } from './session/failure.ts';
import { fields } from './session/fields.ts';
import type { RefusedIdentity } from './session/identity.ts';
import { acuWords, durationWords } from './text/amounts.ts';
import type { Text } from './text/index.ts';

type DevinFailure = Extract<Failure, { kind: 'devin' }>;
type GaveUp = Extract<Failure, { kind: 'gave-up' }>;

/** The sentence a person reads: what happened, why, what to do next. Plain text; renderers escape it. */
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

/** Why a person can't start a session, and what to do about it. */
export function refusalSentence(
  { reason, maskedEmail, about }: Pick<RefusedIdentity, 'reason' | 'maskedEmail' | 'about'>,
  text: Text,
): string {
  return text.notices.identity[reason](maskedEmail, about);
}

/** The rule is named, so that an administrator can be asked about it. */
function policyMessage(failure: Extract<Failure, { kind: 'policy' }>, text: Text): string {
  const { rule, say, over, lacksApprovers = false } = failure;
  return [
    lacksApprovers ? text.approval.nobody(rule) : text.policy.refusal(rule),
    ...(over === undefined ? [] : [overMessage(over, text)]),
    ...(say === null ? [] : [say]),
  ].join('\n');
}

/** What is left of a ceiling, what was asked for, when there is more, and what can be done now. */
function overMessage(
  { key, most, left, asked, renewsAtMs }: OverCeiling,
  { policy: { ceilings }, joins }: Text,
): string {
  const whole = Math.max(0, Math.floor(left));
  const day = new Date(renewsAtMs).toISOString().slice(0, 10);
  return joins.sentences([
    ceilings.left[key](acuWords(Math.max(0, left)), acuWords(most)),
    asked === null ? ceilings.askedAll : ceilings.asked(acuWords(asked)),
    ceilings.renews(day),
    whole > 0 && asked !== null ? ceilings.lower(String(whole)) : ceilings.wait,
  ]);
}

function approvalMessage(failure: Extract<Failure, { kind: 'approval' }>, { approval }: Text): string {
  const { end, by, reason, rule } = failure;
  const { ended } = approval.forRequester;
  const sentence = ended[end](by?.name ?? approval.someone, rule);
  return reason === null ? sentence : `${sentence}\n${approval.reason(reason)}`;
}

function gaveUp({ askedToWaitMs }: GaveUp, text: Text): string {
  const { problems } = text.card;
  return askedToWaitMs === undefined
    ? problems.gaveUp
    : problems.askedToWait(durationWords(askedToWaitMs, text));
}

/** Of a session that was asked for: why, whose matter it is, and that nothing was started. */
function devinMessage(failure: DevinFailure, text: Text): string {
  if (failure.code === 'invalid-request')
    return [refusal(failure, text), ...fieldLines(failure, text)].join('\n');
  // There is no session yet that could be opened.
  if (failure.code === 'conflict')
    return text.joins.sentences([text.devin.createConflict(failure.detail), text.notices.nothingStarted]);
  const conditions = isOfImpersonation(failure) ? [text.devin.impersonation] : [];
  return text.joins.sentences([devinReason(failure, text), ...conditions, text.notices.nothingStarted]);
}

/** Why Devin did not do something, in its own words first, then whose matter it is. */
export function devinReason({ code, status, detail, permission }: DevinFailure, text: Text): string {
  const said = detail === null ? '' : `${text.devin.refused(detail)}\n`;
  switch (code) {
    case 'unauthorized':
      return `${said}${text.devin.unauthorized}`;
    case 'forbidden':
      return `${said}${whoseMatter(detail, permission, text)}`;
    case 'not-found':
      return `${said}${isAboutPerson(detail) ? text.devin.aboutPerson : text.devin.notFound}`;
    case 'conflict':
      return text.devin.conflict(detail);
    default:
      return text.devin.unexpected(status, detail);
  }
}

function whoseMatter(detail: string | null, permission: string | null, text: Text): string {
  if (isAboutPerson(detail)) return text.devin.aboutPerson;
  return text.joins.sentences([text.devin.forbidden(permission), without(permission, text)]);
}

function isOfImpersonation({ code, detail, permission }: DevinFailure): boolean {
  if (isAboutPerson(detail)) return true;
  return code === 'forbidden' && (permission === null || permission === 'ImpersonateOrgSessions');
}

/** Devin's words about fields are shown beside each, not twice. */
function refusal({ detail, fieldErrors }: DevinFailure, text: Text): string {
  const isOfFields =
    detail !== null && fieldErrors.length > 0 && fieldErrors.every(({ message }) => detail.includes(message));
  return isOfFields ? text.devin.invalidFields : text.devin.invalid(detail);
}

/** Devin's word on a field, under the label the field has here. */
function fieldLines({ fieldErrors }: DevinFailure, text: Text): string[] {
  return fieldErrors.map(({ field, message }) => {
    const known = fields.find(({ key }) => key === field);
    return text.devin.invalidField(known === undefined ? field : text.fields[known.key].label, message);
  });
}

function without(permission: string | null, text: Text): string {
  const known = Object.entries(text.devin.without).find(([name]) => name === permission);
  return known?.[1] ?? '';
}
