import { isEmail, maskEmail } from '../../session/identity.ts';
import type { SessionPhase } from '../../session/lifecycle.ts';
import { isNearCap } from '../../session/milestones.ts';
import { acuWords, durationWords, type Text } from '../../text/index.ts';
import { shownMoment, shownTime } from './details-values.ts';
import type { SessionCard } from './session-card.ts';
import { escape, isWebAddress, link, lookup, oneLine, truncate } from './text.ts';

const SHOWN_REPOS = 3;
const SHOWN_PULL_REQUESTS = 5;
const FACT_LENGTH = 150;
const ADDRESS_LENGTH = 500;
/** Devin's default. */
const USUAL_MODE = 'normal';

/** The requester's name, since a mention would notify them, and who it runs as if it's someone else. Escaped. */
export function peopleFacts(card: SessionCard, text: Text): string[] {
  const { requester, requesterName, isFollowed } = card;
  const name = fact(requesterName ?? '');
  const mention = isFollowed ? [] : [text.card.requestedBy(`<@${escape(requester)}>`)];
  return [...(name === '' ? mention : [name]), ...runsAsFact(card, text)];
}

/** The same name; or, if the email address matches, one name starts with the other. */
function isSameName(inDevin: string, inSlack: string, byEmail: boolean): boolean {
  const [one, other] = [inDevin, inSlack].map((name) => `${oneLine(name).trim().toLowerCase()} `);
  if (one === undefined || other === undefined || one === ' ' || other === ' ') return false;
  return one === other || (byEmail && (one.startsWith(other) || other.startsWith(one)));
}

export type RunsAs = Pick<SessionCard, 'requesterName' | 'runsAs'>;

/** Who it runs as, if the name differs from the requester's. Escaped; at most one. */
export function runsAsFact({ requesterName, runsAs }: RunsAs, text: Text): string[] {
  if (runsAs === null) return [];
  if (runsAs.kind === 'service-user') return [text.card.as(text.card.serviceUser)];
  const { name, byEmail } = runsAs;
  // Devin has no name for them, and a card is public.
  if (isEmail(name)) return byEmail ? [] : [text.card.as(fact(maskEmail(name)))];
  return isSameName(name, requesterName ?? '', byEmail) ? [] : [text.card.as(fact(name))];
}

/** How long, why, how much. */
export function progressFacts(card: SessionCard, text: Text): string[] {
  const { elapsedMs, waitedMs, waitsFor, waitsUntilMs, checkedAtMs } = card;
  return [
    ...(elapsedMs === null ? [] : [durationWords(elapsedMs, text)]),
    ...(waitedMs === null ? [] : [shortDuration(waitedMs, text)]),
    ...(waitsFor === null ? [] : [text.card.waitsFor[waitsFor]]),
    ...(waitsUntilMs === null ? [] : [text.approval.until(shownMoment(waitsUntilMs, text))]),
    ...(checkedAtMs === null ? [] : [text.card.checked(shownTime(checkedAtMs))]),
    ...acuFact(card, text),
    ...(isNearCap(card.phase, card.acusUsed, card.acuLimit) ? [text.card.nearCap] : []),
  ];
}

const MINUTE_MS = 60_000;

function shortDuration(ms: number, text: Text): string {
  return ms < MINUTE_MS ? text.card.duration.seconds(Math.floor(ms / 1000)) : durationWords(ms, text);
}

/** On what, and how. Escaped. */
export function workFacts(card: SessionCard, text: Text): string[] {
  const { mode } = card;
  return [
    ...repositoryFact(card, text),
    ...(mode === null || mode === USUAL_MODE ? [] : [text.card.mode(fact(mode))]),
  ];
}

/** Escaped; at most one. */
export function repositoryFact({ repos }: SessionCard, text: Text): string[] {
  const shown = repos.slice(0, SHOWN_REPOS).map(fact).join(', ');
  const more = repos.length - SHOWN_REPOS;
  return repos.length === 0 ? [] : [more > 0 ? text.card.andMore(shown, more) : shown];
}

/** A line for each pull request, as a link; in the plain twin with its address. */
export function pullRequestLines(card: SessionCard, text: Text, linked: boolean): string[] {
  return eachPullRequest(card, text, ({ url, state }) => {
    const where = linked ? pullRequestLink(url) : shownAddress(url);
    const word = state === null ? null : (lookup(text.card.pullRequestStates, state) ?? fact(state));
    return text.card.pullRequest(where, word);
  });
}

/** Only their names, as links. Escaped. */
export function pullRequestLinks(card: SessionCard, text: Text): string[] {
  return eachPullRequest(card, text, ({ url }) => pullRequestLink(url));
}

type PullRequest = SessionCard['pullRequests'][number];

function eachPullRequest(card: SessionCard, text: Text, shown: (one: PullRequest) => string): string[] {
  const pullRequests = card.pullRequests.filter(({ url }) => url.trim() !== '');
  const lines = shownPullRequests(pullRequests).map(shown);
  const more = pullRequests.length - lines.length;
  return more > 0 ? [...lines, text.card.morePullRequests(more)] : lines;
}

/** The newest ones, which are the ones to review. */
function shownPullRequests<One>(pullRequests: readonly One[]): One[] {
  return pullRequests.slice(-SHOWN_PULL_REQUESTS);
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
export function isNotStarted({ phase, url }: SessionCard): boolean {
  return url === null && MAY_HAVE_NO_SESSION.has(phase);
}

/** At most one; none without a session that uses ACU. */
export function acuFact(card: SessionCard, text: Text): string[] {
  const { acusUsed, acuLimit } = card;
  if (acusUsed !== null) {
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

function fact(value: string): string {
  return escape(truncate(oneLine(value), FACT_LENGTH));
}
