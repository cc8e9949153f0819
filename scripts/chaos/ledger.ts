import type { LocalSession } from '../../sandbox/devin/index.ts';
import type { Message } from '../../sandbox/slack/index.ts';
import { en } from '../../src/text/en.ts';
import type { Decision, Way } from './plan.ts';
import type { Person, World } from './world.ts';

/** One try to ask for something, with a unique token in its text. */
export type Attempt = {
  /** `q7a`: the first try of the seventh request. */
  token: string;
  way: Way;
  person: Person;
  sentAtMs: number;
  /** `refused`: the person was told at once that nothing was started; `unanswered`: Slack gave up, or the app didn't know. */
  outcome: 'accepted' | 'refused' | 'unanswered';
};

/** What a person wrote in a thread for Devin. */
export type Reply = {
  token: string;
  sessionId: string;
  channelId: string;
  ts: string;
  person: Person;
  sentAtMs: number;
};

/** What Devin wrote. */
export type Word = { token: string; sessionId: string };

export type Ledger = ReturnType<typeof createLedger>;

const TOKEN = /\bq\d+[a-z]\b/;
const SESSION_URL = /\/sessions\/(?<id>[0-9a-f]{32})/g;

export const tokenIn = (text: string): string | null => TOKEN.exec(text)?.[0] ?? null;

/** What people asked and wrote, what Devin said, and when each was seen. */
export function createLedger({ slack, devin }: World) {
  const attempts: Attempt[] = [];
  const replies: Reply[] = [];
  const words: Word[] = [];
  const decided = new Map<string, Decision>();
  const insisted = new Map<string, number>();
  const urlShownAtMs = new Map<string, number>();
  const acceptedAtMs = new Map<string, number>();

  const stop = slack.subscribe((change) => {
    if (change.kind === 'message') {
      const message = slack.messages(change.channelId).findLast(({ ts }) => ts === change.ts);
      if (message !== undefined && message.ephemeralFor === null) noteUrls(message);
    }
    if (change.kind === 'delivery' && change.delivery.outcomes.at(-1)?.kind === 'answered') {
      const ts = eventTs(change.delivery.payload);
      if (ts !== null && !acceptedAtMs.has(ts)) acceptedAtMs.set(ts, Date.now());
    }
  });

  function noteUrls({ text }: Message): void {
    for (const id of sessionIdsIn(text)) if (!urlShownAtMs.has(id)) urlShownAtMs.set(id, Date.now());
  }

  return {
    attempts,
    replies,
    words,
    /** What people decided about a request, by its token. */
    decided,
    /** How often a person started a request anyway. */
    insisted,
    /** When the conversation first showed a session's URL. */
    urlShownAtMs: (sessionId: string): number | null => urlShownAtMs.get(sessionId) ?? null,
    /** When the app acknowledged the event about a message. */
    acceptedAtMs: (ts: string): number | null => acceptedAtMs.get(ts) ?? null,
    session: (token: string): LocalSession | null =>
      devin.sessions.find(({ request }) => tokenIn(request.prompt) === token) ?? null,
    card: (session: LocalSession): Message | null =>
      cardsIn(slack).find(({ text }) => text.includes(session.url)) ?? null,
    stop,
  };
}

export const sessionIdsIn = (text: string): string[] =>
  [...text.matchAll(SESSION_URL)].flatMap(({ groups }) => groups?.['id'] ?? []);

/** What a card says about a request without a session; null: nothing yet. */
export function saysWithout(slack: World['slack'], token: string): 'ended' | 'not-confirmed' | null {
  const { notStarted, phases, canceledBy } = en.card;
  const about = cardsIn(slack).filter(({ text }) => tokenIn(text) === token);
  const says = (status: string): boolean => about.some((card) => hasStatus(card, status));
  if (says(phases.unknown)) return 'not-confirmed';
  return says(notStarted) || says(phases.ended) || says(canceledBy('')) ? 'ended' : null;
}

const BEFORE_STATUS = en.card.headline('', '');

/** Only in the headline, since what is below can have the same words. Who ended it comes after the status. */
export function hasStatus({ text }: Pick<Message, 'text'>, status: string): boolean {
  const [headline = ''] = text.split('\n', 1);
  return headline.includes(`${BEFORE_STATUS}${status}`);
}

/** Whether the app posted it as a card, or as Devin's words. */
export function isOfEvent({ metadata }: Message, event: 'devin_session' | 'devin_message'): boolean {
  return JSON.stringify(metadata ?? null).includes(`"event_type":"${event}"`);
}

/** All public messages of the app. */
export function publicMessages(slack: World['slack']): Message[] {
  const { botUserId } = slack.workspace;
  return [...slack.channels.keys()].flatMap((channelId) =>
    slack
      .messages(channelId)
      .filter(({ userId, ephemeralFor }) => userId === botUserId && ephemeralFor === null),
  );
}

export function cardsIn(slack: World['slack']): Message[] {
  return publicMessages(slack).filter((one) => isOfEvent(one, 'devin_session'));
}

function eventTs({ event }: Record<string, unknown>): string | null {
  const isMessage = typeof event === 'object' && event !== null && 'ts' in event;
  return isMessage && typeof event.ts === 'string' ? event.ts : null;
}
