import { isAmong, pendingApproval, type Approval, type Voter } from '../session/approval.ts';
import type { LeftOut } from '../session/context.ts';
import { withoutCredentials } from '../session/credentials.ts';
import { omitFields } from '../session/defaults.ts';
import { isEndedByPeople, isRefusal } from '../session/failure.ts';
import { isEmail, maskEmail, type Identity, type LookedUpIdentity } from '../session/identity.ts';
import { sessionPhase, type SessionPhase } from '../session/lifecycle.ts';
import { threadState, type ThreadShare, type ThreadState } from '../session/preferences.ts';
import { readPrompt, excerpt, instructionsIn } from '../session/prompt.ts';
import type { RequestState } from '../session/request.ts';
import { isClosed, type SessionSnapshot } from '../session/snapshot.ts';
import { askedAt, type SessionRequest } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import { beganBy, type ThreadHere, isDirectMessage } from './edge/places.ts';
import type { ApprovalView } from './views/approval.ts';
import { cardActions } from './views/card-buttons.ts';
import { shownMoment, shownTime } from './views/details.ts';
import { reasonMessage, refusalSentence, userMessage } from './views/notices.ts';
import { fact, type SessionCard } from './views/session-card.ts';
import type { FormIdentity } from './views/session-form.ts';
import { bold, escape, oneLine, replaceMentions, truncate } from './views/text.ts';

const TITLE_LENGTH = 120;
/** What a card shows while its session can still be canceled with a press. */
const HELD = 'held';

type CardRows = {
  request: SessionRequest;
  session: SessionRow | null;
  /** How its thread works; left out or null: as far as the session alone can tell. */
  here?: ThreadHere | null;
  /** Left out: the session is alone in its thread. */
  share?: ThreadShare;
  nowMs: number;
};

/** The card of a request, drawn from the two rows alone. */
export function cardView(
  { request, session, here, share = 'alone', nowMs }: CardRows,
  text: Text,
): SessionCard {
  const { values } = request.draft;
  const snapshot = session?.snapshot ?? null;
  const phase = phaseOf(request, session);
  const lastedMs = session === null ? waited(request, phase, nowMs) : elapsed(session, nowMs);
  const thread = session && stateOfThread(session, here ?? hereOf(session, request), phase);
  return {
    requestId: request.id,
    phase,
    statusWord: statusWordOf(request, snapshot, phase),
    title: titleOf(request, snapshot),
    requester: request.userId,
    people: peopleFacts(request, snapshot, text),
    url: session?.url ?? null,
    repos: values.repos ?? [],
    mode: snapshot?.devinMode ?? values.devin_mode ?? null,
    acuLimit: capNow(request, session, phase),
    acusUsed: snapshot?.acusConsumed ?? 0,
    lastedMs,
    waits: waitsFor(request, lastedMs, text),
    pullRequests: (snapshot?.pullRequests ?? []).map(({ prUrl: url, prState: state }) => ({ url, state })),
    lastWords: session?.lastWords ?? null,
    notes: notesOf(request, text),
    thread,
    threadLine: session && thread && threadLine(session, { thread, share }, text),
    problem: problemOf(request, text)?.split('\n')[0] ?? null,
    steered: steered(request, session, text),
    actions: cardActions(request, session, { phase, thread }),
  };
}

/** A mention would appear as an id. */
function titleOf(request: SessionRequest, snapshot: SessionSnapshot | null): string {
  const named = snapshot?.title ?? request.draft.values.title;
  const title =
    named === undefined ? firstLine(withoutCredentials(taskOf(request))) : withoutCredentials(named);
  return replaceMentions(title, () => '@…');
}

/** With names instead of ids, once they are looked up for the prompt. */
function taskOf({ id, prompt, draft }: SessionRequest): string {
  return prompt === null ? (draft.values.prompt ?? '') : readPrompt(prompt, id).task;
}

/** A new session's recorded phase is `starting` until the first poll, which announces what it has come to. */
function phaseOf(request: SessionRequest, session: SessionRow | null): SessionPhase {
  switch (request.state) {
    case 'created':
      if (session === null) return 'starting';
      return session.phase === 'gone' ? 'gone' : sessionPhase(session.snapshot, session.wasFinished);
    case 'sending':
      return 'starting';
    case 'unknown':
      return 'unknown';
    case 'refused':
    case 'failed':
      return request.failure !== null && isEndedByPeople(request.failure) ? 'ended' : 'failed';
    case 'awaiting-approval':
      return 'needs-approval';
    default:
      return 'queued';
  }
}

/** null: it has none, or someone has raised it in Devin, which doesn't say to what. */
function capNow({ draft }: SessionRequest, session: SessionRow | null, phase: SessionPhase): number | null {
  const cap = draft.values.max_acu_limit ?? null;
  if (cap === null || session === null || session.snapshot.acusConsumed <= cap) return cap;
  return phase === 'capped' ? cap : null;
}

/** In these phases Devin's own word says more than the phase does. */
const IN_DEVINS_WORDS: ReadonlySet<SessionPhase> = new Set(['asleep', 'capped', 'needs-approval']);

function statusWordOf(
  { state }: SessionRequest,
  snapshot: SessionSnapshot | null,
  phase: SessionPhase,
): string | null {
  if (state === 'held') return HELD;
  return IN_DEVINS_WORDS.has(phase) ? (snapshot?.statusDetail ?? snapshot?.status ?? null) : null;
}

/** Phases in which the session's time still runs. */
const GOING_ON: ReadonlySet<SessionPhase> = new Set([
  'queued',
  'starting',
  'working',
  'needs-you',
  'needs-approval',
]);

function elapsed({ snapshot, phase, phaseAt }: SessionRow, nowMs: number): number {
  return Math.max(0, (GOING_ON.has(phase) ? nowMs : phaseAt.getTime()) - snapshot.createdAt * 1000);
}

const USUAL_WAIT_MS = 10_000;

/** Only before the session starts; after that, the card shows how long it has been running. */
function waited(request: SessionRequest, phase: SessionPhase, nowMs: number): number | null {
  if (phase !== 'queued' && phase !== 'starting') return null;
  const waitedMs = nowMs - askedAt(request).getTime();
  return waitedMs < USUAL_WAIT_MS ? null : waitedMs;
}

/** For what, until when, or since when in vain. Escaped; null: it doesn't wait, or it isn't known. */
function waitsFor(
  { state, waiting, approvalUntil, checkedAt }: SessionRequest,
  waitedMs: number | null,
  text: Text,
): string | null {
  switch (state) {
    case 'created':
      return null;
    case 'awaiting-approval':
      return approvalUntil && text.approval.until(shownMoment(approvalUntil.getTime(), text));
    case 'unknown':
      return checkedAt && text.card.checked(shownTime(checkedAt.getTime()));
    default: {
      const isUnanswered = state === 'sending' && waitedMs !== null;
      const what = waiting ?? (isUnanswered ? 'answer' : null);
      return what && text.card.waitsFor[what];
    }
  }
}

/** Who ended or archived it from Slack. Escaped. */
function steered(
  { state, failure }: SessionRequest,
  session: SessionRow | null,
  { card }: Text,
): string | null {
  const by = (userId: string): string => `<@${escape(userId)}>`;
  if (failure?.kind === 'cancelled' && (state === 'failed' || state === 'refused'))
    return card.canceledBy(by(failure.userId));
  if (session === null) return null;
  const { stoppedBy, archivedBy, snapshot } = session;
  if (stoppedBy !== null && snapshot.status === 'exit') return card.endedBy(by(stoppedBy));
  return archivedBy !== null && snapshot.isArchived ? card.archivedBy(by(archivedBy)) : null;
}

/** The requester's name, since a mention would notify them, and who it runs as if it's someone else. Escaped. */
function peopleFacts(
  { identity, userId, source }: SessionRequest,
  snapshot: SessionSnapshot | null,
  { card }: Text,
): string[] {
  const known = identity === null || identity.kind === 'refused' ? null : identity;
  const name = fact(known?.slackName ?? '');
  const as = known && runsAs(known, snapshot, card.serviceUser);
  // Who follows a session has not asked for it.
  const mention = source === 'follow' ? [] : [card.requestedBy(`<@${escape(userId)}>`)];
  return [...(name === '' ? mention : [name]), ...(as === null ? [] : [card.as(fact(as))])];
}

/** Devin may name another member than the one it was asked for. null: the requester, by name. */
function runsAs(
  asked: Exclude<Identity, { kind: 'refused' }>,
  snapshot: SessionSnapshot | null,
  serviceUser: string,
): string | null {
  if (asked.kind === 'service-user') return serviceUser;
  const { devinUserId, name, how, slackName = '' } = asked;
  const userId = snapshot?.userId ?? devinUserId;
  if (userId !== devinUserId) return userId === snapshot?.serviceUserId ? serviceUser : userId;
  const byEmail = how === 'email';
  // Devin has no name for them, and a card is public.
  if (isEmail(name)) return byEmail ? null : maskEmail(name);
  return isSameName(name, slackName, byEmail) ? null : name;
}

/** The same name; or, if the email address matches, one name starts with the other. */
function isSameName(inDevin: string, inSlack: string, byEmail: boolean): boolean {
  const [one, other] = [wordsOf(inDevin), wordsOf(inSlack)];
  return one === other || (byEmail && (one.startsWith(other) || other.startsWith(one)));
}

const wordsOf = (name: string): string => `${oneLine(name).toLowerCase()} `;

/** Phases in which nothing more goes to Devin. */
const OVER: ReadonlySet<SessionPhase> = new Set(['failed', 'ended', 'gone']);

function hereOf(session: SessionRow, request: SessionRequest): ThreadHere {
  return { listen: session.listen, began: beganBy(session, request) };
}

function stateOfThread(session: SessionRow, here: ThreadHere, phase: SessionPhase): ThreadState | null {
  if (OVER.has(phase) || isClosed(session.snapshot)) return null;
  return threadState({ muted: session.muted, ...here });
}

/** The first line with a word in it: not the fence of a code block. */
function firstLine(prompt: string): string {
  const lines = prompt.split('\n').map((line) => line.trim().replace(/^```/, ''));
  const line = lines.find((one) => /[\p{L}\p{N}]/u.test(one)) ?? lines.find((one) => one !== '') ?? '';
  return truncate(line, TITLE_LENGTH);
}

/** The sentences on a card and in its Details. */

function notesOf(request: SessionRequest, text: Text): string[] {
  const { identity } = request;
  const doubt = doubtOf(request, text);
  return [
    ...(identity?.kind === 'service-user' ? [identitySentence(identity, text)] : []),
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
    ...(yes.length === 0 ? [] : [onCard.approved(namesOf(yes, text))]),
  ];
}

const namesOf = (people: readonly Voter[], { joins }: Text): string =>
  joins.list(people.map(({ name }) => name));

export function leftOutNotes(leftOut: readonly LeftOut[], text: Text): string[] {
  return leftOut.map(({ name, reason }) => text.notices.leftOut[reason](name));
}

/** How the app knows who a session runs as; of the service user, why it does. */
export function identitySentence(identity: Exclude<Identity, { kind: 'refused' }>, text: Text): string {
  if (identity.kind === 'matched') return text.notices.matchedBy[identity.how];
  const { off, noMatch } = text.notices.serviceUser;
  return identity.because === 'off' ? off : noMatch;
}

/** Who a person is in Devin, as a form and the answer to `whoami` say it. */
export function shownIdentity(identity: LookedUpIdentity, text: Text): FormIdentity {
  if (identity === 'key-refused') return unidentified(escape(text.devin.unauthorized));
  if (identity === null) return unidentified(text.steering.notLookedUp);
  if (identity.kind === 'refused') return cannotStart(refusalSentence(identity, text), text);
  const who = identity.kind === 'matched' ? bold(escape(identity.name)) : text.card.serviceUser;
  const how = identitySentence(identity, text);
  return { mayStart: true, who: text.modal.runsAs.member(who), how: escape(how) };
}

/** Why nobody knows who they are, or not yet. */
export function unidentified(who: string): FormIdentity {
  return { mayStart: false, who, how: null };
}

export function cannotStart(why: string, { modal }: Text): FormIdentity {
  return unidentified(`:warning: ${modal.cannotStart(escape(why))}`);
}

/** What is switched off in the thread, or which of its sessions is heard; on a person's first card, also how it works. Escaped. */
function threadLine(
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

/** What everyone who was asked for this approval sees of a request; null: the approval is no longer known. */
export function approvalView(request: SessionRequest, number: number): ApprovalView | null {
  const { id, approvals, approvalUntil, userId, placeKind, channelId, secretNames, draft } = request;
  const approval = approvals[number];
  if (approval === undefined) return null;
  return {
    requestId: id,
    number,
    approval,
    title: titleOf(request, null),
    over: overOf(request, number),
    untilMs: approvalUntil?.getTime() ?? null,
    requester: userId,
    channelId: placeKind === 'direct' || isDirectMessage(channelId) ? null : channelId,
    task: draft.values.prompt ?? '',
    secretNames,
    asked: askedFor(request),
    names: draft.names ?? {},
  };
}

function askedFor({ id, draft, material, identity, prompt }: SessionRequest): ApprovalView['asked'] {
  return {
    values: omitFields(draft.values, ['prompt']),
    runsAs: identity?.kind === 'matched' ? identity.name : null,
    quotedMessages: excerpt(material?.quoted?.messages ?? []).length,
    files: material?.files.map(({ name }) => name) ?? [],
    leftOut: material?.leftOut.length ?? 0,
    instructions: prompt === null ? null : instructionsIn(prompt, id),
  };
}

function overOf(request: SessionRequest, number: number): ApprovalView['over'] {
  const { state, failure, approvals } = request;
  const end = approvals[number]?.end ?? null;
  if (end === null && state === 'awaiting-approval') return null;
  const by = end?.kind === 'approved' ? (approvals[number]?.yes ?? []) : [end?.by ?? []].flat();
  return {
    kind: end?.kind ?? (state === 'created' ? 'started' : 'canceled'),
    by: by.map(({ name }) => name),
    canceledBy: end === null && failure?.kind === 'cancelled' ? failure.userId : null,
    reason: end?.reason ?? null,
    atMs: end?.atMs ?? null,
    started: startedOf(request, number),
  };
}

/** An attempt that was sent before it waited may have started a session; one that was approved may start one, until it ends. */
function startedOf({ state, sentAt, approvals }: SessionRequest, number: number) {
  const isApproved = approvals[number]?.end?.kind === 'approved';
  if (state === 'created' || (isApproved && state !== 'failed' && state !== 'refused')) return null;
  if (sentAt === null) return 'nothingStarted';
  return state === 'unknown' && number === approvals.length - 1 ? 'notSentAgain' : null;
}
