import { isAmong, pendingApproval, type Approval } from '../session/approval.ts';
import { withoutCredentials } from '../session/credentials.ts';
import { omitFields } from '../session/defaults.ts';
import { isEndedByPeople, isRefusal } from '../session/failure.ts';
import { isEmail, maskEmail, type Identity, type LookedUpIdentity } from '../session/identity.ts';
import { isOver, sessionPhase, type SessionPhase, STANDING } from '../session/lifecycle.ts';
import { threadState, type ThreadShare, type ThreadState } from '../session/preferences.ts';
import { readPrompt, excerpt } from '../session/prompt.ts';
import { isOpen, type RequestState } from '../session/request.ts';
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
import { bold, escape, ifAny, mention, oneLine, present, replaceMentions, truncate } from './views/text.ts';

const TITLE_LENGTH = 120;

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
export function cardView(rows: CardRows, text: Text): SessionCard {
  const { request, session } = rows;
  const { values } = request.draft;
  const drawn = session === null ? withoutSession(rows, text) : withSession({ ...rows, session }, text);
  const { snapshot } = session ?? {};
  return {
    requestId: request.id,
    title: titleOf(request, snapshot?.title),
    requester: request.userId,
    people: peopleFacts(request, session, text),
    repos: values.repos ?? [],
    mode: snapshot?.devinMode ?? values.devin_mode ?? null,
    notes: [...approvalNotes(request, text), ...leftOutNotes(request, text)],
    problem: ifAny(problemOf(request, text), (problem) => problem.replace(/\n[^]*/, '')),
    ...drawn,
    actions: cardActions(request, session, drawn),
  };
}

/** Of a request without a session. */
const IN_STATE: Record<RequestState, SessionPhase> = {
  accepted: 'queued',
  held: 'queued',
  ready: 'queued',
  'awaiting-approval': 'needs-approval',
  sending: 'starting',
  created: 'starting',
  unknown: 'unknown',
  refused: 'failed',
  failed: 'failed',
};

const USUAL_WAIT_MS = 10_000;

function withoutSession({ request, nowMs }: CardRows, text: Text) {
  const { state, failure, draft } = request;
  const phase = IN_STATE[state];
  const isEnded = failure !== null && isEndedByPeople(failure);
  const waitedMs = nowMs - askedAt(request).getTime();
  const lastedMs = isOpen(state) && waitedMs >= USUAL_WAIT_MS ? waitedMs : null;
  return {
    phase: phase === 'failed' && isEnded ? 'ended' : phase,
    statusWord: null,
    url: null,
    acuLimit: phase === 'failed' ? null : (draft.values.max_acu_limit ?? null),
    acusUsed: 0,
    lastedMs,
    waits: waitsFor(request, lastedMs !== null, text),
    pullRequests: [],
    lastWords: null,
    thread: null,
    threadLine: null,
    inPlace: wordInPlace(request, text),
  };
}

/** That it can still be canceled with a press, or that it is over. Escaped. */
function wordInPlace({ state, failure }: SessionRequest, { card }: Text): string | null {
  if (state === 'held') return card.held;
  if (IN_STATE[state] !== 'failed') return null;
  return failure?.kind === 'cancelled' ? card.canceledBy(mention(failure.userId)) : card.notStarted;
}

/** For what, until when, or since when in vain. Escaped; null: it doesn't wait, or it isn't known. */
function waitsFor(
  { state, waiting, approvalUntil, checkedAt }: SessionRequest,
  isLong: boolean,
  { approval, card, joins }: Text,
): string | null {
  switch (state) {
    case 'awaiting-approval':
      return ifAny(approvalUntil, (until) => approval.until(shownMoment(until.getTime(), { joins })));
    case 'unknown':
      return ifAny(checkedAt, (at) => card.checked(shownTime(at.getTime())));
    default: {
      const isUnanswered = state === 'sending' && isLong;
      return ifAny(waiting, (what) => card.waitsFor[what]) ?? (isUnanswered ? card.waitsFor.answer : null);
    }
  }
}

function withSession(rows: CardRows & { session: SessionRow }, text: Text) {
  const { request, session, share = 'alone', nowMs } = rows;
  const { snapshot, lastWords } = session;
  // A new session's recorded phase is `starting` until the first poll, which announces what it has come to.
  const phase = session.phase === 'gone' ? 'gone' : sessionPhase(snapshot, session.wasFinished);
  const here = rows.here ?? { listen: session.listen, began: beganBy(session, request) };
  const isMuted = session.mutedBy !== null;
  const thread = isOver({ ...session, phase }) ? null : threadState(isMuted, here);
  const untilMs = STANDING[session.phase] === 'earlier' ? session.phaseAt.getTime() : nowMs;
  return {
    phase,
    statusWord: snapshot.statusDetail,
    url: snapshot.url,
    acuLimit: capNow(request.draft.values.max_acu_limit ?? null, snapshot.acusConsumed, phase),
    acusUsed: snapshot.acusConsumed,
    lastedMs: Math.max(0, untilMs - snapshot.createdAt * 1000),
    waits: null,
    pullRequests: snapshot.pullRequests.map(({ prUrl, prState }) => ({ url: prUrl, state: prState })),
    lastWords,
    thread,
    threadLine: thread && threadLine(session, { thread, share }, text),
    inPlace: steered(session, text),
  };
}

/** null: it has none, or someone has raised it in Devin, which doesn't say to what. */
function capNow(cap: number | null, used: number, phase: SessionPhase): number | null {
  return cap !== null && used > cap && phase !== 'capped' ? null : cap;
}

/** What is switched off in the thread, or which of its sessions is heard; on a person's first card, also how it works. Escaped. */
function threadLine(
  { mutedBy, introducesThread }: SessionRow,
  { thread, share }: { thread: ThreadState; share: ThreadShare },
  { card }: Text,
): string | null {
  if (mutedBy !== null) return card.mutedBy(mention(mutedBy));
  if (share !== 'alone') return card.shared[share];
  if (thread === 'mentions') return card.mentionsOnly;
  return introducesThread ? card.repliesGoToDevin : null;
}

/** Who ended or archived it from Slack. Escaped. */
function steered({ stoppedBy, archivedBy, snapshot }: SessionRow, { card }: Text): string | null {
  if (stoppedBy !== null && snapshot.status === 'exit') return card.endedBy(mention(stoppedBy));
  return archivedBy !== null && snapshot.isArchived ? card.archivedBy(mention(archivedBy)) : null;
}

/** `named`: by Devin. A mention would appear as an id. */
function titleOf({ id, prompt, draft }: SessionRequest, named: string | null = null): string {
  const { title = '', prompt: asked = '' } = draft.values;
  // With names instead of ids, once they are looked up for the prompt.
  const task = prompt === null ? asked : readPrompt(prompt, id).task;
  const given = withoutCredentials(named ?? title);
  return replaceMentions(given === '' ? firstLine(withoutCredentials(task)) : given, () => '@…');
}

/** The first line with a word in it: not the fence of a code block. */
function firstLine(prompt: string): string {
  const lines = prompt.split('\n').map((line) => line.trim().replace(/^```/, ''));
  return truncate(lines.find((one) => /[\p{L}\p{N}]/u.test(one)) ?? '', TITLE_LENGTH);
}

/** The requester's name, since a mention would notify them, and who it runs as if it's someone else. Escaped. */
function peopleFacts(
  { identity, userId, source }: SessionRequest,
  session: SessionRow | null,
  { card }: Text,
): string[] {
  const known = identity?.kind === 'refused' ? null : identity;
  const { slackName = '' } = known ?? {};
  const as = known && runsAs(known, session, card.serviceUser);
  // Who follows a session has not asked for it.
  const asker = source === 'follow' ? '' : card.requestedBy(mention(userId));
  return present([fact(slackName) || asker, ifAny(as, (name) => card.as(fact(name)))]);
}

/** Devin may name another member than the one it was asked for. null: the requester, by name. */
function runsAs(
  asked: Exclude<Identity, { kind: 'refused' }>,
  session: SessionRow | null,
  serviceUser: string,
): string | null {
  if (asked.kind === 'service-user') return serviceUser;
  const { devinUserId, name, how, slackName = '' } = asked;
  const { userId = null, serviceUserId = null } = session?.snapshot ?? {};
  if (userId !== null && userId !== devinUserId) return userId === serviceUserId ? serviceUser : userId;
  const byEmail = how === 'email';
  // Devin has no name for them, and a card is public.
  if (isEmail(name)) return byEmail ? null : maskEmail(name);
  return isSameName(name, slackName, byEmail) ? null : name;
}

/** The same name; if the email address matches, one name can be the beginning of the other. */
function isSameName(inDevin: string, inSlack: string, byEmail: boolean): boolean {
  const [one, other] = [wordsOf(inDevin), wordsOf(inSlack)];
  return byEmail ? one.startsWith(other) || other.startsWith(one) : one === other;
}

const wordsOf = (name: string): string => `${oneLine(name).toLowerCase()} `;

/** The sentences on a card and in its Details. */

/** As many of the possible approvers as fit are named. */
const NAMES_LENGTH = 200;

/** Who approved, and whose approval is missing. */
export function approvalNotes(request: SessionRequest, text: Text): string[] {
  const given = request.approvals.filter(({ end }) => end?.kind === 'approved');
  return present([
    ...given.map((approval) => approvedBy(approval, text)),
    ...(ifAny(pendingApproval(request), ({ approval }) => waitingForApproval(approval, text)) ?? []),
  ]);
}

function waitingForApproval(approval: Approval, text: Text): (string | null)[] {
  const { onCard } = text.approval;
  const { say, need, people, yes } = approval;
  const others = people.filter((one) => !isAmong(yes, one)).map(({ name }) => name);
  const left = need - yes.length;
  return [
    onCard.waits(truncate(text.joins.list(others), NAMES_LENGTH)),
    left > 1 ? text.approval.message.need(left) : null,
    say,
    approvedBy(approval, text),
  ];
}

/** null: nobody yet. */
function approvedBy({ yes }: Approval, { approval, joins }: Text): string | null {
  return yes.length === 0 ? null : approval.onCard.approved(joins.list(yes.map(({ name }) => name)));
}

export function leftOutNotes({ uploads }: SessionRequest, { notices }: Text): string[] {
  const { leftOut = [] } = uploads ?? {};
  return leftOut.map(({ name, reason }) => notices.leftOut[reason](name));
}

/** How the app knows who a session runs as; of the service user, why it does. */
function howKnown(identity: Exclude<Identity, { kind: 'refused' }>, { notices }: Text): string {
  if (identity.kind === 'matched') return notices.matchedBy[identity.how];
  const { off, noMatch } = notices.serviceUser;
  return identity.because === 'off' ? off : noMatch;
}

/** Who a person is in Devin, as a form and the answer to `whoami` say it. */
export function shownIdentity(identity: LookedUpIdentity, text: Text): FormIdentity {
  if (identity === 'key-refused') return unidentified(escape(text.devin.unauthorized));
  if (identity === null) return unidentified(text.steering.notLookedUp);
  if (identity.kind === 'refused') return cannotStart(refusalSentence(identity, text), text);
  const who = identity.kind === 'matched' ? bold(fact(identity.name)) : text.card.serviceUser;
  return { mayStart: true, who: text.modal.runsAs(who), how: escape(howKnown(identity, text)) };
}

/** Why nobody knows who they are, or not yet. */
export function unidentified(who: string): FormIdentity {
  return { mayStart: false, who, how: null };
}

export function cannotStart(why: string, { modal }: Text): FormIdentity {
  return unidentified(`:warning: ${modal.cannotStart(escape(why))}`);
}

/**
 * Why it failed. If it isn't known whether the session started, Devin's answer, or why it wasn't sent again. null: there
 * is nothing to say, or only the person who was refused is told.
 */
export function problemOf({ state, failure }: SessionRequest, text: Text): string | null {
  if (failure === null || state === 'refused') return null;
  if (state !== 'sending' && state !== 'unknown') return userMessage(failure, text);
  if (isRefusal(failure)) return null;
  const notSent = failure.kind === 'devin' ? '' : text.notices.notSentAgain;
  return text.joins.sentences([notSent, reasonMessage(failure, text)]) || null;
}

/** What everyone who was asked for this approval sees of a request; null: the approval is no longer known. */
export function approvalView(request: SessionRequest, number: number): ApprovalView | null {
  const { id, approvals, approvalUntil, userId, channelId, secretNames, draft } = request;
  const approval = approvals[number];
  if (approval === undefined) return null;
  return {
    requestId: id,
    number,
    approval,
    title: titleOf(request),
    untilMs: ifAny(approvalUntil, (until) => until.getTime()),
    requester: userId,
    channelId: isDirectMessage(channelId) ? null : channelId,
    task: draft.values.prompt ?? '',
    secretNames,
    asked: askedFor(request),
    names: draft.names ?? {},
  };
}

function askedFor({ id, draft, material, identity, prompt }: SessionRequest): ApprovalView['asked'] {
  const { files = [], leftOut = [], quoted } = material ?? {};
  return {
    values: omitFields(draft.values, ['prompt']),
    runsAs: identity?.kind === 'matched' ? identity.name : null,
    quotedMessages: excerpt(quoted?.messages ?? []).length,
    files: files.map(({ name }) => name),
    leftOut: leftOut.length,
    instructions: ifAny(prompt, (sent) => readPrompt(sent, id).instructions),
  };
}
