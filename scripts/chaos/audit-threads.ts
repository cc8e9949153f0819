import { DELIVERED_REACTION } from '../../src/slack/edge/ids.ts';
import { en } from '../../src/text/en.ts';
import type { Findings } from './audit.ts';
import { isOfEvent, publicMessages, type Ledger, type Reply, type Word } from './ledger.ts';
import type { World } from './world.ts';

export type ThreadCounts = {
  /** Replies that the app acknowledged, that Devin got, and whose authors were told that it isn't certain. */
  taken: number;
  heard: number;
  told: number;
  /** Messages of Devin, and those in their threads. */
  said: number;
  shown: number;
};

/** Replies and messages: each once, and in order. */
export function auditThreads(world: World, ledger: Ledger, findings: Findings): ThreadCounts {
  const replies = auditReplies(world, ledger, findings);
  const words = auditWords(world, ledger, findings);
  return { ...replies, ...words };
}

type Heard = { message: string; asUserId: string | null };

function auditReplies({ slack, devin }: World, ledger: Ledger, findings: Findings) {
  let [taken, heard, told] = [0, 0, 0];
  const heardBy = new Map<string, Heard[]>();
  for (const reply of ledger.replies) {
    const all = heardBy.get(reply.sessionId) ?? devin.session(reply.sessionId).messages;
    heardBy.set(reply.sessionId, [...all]);
    const times = all.filter(({ message }) => message.includes(reply.token));
    const isTaken = ledger.acceptedAtMs(reply.ts) !== null;
    const isTold = wasTold(slack, reply);
    taken += isTaken ? 1 : 0;
    heard += times.length > 0 ? 1 : 0;
    told += times.length === 0 && isTold ? 1 : 0;
    auditReply(reply, { times, isTaken, isTold, isMarked: isMarked(slack, reply) }, findings);
  }
  auditOrder(slack, { ledger, heardBy }, findings);
  return { taken, heard, told };
}

type Fate = { times: readonly Heard[]; isTaken: boolean; isTold: boolean; isMarked: boolean };

function auditReply({ token, person }: Reply, fate: Fate, { wrong, missing }: Findings): void {
  const { times, isTaken, isTold, isMarked: marked } = fate;
  if (times.length > 1) wrong.push(`${token}: Devin heard it ${times.length} times`);
  if (times.length === 0 && marked) wrong.push(`${token}: marked as delivered, but Devin never heard it`);
  if (times.length === 0 && isTaken && !isTold && !marked) {
    missing.push(`${token}: Devin has not heard it, and its author was not told`);
  }
  for (const { asUserId } of times) {
    if (asUserId !== person.devinUserId) wrong.push(`${token}: heard as ${asUserId ?? 'nobody'}`);
  }
}

/** Beside the thread, or in a direct message if Slack took no private one there. That Devin is at rest, people hear once in a thread. */
function wasTold(slack: World['slack'], reply: Reply): boolean {
  const { channelId, token, person } = reply;
  const beside = slack.messages(channelId).filter(({ ephemeralFor }) => ephemeralFor === person.userId);
  const direct = slack
    .messages(slack.directMessages(person.userId))
    .filter((one) => one.userId !== person.userId);
  const thread = messageOf(slack, reply)?.threadTs;
  const isAtRest = beside.some((one) => one.threadTs === thread && one.text.startsWith(en.thread.atRest));
  return isAtRest || [...beside, ...direct].some(({ text }) => text.includes(token));
}

function isMarked(slack: World['slack'], reply: Reply): boolean {
  return messageOf(slack, reply)?.reactions.has(DELIVERED_REACTION) === true;
}

function messageOf(slack: World['slack'], { channelId, ts }: Reply) {
  return slack.messages(channelId).find((one) => one.ts === ts);
}

type Talks = { ledger: Ledger; heardBy: ReadonlyMap<string, readonly Heard[]> };

/** A reply that the app had before the next one was written comes first, unless its author was told that it isn't certain. */
function auditOrder(slack: World['slack'], { ledger, heardBy }: Talks, { wrong }: Findings): void {
  for (const [sessionId, heard] of heardBy) {
    const inOrder = heard.flatMap(
      ({ message }) => ledger.replies.find(({ token }) => message.includes(token)) ?? [],
    );
    for (const [index, later] of inOrder.entries()) {
      const before = inOrder[index - 1];
      const takenAtMs = ledger.acceptedAtMs(later.ts);
      if (before === undefined || takenAtMs === null || takenAtMs >= before.sentAtMs) continue;
      if (wasTold(slack, later)) continue;
      wrong.push(`${later.token}: heard after ${before.token}, which was written later (${sessionId})`);
    }
  }
}

function auditWords({ slack }: World, { words }: Ledger, { wrong, missing }: Findings) {
  const relayed = publicMessages(slack)
    .filter((one) => !isOfEvent(one, 'devin_session'))
    .map((one) => ({ text: one.text, ts: one.ts, isCall: !isOfEvent(one, 'devin_message') }));
  let shown = 0;
  let before: (Word & { ts: string }) | null = null;
  for (const word of words.toSorted(bySession)) {
    // A call to the person can quote what is in the thread already.
    const all = relayed.filter(({ text }) => text.includes(word.token));
    const own = all.filter(({ isCall }) => !isCall);
    const first = own[0] ?? all[0];
    if (first === undefined) missing.push(`${word.token}: not in the thread`);
    if (own.length > 1) wrong.push(`${word.token}: in the thread ${own.length} times`);
    if (first === undefined) continue;
    shown += 1;
    if (before?.sessionId === word.sessionId && Number(first.ts) < Number(before.ts)) {
      wrong.push(`${word.token}: in the thread before ${before.token}`);
    }
    before = { ...word, ts: first.ts };
  }
  return { said: words.length, shown };
}

/** Devin's words stay in their order. */
function bySession(one: Word, other: Word): number {
  return one.sessionId < other.sessionId ? -1 : one.sessionId > other.sessionId ? 1 : 0;
}
