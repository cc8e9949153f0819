import type { Text } from '../../text/index.ts';
import { LIMIT } from './limits.ts';
import { notice } from './notices.ts';
import { cardTitle, statusWord } from './session-card.ts';
import type { SessionCard } from './session-card.ts';
import { shownMoment } from './details-values.ts';
import { isWebAddress } from './card-facts.ts';
import { bold, code, escape, link, truncate } from './text.ts';

export type SessionList = {
  whose: 'mine' | 'all';
  page: number;
  pages: number;
  /** `isShown`: whoever looks may read what it is about. */
  entries: { card: SessionCard; askedAtMs: number; isShown: boolean }[];
  /** What to type for the next page. */
  next: string;
};

const TITLE_LENGTH = 100;

/** A page of sessions, a line each, for one person. */
export function renderSessionList({ whose, page, pages, entries, next }: SessionList, text: Text) {
  const { sessions } = text;
  const heading = bold(sessions[whose]);
  if (pages === 0) return notice([heading, sessions.none]);
  if (entries.length === 0) return notice([heading, sessions.noPage(pages)]);
  return notice([
    heading,
    ...entries.map(({ card, askedAtMs, isShown }) => `• ${line(card, askedAtMs, { isShown, text })}`),
    ...(pages === 1 ? [] : [sessions.page(page, pages)]),
    ...(page < pages ? [sessions.nextPage(code(next))] : []),
  ]);
}

/** Escaped, with a link where there is one. */
export function linkedTitle(card: SessionCard, text: Text): string {
  const title = truncate(cardTitle(card, text), TITLE_LENGTH);
  const { url } = card;
  // A link that is cut shows as what it is made of.
  const linkable = url !== null && isWebAddress(url) && url.length <= LIMIT.sectionText / 2;
  return linkable ? link(url, title) : escape(title);
}

/** To somebody who may not read what a session is about. */
export function renderConcealed(card: SessionCard, askedAtMs: number, text: Text) {
  return notice([line(card, askedAtMs, { isShown: false, text })]);
}

type Shown = { isShown: boolean; text: Text };

function line(card: SessionCard, askedAtMs: number, { isShown, text }: Shown): string {
  return text.sessions.line([
    isShown ? linkedTitle(card, text) : text.sessions.concealed,
    statusWord(card, text),
    text.card.requestedBy(`<@${escape(card.requester)}>`),
    shownMoment(askedAtMs),
  ]);
}
