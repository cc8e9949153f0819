import { withoutCredentials } from '../session/credentials.ts';
import { isEndedByPeople } from '../session/failure.ts';
import type { Identity } from '../session/identity.ts';
import { sessionPhase, type SessionPhase } from '../session/lifecycle.ts';
import { threadState, type ThreadShare, type ThreadState } from '../session/preferences.ts';
import { readPrompt } from '../session/prompt.ts';
import { isClosed, type SessionSnapshot } from '../session/snapshot.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import { notesOf, problemOf, threadLine } from './card-notes.ts';
import { beganBy, type ThreadHere } from './edge/places.ts';
import { cardActions } from './views/card-buttons.ts';
import type { SessionCard, WaitsFor } from './views/session-card.ts';
import { replaceMentions, truncate } from './views/text.ts';

const TITLE_LENGTH = 120;
/** What a card waiting for approval shows instead of Devin's status. */
const BEFORE_START = 'before-start';
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
  const waitedMs = session === null ? waited(request, phase, nowMs) : null;
  const how = session === null ? null : (here ?? hereOf(session, request));
  const thread = session === null || how === null ? null : stateOfThread(session, how, phase);
  return {
    requestId: request.id,
    phase,
    statusWord: statusWordOf(request, snapshot, phase),
    title: titleOf(request, snapshot),
    requester: request.userId,
    isFollowed: request.source === 'follow',
    requesterName: requesterName(request.identity),
    runsAs: runsAsNow(request.identity, snapshot),
    url: session?.url ?? null,
    repos: values.repos ?? [],
    mode: snapshot?.devinMode ?? values.devin_mode ?? null,
    acuLimit: capNow(request, session, phase),
    acusUsed: snapshot?.acusConsumed ?? null,
    elapsedMs: session === null ? null : elapsed(session, nowMs),
    waitedMs,
    waitsFor: waitedMs === null ? null : waitsFor(request),
    waitsUntilMs: request.state === 'awaiting-approval' ? (request.approvalUntil?.getTime() ?? null) : null,
    checkedAtMs: phase === 'unknown' ? (request.checkedAt?.getTime() ?? null) : null,
    pullRequests: (snapshot?.pullRequests ?? []).map(({ prUrl: url, prState: state }) => ({ url, state })),
    lastWords: session?.lastWords ?? null,
    notes: notesOf(request, waitedMs !== null, text),
    thread,
    threadLine: session === null || thread === null ? null : threadLine(session, { thread, share }, text),
    problem: problemOf(request, text)?.split('\n')[0] ?? null,
    steeredBy: steeredBy(request, session, phase),
    actions: cardActions(request, session, { phase, thread }),
  };
}

/** A mention would appear as an id. */
export function titleOf(request: SessionRequest, snapshot: SessionSnapshot | null): string {
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
  return phase === 'capped' && !session.told.includes('capped:2') ? cap : null;
}

/** In these phases Devin's own word says more than the phase does. */
const IN_DEVINS_WORDS: ReadonlySet<SessionPhase> = new Set(['asleep', 'capped', 'needs-approval']);

function statusWordOf(
  { state }: SessionRequest,
  snapshot: SessionSnapshot | null,
  phase: SessionPhase,
): string | null {
  if (state === 'held') return HELD;
  if (state === 'awaiting-approval') return BEFORE_START;
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

/** While the app searches Devin for a lost session, a note says so instead. */
function waitsFor({ state, waiting }: SessionRequest): WaitsFor | null {
  if (waiting !== null && waiting !== 'looking') return waiting;
  return state === 'sending' && waiting === null ? 'answer' : null;
}

/** Who ended or archived it from Slack. */
function steeredBy(
  { failure }: SessionRequest,
  session: SessionRow | null,
  phase: SessionPhase,
): SessionCard['steeredBy'] {
  if (phase === 'ended' && failure?.kind === 'cancelled') return { what: 'ended', userId: failure.userId };
  if (session === null) return null;
  const { stoppedBy, archivedBy, snapshot } = session;
  if (stoppedBy !== null && snapshot.status === 'exit') return { what: 'ended', userId: stoppedBy };
  return archivedBy !== null && snapshot.isArchived ? { what: 'archived', userId: archivedBy } : null;
}

export function requesterName(identity: Identity | null): string | null {
  return identity === null || identity.kind === 'refused' ? null : (identity.slackName ?? null);
}

export function runsAs(identity: Identity | null): SessionCard['runsAs'] {
  if (identity === null || identity.kind === 'refused') return null;
  return identity.kind === 'matched'
    ? { kind: 'member', name: identity.name, byEmail: identity.how === 'email' }
    : { kind: 'service-user' };
}

/** As whom the session runs: Devin may name another member than the one it was asked for. */
function runsAsNow(asked: Identity | null, snapshot: SessionSnapshot | null): SessionCard['runsAs'] {
  const { userId = null, serviceUserId = null } = snapshot ?? {};
  if (asked?.kind !== 'matched' || userId === null || userId === asked.devinUserId) return runsAs(asked);
  return userId === serviceUserId
    ? { kind: 'service-user' }
    : { kind: 'member', name: userId, byEmail: false };
}

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
