import { z } from 'zod';
import type { LocalSession } from '../../sandbox/devin/index.ts';
import type { Message } from '../../sandbox/slack/index.ts';
import { keyMark } from '../../src/slack/edge/metadata.ts';
import { auditThreads, type ThreadCounts } from './audit-threads.ts';
import {
  cardsIn,
  publicMessages,
  saysWithout,
  sessionIdsIn,
  tokenIn,
  type Attempt,
  type Ledger,
} from './ledger.ts';
import type { World } from './world.ts';

/** `wrong` stays wrong; `missing` can still come. */
export type Findings = { wrong: string[]; missing: string[] };

export type Audit = Findings & {
  accepted: number;
  created: number;
  notConfirmed: number;
  /** Declined or canceled. */
  notStarted: number;
  /** The request was on disk although Slack had given up. */
  startedUnanswered: number;
  cards: number;
  urlAfterMs: number[];
  threads: ThreadCounts;
  messages: number;
  pings: number;
};

type Seen = {
  sessionsOf: ReadonlyMap<string, readonly LocalSession[]>;
  cards: readonly Message[];
  /** By the id of the session it shows. */
  cardsOf: ReadonlyMap<string, readonly Message[]>;
  slack: World['slack'];
  ledger: Pick<Ledger, 'decided' | 'insisted'>;
};

/** Compares what was asked for and said with what Slack and Devin have now. */
export function audit(world: World, ledger: Ledger): Audit {
  const { slack, devin } = world;
  const findings: Findings = { wrong: [], missing: [] };
  const cards = cardsIn(slack);
  const seen = {
    sessionsOf: groupBy(devin.sessions, tokenOf),
    cards,
    cardsOf: cardsBySession(cards),
    slack,
    ledger,
  };
  for (const attempt of ledger.attempts) auditAttempt(attempt, seen, findings);
  auditStrays(devin.sessions, ledger, findings);
  auditMilestones(slack, findings);
  const threads = auditThreads(world, ledger, findings);
  const accepted = ledger.attempts.filter(({ outcome }) => outcome === 'accepted');
  const isCreated = ({ token }: Attempt): boolean => seen.sessionsOf.has(token);
  const posted = publicMessages(slack);
  return {
    ...findings,
    accepted: accepted.length,
    created: accepted.filter(isCreated).length,
    notConfirmed: accepted.filter(
      (one) => !isCreated(one) && saysWithout(slack, one.token) === 'not-confirmed',
    ).length,
    notStarted: accepted.filter((one) => !isCreated(one) && saysNotStarted(one.token, seen)).length,
    startedUnanswered: ledger.attempts.filter((one) => one.outcome === 'unanswered' && isCreated(one)).length,
    cards: cards.length,
    urlAfterMs: accepted.flatMap((one) => urlAfterMs(one, seen, ledger)),
    threads,
    messages: posted.length,
    pings: posted.reduce((sum, { text }) => sum + (text.match(/<@U/g)?.length ?? 0), 0),
  };
}

const tokenOf = ({ request }: LocalSession): string => tokenIn(request.prompt) ?? '';

function cardsBySession(cards: readonly Message[]): ReadonlyMap<string, Message[]> {
  const bySession = new Map<string, Message[]>();
  for (const card of cards) {
    for (const id of new Set(sessionIdsIn(card.text)))
      bySession.set(id, [...(bySession.get(id) ?? []), card]);
  }
  return bySession;
}

function auditAttempt({ token, person, outcome }: Attempt, seen: Seen, { wrong, missing }: Findings): void {
  const sessions = seen.sessionsOf.get(token) ?? [];
  const { ledger, cards } = seen;
  const most = 1 + (ledger.insisted.get(token) ?? 0);
  if (sessions.length > most) wrong.push(`${token}: ${sessions.length} sessions, ${idsOf(sessions)}`);
  if (outcome === 'refused' && sessions.length > 0) {
    wrong.push(`${token}: the person was told that nothing was started, but there is ${idsOf(sessions)}`);
  }
  if (sessions.length > 0) auditConsent(token, seen, wrong);
  const hasWord = saysWithout(seen.slack, token) === 'not-confirmed' || saysNotStarted(token, seen);
  if (outcome === 'accepted' && sessions.length === 0 && !hasWord) {
    missing.push(`${token}: accepted, but there is neither a session nor a word about it`);
  }
  for (const { id, userId } of sessions) {
    if (userId !== person.devinUserId) {
      wrong.push(`${token}: ${id} runs as ${userId ?? 'nobody'}, but ${person.devinUserId} asked`);
    }
    const own = seen.cardsOf.get(id) ?? [];
    // One that was found late, beside another, is announced under that one's card.
    if (most === 1 || own.length > 1) auditCards(token, own, { wrong, missing });
  }
  if (most > 1 && sessions.length > 0 && !sessions.some(({ id }) => seen.cardsOf.has(id)))
    missing.push(`${token}: no card shows the address of one of its sessions`);
  const about = cards.filter(({ text }) => tokenIn(text) === token);
  if (about.length > 1) wrong.push(`${token}: ${about.length} cards are about it`);
}

/** What was declined or canceled doesn't start. */
function auditConsent(token: string, { ledger }: Seen, wrong: string[]): void {
  const decision = ledger.decided.get(token);
  if (decision === 'decline' || decision === 'cancel')
    wrong.push(`${token}: there is a session, but nobody approved it`);
}

function auditCards(token: string, cards: readonly Message[], { wrong, missing }: Findings): void {
  if (cards.length === 0) missing.push(`${token}: no card shows the session's address`);
  if (cards.length > 1)
    wrong.push(`${token}: ${cards.length} cards, ${cards.map(({ ts }) => ts).join(', ')}`);
  for (const { ts, text } of cards) {
    if (tokenIn(text) !== token) wrong.push(`${token}: its address is on another card, ${ts}`);
  }
}

/** Only people end a request without a session. */
function saysNotStarted(token: string, { slack, ledger }: Seen): boolean {
  const decision = ledger.decided.get(token) ?? 'approve';
  if (decision === 'approve' || decision === 'both-approve') return false;
  return saysWithout(slack, token) === 'ended';
}

/** Sessions that nobody asked for. */
function auditStrays(sessions: readonly LocalSession[], { attempts }: Ledger, { wrong }: Findings): void {
  const tokens = new Set(attempts.map(({ token }) => token));
  for (const session of sessions) {
    if (!tokens.has(tokenOf(session))) wrong.push(`nobody asked for the session ${session.id}`);
  }
}

const markSchema = z.object({
  event_type: z.string(),
  event_payload: z.record(z.string(), z.unknown()),
});

/** Each event, each end and each question to an approver is told once. */
function auditMilestones(slack: World['slack'], { wrong }: Findings): void {
  const keys = publicMessages(slack).flatMap(({ metadata, channelId }) => {
    const { data } = markSchema.safeParse(metadata);
    if (data === undefined || data.event_type !== keyMark('').metadata.event_type) return [];
    return [`${channelId} ${Object.values(data.event_payload).join(' ')}`];
  });
  for (const [key, times] of groupBy(keys, (one) => one)) {
    if (times.length > 1) wrong.push(`${key}: told ${times.length} times`);
  }
}

function urlAfterMs({ token, sentAtMs }: Attempt, { sessionsOf }: Seen, ledger: Ledger): number[] {
  return (sessionsOf.get(token) ?? []).slice(0, 1).flatMap(({ id }) => {
    const shownAtMs = ledger.urlShownAtMs(id);
    return shownAtMs === null ? [] : [shownAtMs - sentAtMs];
  });
}

const idsOf = (sessions: readonly LocalSession[]): string => sessions.map(({ id }) => id).join(', ');

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
