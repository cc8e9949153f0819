import type { Text } from '../../text/index.ts';
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
  entries: { card: SessionCard; askedAtMs: number }[];
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
    ...entries.map(({ card, askedAtMs }) => `• ${line(card, askedAtMs, text)}`),
    ...(pages === 1 ? [] : [sessions.page(page, pages)]),
    ...(page < pages ? [sessions.nextPage(code(next))] : []),
  ]);
}

/** Escaped, with a link where there is one. */
export function linkedTitle(card: SessionCard, text: Text): string {
  const title = truncate(cardTitle(card, text), TITLE_LENGTH);
  return card.url !== null && isWebAddress(card.url) ? link(card.url, title) : escape(title);
}

function line(card: SessionCard, askedAtMs: number, text: Text): string {
  return text.sessions.line([
    linkedTitle(card, text),
    statusWord(card, text),
    text.card.requestedBy(`<@${escape(card.requester)}>`),
    shownMoment(askedAtMs),
  ]);
}
