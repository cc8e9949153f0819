import { isAmong, pendingApproval, type Approval, type Voter } from '../session/approval.ts';
import type { LeftOut, Without } from '../session/context.ts';
import { isRefusal } from '../session/failure.ts';
import type { Identity, LookedUpIdentity } from '../session/identity.ts';
import type { ThreadShare, ThreadState } from '../session/preferences.ts';
import type { RequestState } from '../session/request.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import { reasonMessage, refusalSentence, userMessage } from './views/failures.ts';
import type { FormIdentity } from './views/session-form.ts';

/** The sentences on a card and in its Details. */

/** `isWaitSaid`: the card shows beside the phase what it waits for. */
export function notesOf(request: SessionRequest, isWaitSaid: boolean, text: Text): string[] {
  const { identity } = request;
  const doubt = doubtOf(request, text);
  return [
    ...(identity?.kind === 'service-user' ? [identitySentence(identity, text)] : []),
    ...waitingNote(request, isWaitSaid, text),
    ...approvalNotes(request, text),
    ...(doubt === null ? [] : [doubt]),
    ...leftOutNotes(request.uploads?.leftOut ?? [], text),
  ];
}

/** How many of the possible approvers are named. */
const NAMED_APPROVERS = 5;

/** Who approved, and whose approval is missing. */
export function approvalNotes(request: SessionRequest, text: Text): string[] {
  const pending = pendingApproval(request);
  const given = request.approvals.filter(({ end }) => end?.kind === 'approved');
  return [
    ...given.map(({ yes }) => text.approval.onCard.approved(namesOf(yes, text))),
    ...(pending === null ? [] : waitingForApproval(pending.approval, text)),
  ];
}

function waitingForApproval(approval: Approval, text: Text): string[] {
  const { onCard } = text.approval;
  const { say, need, people, yes } = approval;
  const others = people.filter((one) => !isAmong(yes, one));
  const shown = others.slice(0, NAMED_APPROVERS);
  const names = onCard.names(
    shown.map(({ name }) => name),
    others.length - shown.length,
  );
  return [
    onCard.waits(need - yes.length, names),
    ...(say === null ? [] : [say]),
    ...(yes.length === 0 ? [] : [onCard.soFar(namesOf(yes, text))]),
  ];
}

const namesOf = (people: readonly Voter[], { joins }: Text): string =>
  joins.list(people.map(({ name }) => name));

export function leftOutNotes(leftOut: readonly LeftOut[], text: Text): string[] {
  return leftOut.map(({ name, reason }) => text.notices.leftOut[reason](name));
}

/** How many messages and files the person unticked, in words; null: none. */
export function untickedWords(without: Without | null | undefined, text: Text): string | null {
  const words = text.modal.context;
  const { messages = [], files = [] } = without ?? {};
  const counts = [
    ...(messages.length === 0 ? [] : [words.messages(messages.length)]),
    ...(files.length === 0 ? [] : [words.files(files.length)]),
  ];
  return counts.length === 0 ? null : text.joins.list(counts);
}

function waitingNote({ waiting }: SessionRequest, isSaid: boolean, text: Text): string[] {
  if (waiting === null) return [];
  return [isSaid && waiting !== 'looking' ? text.card.startsItself : waitingWords(waiting, text)];
}

/** Why a request waits, and what becomes of it. */
export function waitingWords(waiting: NonNullable<SessionRequest['waiting']>, { card }: Text): string {
  return waiting === 'looking' ? card.looking : `${card.waitsFor[waiting]} · ${card.startsItself}`;
}

/** How the app knows who a session runs as; of the service user, why it does. */
export function identitySentence(identity: Exclude<Identity, { kind: 'refused' }>, text: Text): string {
  if (identity.kind === 'matched') return text.notices.matchedBy[identity.how];
  const { off, noMatch } = text.notices.serviceUser;
  return identity.because === 'off' ? off : noMatch;
}

/** Who a person is in Devin, as a form and the answer to `whoami` say it. */
export function shownIdentity(identity: LookedUpIdentity, text: Text): FormIdentity {
  if (identity === 'key-refused') return { kind: 'not-known', why: text.devin.unauthorized };
  if (identity === null) return { kind: 'not-known', why: text.steering.notLookedUp };
  if (identity.kind === 'refused') return { kind: 'refused', why: refusalSentence(identity, text) };
  const { checkedAtMs } = identity;
  const how = identitySentence(identity, text);
  if (identity.kind === 'matched') return { kind: 'member', name: identity.name, how, checkedAtMs };
  const why = text.joins.sentences([text.notices.serviceUser.runsAs, how]);
  return { kind: 'service-user', why, checkedAtMs };
}

/** What is switched off in the thread, or which of its sessions is heard; on a person's first card, also how it works. Escaped. */
export function threadLine(
  { mutedBy, introducesThread }: SessionRow,
  { thread, share }: { thread: ThreadState; share: ThreadShare },
  { card }: Text,
): string | null {
  if (share !== 'alone' && thread !== 'muted') return card.shared[share];
  switch (thread) {
    case 'muted':
      return mutedBy === null ? card.muted : card.mutedBy(`<@${mutedBy}>`);
    case 'mentions':
      return card.mentionsOnly;
    default:
      return introducesThread ? card.repliesGoToDevin : null;
  }
}

/** Only the person who was refused is told why. */
export function problemOf({ state, failure }: SessionRequest, text: Text): string | null {
  return failure === null || state === 'refused' || isUnsure(state) ? null : userMessage(failure, text);
}

/**
 * If it isn't known whether the session started: Devin's answer, or why it wasn't sent again. null: there is nothing to
 * say, or only the person who was refused is told.
 */
export function doubtOf({ state, failure }: SessionRequest, text: Text): string | null {
  if (!isUnsure(state) || failure === null || isRefusal(failure)) return null;
  const notSent = failure.kind === 'devin' ? '' : text.notices.notSentAgain;
  const doubt = text.joins.sentences([notSent, reasonMessage(failure, text)]);
  return doubt === '' ? null : doubt;
}

const isUnsure = (state: RequestState): boolean => state === 'sending' || state === 'unknown';
