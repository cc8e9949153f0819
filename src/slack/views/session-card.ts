import type { KnownBlock } from '@slack/types';
import { isOwnCap, type SessionPhase } from '../../session/lifecycle.ts';
import { isNearCap } from '../../session/milestones.ts';
import type { ThreadState } from '../../session/preferences.ts';
import { type Text, acuWords, durationWords } from '../../text/index.ts';
import type { CardAction } from '../edge/ids.ts';
import { cardMetadata, metadataBlockId } from '../edge/metadata.ts';
import { cardButtons } from './card-buttons.ts';
import { LIMIT, context, section, type Rendered } from './objects.ts';
import { bold, escape, isWebAddress, link, oneLine, lookup, quote, truncate, BETWEEN_FACTS } from './text.ts';

/** What a card shows. Every string is raw: the renderer escapes and cuts. */
export type SessionCard = {
  requestId: string;
  phase: SessionPhase;
  /** Devin's own word, where the phase says less. */
  statusWord: string | null;
  title: string;
  /** Slack user id. */
  requester: string;
  /** Who asked, and as whom it runs if that is someone else. Escaped. */
  people: string[];
  url: string | null;
  repos: string[];
  mode: string | null;
  acuLimit: number | null;
  acusUsed: number;
  /** How long the session has run or, without one, its request has waited, if longer than usual. */
  lastedMs: number | null;
  /** For what, or until when. Escaped. */
  waits: string | null;
  pullRequests: { url: string; state: string | null }[];
  lastWords: string | null;
  /** Sentences, such as what was left out. */
  notes: string[];
  /** null: no thread, or nothing more goes to Devin from it. */
  thread: ThreadState | null;
  /** How its thread works, or what is switched off. Escaped. */
  threadLine: string | null;
  problem: string | null;
  /** That someone ended or archived it from here. Escaped. */
  steered: string | null;
  actions: CardAction[];
};

const TITLE_LENGTH = 150;
const LISTED_TITLE_LENGTH = 100;
const WORDS_LENGTH = 150;
const SENTENCE_LENGTH = 1000;
const SHOWN_SENTENCES = 8;

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
  const who = [...card.people, ...workFacts(card, text)];
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
    [...card.people, ...progressFacts(card, text), ...workFacts(card, text)].join(BETWEEN_FACTS),
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
  const { phase, statusWord: word, steered } = card;
  if (steered !== null) return steered;
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

/** Other people have to approve it, not its requester. */
export function isForApprovers({ phase, url }: SessionCard): boolean {
  return phase === 'needs-approval' && url === null;
}

/** What the phase means for the reader, unless a problem or the note on its approval says more. */
function meaning(card: SessionCard, text: Text): string | null {
  const { phase, statusWord: word, problem } = card;
  if (problem !== null || isForApprovers(card)) return null;
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

const SHOWN_PULL_REQUESTS = 5;
const FACT_LENGTH = 150;
const ADDRESS_LENGTH = 500;
/** Devin's default. */
const USUAL_MODE = 'normal';

/** How long, why, how much. */
export function progressFacts(card: SessionCard, text: Text): string[] {
  const { lastedMs, waits } = card;
  return [
    ...(lastedMs === null ? [] : [durationWords(lastedMs, text)]),
    ...(waits === null ? [] : [waits]),
    ...acuFact(card, text),
    ...(isNearCap(card.phase, card.acusUsed, card.acuLimit) ? [text.card.nearCap] : []),
  ];
}

/** On what, and how. Escaped. */
function workFacts(card: SessionCard, text: Text): string[] {
  const { mode } = card;
  return [
    ...repositoryFact(card),
    ...(mode === null || mode === USUAL_MODE ? [] : [text.card.mode(fact(mode))]),
  ];
}

/** Escaped; at most one. */
export function repositoryFact({ repos }: SessionCard): string[] {
  return repos.length === 0 ? [] : [fact(repos.join(', '))];
}

/** A line for each pull request, as a link; in the plain twin with its address. */
export function pullRequestLines(card: SessionCard, text: Text, linked: boolean): string[] {
  return newestPullRequests(card).map(({ url, state }) => {
    const where = linked ? pullRequestLink(url) : shownAddress(url);
    const word = state === null ? null : (lookup(text.card.pullRequestStates, state) ?? fact(state));
    return text.card.pullRequest(where, word);
  });
}

/** Those to review. */
export function newestPullRequests({ pullRequests }: SessionCard): SessionCard['pullRequests'] {
  return pullRequests.filter(({ url }) => url.trim() !== '').slice(-SHOWN_PULL_REQUESTS);
}

/** Escaped; by name if the address has one. */
export function pullRequestLink(url: string): string {
  return isWebAddress(url) ? link(url, pullRequestName(url)) : shownAddress(url);
}

function shownAddress(url: string): string {
  return escape(truncate(oneLine(url), ADDRESS_LENGTH));
}

const MAY_HAVE_NO_SESSION: ReadonlySet<SessionPhase> = new Set(['failed', 'ended']);

/** The request is over, and has no session. */
function isNotStarted({ phase, url }: SessionCard): boolean {
  return url === null && MAY_HAVE_NO_SESSION.has(phase);
}

/** At most one; none without a session that uses ACU. */
export function acuFact(card: SessionCard, text: Text): string[] {
  const { acuLimit, acusUsed } = card;
  if (acusUsed > 0) {
    const used = acuWords(acusUsed);
    return [acuLimit === null ? text.card.acuUsed(used) : text.card.acuUsedOf(used, acuWords(acuLimit))];
  }
  return acuLimit === null || isNotStarted(card) ? [] : [text.card.acuLimit(acuWords(acuLimit))];
}

const PULL_REQUEST =
  /^https?:\/\/[^/]+\/(.+?)\/(?:-\/)?(?:pull|pulls|merge_requests|pull-requests|pullrequest)\/(\d+)/i;

/** `acme/web #412` for addresses of GitHub, GitLab, Bitbucket and Azure; otherwise the address without its scheme. */
function pullRequestName(url: string): string {
  const found = PULL_REQUEST.exec(url);
  const name = found === null ? url.replace(/^https?:\/\//i, '') : `${found[1]} #${found[2]}`;
  return truncate(name, FACT_LENGTH);
}

export function fact(value: string): string {
  return escape(truncate(oneLine(value), FACT_LENGTH));
}
