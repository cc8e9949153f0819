import { isOwnCap, type SessionPhase } from '../../session/lifecycle.ts';
import { isNearCap } from '../../session/milestones.ts';
import type { ThreadState } from '../../session/preferences.ts';
import { type Text, acuWords, durationWords } from '../../text/index.ts';
import type { CardAction } from '../edge/ids.ts';
import { cardMark } from '../edge/metadata.ts';
import { cardButtons } from './card-buttons.ts';
import { joinParts, line, section, small, type Rendered } from './objects.ts';
import {
  bold,
  escape,
  facts,
  ifAny,
  isLinkable,
  link,
  lookup,
  oneLine,
  present,
  quote,
  truncate,
} from './text.ts';

/** What a card shows. Every string is raw: the renderer escapes and cuts. */
export type SessionCard = {
  requestId: string;
  phase: SessionPhase;
  /** Devin's own word for why it is in the phase. */
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
  /** In place of the phase's word, such as who ended it from here. Escaped. */
  inPlace: string | null;
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
  const notes = sentences([meaning(card, text), ...card.notes]).join('\n');
  const shown = joinParts([
    head(card, text),
    ...sentences([card.problem]).map(line),
    ...present([facts(...card.people, ...workFacts(card, text))]).map(small),
    ...present([pullRequestLines(card, text).join('\n'), ifAny(lastWords(card), quote)]).map(line),
    ...present([notes, card.threadLine]).map(small),
  ]);
  return { ...shown, blocks: [...shown.blocks, ...cardButtons(card, text)] };
}

/** First, since the end of a long text is cut. */
function head(card: SessionCard, text: Text): Rendered {
  const title = bold(linkedTitle(card, text, TITLE_LENGTH));
  const progress = progressFacts(card, text);
  const status = facts(signedStatus(card, text), ...progress);
  const words = text.card.headline(escape(cardTitle(card, text)), facts(statusWord(card, text), ...progress));
  return {
    text: present([words, ifAny(card.url, escape)]).join('\n'),
    blocks: [{ ...section(`${title}\n${status}`), block_id: cardMark(card.requestId).blockId }],
  };
}

/** Escaped, with a link if there is one. */
export function linkedTitle(card: SessionCard, text: Text, max = LISTED_TITLE_LENGTH): string {
  const title = truncate(cardTitle(card, text), max);
  return isLinkable(card.url) ? link(card.url, title) : escape(title);
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
  return card.inPlace ?? phaseWord(card.phase, card.statusWord, text);
}

/** `word`: Devin's own. */
export function phaseWord(phase: SessionPhase, word: string | null, { card }: Text): string {
  return phase === 'capped' && word !== null && !isOwnCap(word) ? card.stopped : card.phases[phase];
}

/** Escaped. */
export function lastWords({ lastWords: words }: SessionCard): string | null {
  return ifAny(words, (said) => escape(truncate(oneLine(said), WORDS_LENGTH)));
}

/** Other people have to approve it, not its requester. */
export function isForApprovers({ phase, url }: SessionCard): boolean {
  return phase === 'needs-approval' && url === null;
}

/** What the phase means for the reader, unless the note on its approval says more. */
function meaning(card: SessionCard, text: Text): string | null {
  return isForApprovers(card) ? null : meaningOf(card.phase, card.statusWord, text);
}

/** Of a phase, or of what else is announced. `word`: Devin's reason. null: the phase says it all. */
export function meaningOf(phase: string, word: string | null, { card }: Text): string | null {
  const reasons = lookup<{ readonly [reason: string]: string; any: string }>(card.meaning, phase);
  return reasons === undefined ? null : (lookup(reasons, word ?? 'any') ?? reasons.any);
}

/** Escaped, each within its length; blank ones are left out. */
function sentences(raw: readonly (string | null)[]): string[] {
  return present(raw)
    .map((one) => truncate(escape(one), SENTENCE_LENGTH))
    .slice(0, SHOWN_SENTENCES);
}

const SHOWN_PULL_REQUESTS = 5;
const FACT_LENGTH = 150;
/** Devin's default. */
const USUAL_MODE = 'normal';

/** How long, why, how much. */
export function progressFacts(card: SessionCard, text: Text): (string | null)[] {
  return [
    ifAny(card.lastedMs, (ms) => durationWords(ms, text)),
    card.waits,
    acuFact(card, text),
    isNearCap(card.phase, card.acusUsed, card.acuLimit) ? text.card.nearCap : null,
  ];
}

/** On what, and how. Escaped. */
function workFacts(card: SessionCard, text: Text): (string | null)[] {
  const unusual = card.mode === USUAL_MODE ? null : card.mode;
  return [repositoryFact(card), ifAny(unusual, (mode) => text.card.mode(fact(mode)))];
}

/** Escaped. '': none is known. */
export function repositoryFact({ repos }: SessionCard): string {
  return fact(repos.join(', '));
}

/** A line for each pull request. */
export function pullRequestLines(card: SessionCard, text: Text): string[] {
  const { pullRequestStates } = text.card;
  return newestPullRequests(card).map(({ url, state }) =>
    facts(
      pullRequestLink(url),
      ifAny(state, (word) => lookup(pullRequestStates, word) ?? fact(word)),
    ),
  );
}

/** Those to review. */
export function newestPullRequests({ pullRequests }: SessionCard): SessionCard['pullRequests'] {
  return pullRequests.filter(({ url }) => url.trim() !== '').slice(-SHOWN_PULL_REQUESTS);
}

/** Escaped; by name if the address has one. */
export function pullRequestLink(url: string): string {
  return isLinkable(url) ? link(url, pullRequestName(url)) : fact(url);
}

/** null: it uses none, and won't. */
export function acuFact({ acusUsed, acuLimit }: SessionCard, text: Text): string | null {
  const used = acuWords(acusUsed);
  if (acuLimit !== null) return text.card.acuUsedOf(used, acuWords(acuLimit));
  return acusUsed === 0 ? null : `${used} ACU`;
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
