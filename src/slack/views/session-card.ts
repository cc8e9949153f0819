import type { KnownBlock } from '@slack/types';
import { isOwnCap, type SessionPhase } from '../../session/lifecycle.ts';
import type { ThreadState } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import type { CardAction } from '../edge/ids.ts';
import { cardMetadata, metadataBlockId } from '../edge/metadata.ts';
import { cardButtons } from './card-buttons.ts';
import { isNotStarted, peopleFacts, progressFacts, pullRequestLines, workFacts } from './card-facts.ts';
import { LIMIT } from './limits.ts';
import { context, section, type Rendered } from './objects.ts';
import { bold, escape, isWebAddress, link, oneLine, lookup, quote, truncate } from './text.ts';

/** What a card shows. Every string is raw: the renderer escapes and cuts. */
export type SessionCard = {
  requestId: string;
  phase: SessionPhase;
  /** Devin's own word, where the phase says less. */
  statusWord: string | null;
  title: string;
  /** Slack user id. */
  requester: string;
  /** It was started in Devin: the requester only follows it. */
  isFollowed: boolean;
  /** What Slack calls them; null: not known. */
  requesterName: string | null;
  /** null: not established yet. */
  runsAs: { kind: 'member'; name: string; byEmail: boolean } | { kind: 'service-user' } | null;
  url: string | null;
  repos: string[];
  mode: string | null;
  acuLimit: number | null;
  acusUsed: number | null;
  elapsedMs: number | null;
  /** How long a request has waited, if longer than usual, and for what; null: it doesn't wait, or it isn't known. */
  waitedMs: number | null;
  waitsFor: WaitsFor | null;
  /** When its approval expires; null: it doesn't wait for one. */
  waitsUntilMs: number | null;
  /** When someone last checked again without success. */
  checkedAtMs: number | null;
  pullRequests: { url: string; state: string | null }[];
  lastWords: string | null;
  /** Sentences, such as what was left out. */
  notes: string[];
  /** null: no thread, or nothing more goes to Devin from it. */
  thread: ThreadState | null;
  /** How its thread works, or what is switched off. Escaped. */
  threadLine: string | null;
  problem: string | null;
  /** Who ended or archived it from here: a Slack user id. */
  steeredBy: { what: 'ended' | 'archived'; userId: string } | null;
  actions: CardAction[];
};

export type WaitsFor = keyof Text['card']['waitsFor'];

const TITLE_LENGTH = 150;
const LISTED_TITLE_LENGTH = 100;
const WORDS_LENGTH = 150;
const SENTENCE_LENGTH = 1000;
const SHOWN_SENTENCES = 8;
export const BETWEEN_FACTS = ' · ';

/** Always shown with its word. */
const SIGN: Record<SessionPhase, string> = {
  queued: ':hourglass_flowing_sand:',
  starting: ':hourglass_flowing_sand:',
  working: ':gear:',
  'needs-you': ':speech_balloon:',
  'needs-approval': ':raised_hand:',
  finished: ':white_check_mark:',
  asleep: ':sleeping:',
  capped: ':octagonal_sign:',
  failed: ':warning:',
  unknown: ':warning:',
  ended: ':black_square_for_stop:',
  gone: ':black_square_for_stop:',
};

/** The card in the conversation. `text` alone says everything. */
export function renderCard(card: SessionCard, text: Text): Rendered {
  return {
    text: plainTwin(card, text),
    blocks: [...facts(card, text), ...saying(card, text), ...cardButtons(card, text)],
  };
}

function facts(card: SessionCard, text: Text): KnownBlock[] {
  const status = [signedStatus(card, text), ...progressFacts(card, text)].join(BETWEEN_FACTS);
  const who = [...peopleFacts(card, text), ...workFacts(card, text)];
  return [
    {
      ...section(`${bold(linkedTitle(card, text, TITLE_LENGTH))}\n${status}`),
      block_id: metadataBlockId(cardMetadata(card.requestId)),
    },
    ...(who.length === 0 ? [] : [context(who.join(BETWEEN_FACTS))]),
  ];
}

function saying(card: SessionCard, text: Text): KnownBlock[] {
  const pullRequests = pullRequestLines(card, text, true);
  const said = lastWords(card);
  const notes = sentences([meaning(card, text), ...card.notes]);
  return [
    ...(pullRequests.length === 0 ? [] : [section(pullRequests.join('\n'))]),
    ...sentences([card.problem]).map(section),
    ...(said === null ? [] : [section(quote(said))]),
    ...(notes.length === 0 ? [] : [context(notes.join('\n'))]),
    ...(card.threadLine === null ? [] : [context(card.threadLine)]),
  ];
}

/** Most important first, since the end may be cut. */
function plainTwin(card: SessionCard, text: Text): string {
  const said = lastWords(card);
  const lines = [
    text.card.headline(escape(cardTitle(card, text)), statusWord(card, text)),
    ...(card.url === null ? [] : [escape(card.url)]),
    ...sentences([card.problem, meaning(card, text)]),
    [...peopleFacts(card, text), ...progressFacts(card, text), ...workFacts(card, text)].join(BETWEEN_FACTS),
    ...pullRequestLines(card, text, false),
    ...(said === null ? [] : [text.joins.labeled('Devin', said)]),
    ...sentences(card.notes),
    ...(card.threadLine === null ? [] : [card.threadLine]),
  ];
  return lines.join('\n');
}

/** Escaped, with a link if there is one. */
export function linkedTitle(card: SessionCard, text: Text, max = LISTED_TITLE_LENGTH): string {
  const title = truncate(cardTitle(card, text), max);
  const { url } = card;
  // A cut link would show its markup.
  const linkable = url !== null && isWebAddress(url) && url.length <= LIMIT.sectionText / 2;
  return linkable ? link(url, title) : escape(title);
}

/** Raw. */
export function cardTitle(card: SessionCard, text: Text): string {
  const line = truncate(oneLine(card.title), TITLE_LENGTH);
  return line.trim() === '' ? text.card.untitled : line;
}

/** The word with its sign. Escaped. */
export function signedStatus(card: SessionCard, text: Text): string {
  return `${SIGN[card.phase]} ${statusWord(card, text)}`;
}

/** Escaped. */
export function statusWord(card: SessionCard, text: Text): string {
  const { steeredBy, phase } = card;
  if (steeredBy === null) return phaseWord(card, text);
  const mention = `<@${escape(steeredBy.userId)}>`;
  if (phase === 'ended' && steeredBy.what === 'ended')
    return isNotStarted(card) ? text.card.canceledBy(mention) : text.card.endedBy(mention);
  return text.card.andBy[steeredBy.what](phaseWord(card, text), mention);
}

function phaseWord(card: SessionCard, text: Text): string {
  const { phase, statusWord: word } = card;
  if (isNotStarted(card)) return text.card.notStarted;
  if (phase === 'queued' && word !== null) return text.card.held;
  if (phase === 'capped' && word !== null && !isOwnCap(word)) return text.card.stopped;
  return text.card.phases[phase];
}

/** Escaped. */
export function lastWords({ lastWords }: SessionCard): string | null {
  const words = lastWords === null ? '' : oneLine(lastWords);
  return words === '' ? null : escape(truncate(words, WORDS_LENGTH));
}

/** What the phase means for the reader, unless a problem says more. */
function meaning({ phase, statusWord: word, problem }: SessionCard, text: Text): string | null {
  if (problem !== null) return null;
  const phases: Readonly<Partial<Record<SessionPhase, Readonly<Record<string, string>>>>> = text.card.meaning;
  const reasons = phases[phase] ?? {};
  return lookup(reasons, word ?? 'any') ?? reasons['any'] ?? null;
}

/** Escaped, each within its length; blank ones are left out. */
function sentences(raw: readonly (string | null)[]): string[] {
  return raw
    .flatMap((one) => (one === null || one.trim() === '' ? [] : [truncate(escape(one), SENTENCE_LENGTH)]))
    .slice(0, SHOWN_SENTENCES);
}
