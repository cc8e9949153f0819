import type { Button } from '@slack/types';
import type { Text } from '../../text/index.ts';
import { cardButton, firstButton } from './card-buttons.ts';
import { notice } from './notices.ts';
import { joinParts, line, small, titled, withAccessory, type Rendered } from './objects.ts';
import {
  progressFacts,
  pullRequestLines,
  repositoryFact,
  linkedTitle,
  signedStatus,
  type SessionCard,
} from './session-card.ts';
import { bold, code, facts, mention } from './text.ts';

type SessionList = {
  whose: 'mine' | 'all';
  /** null: this is the last one. */
  nextPage: number | null;
  /** `isShown`: the viewer may see its title. */
  entries: { card: SessionCard; isShown: boolean }[];
  command: string;
};

/** A page of sessions for one person: each is a row with the button that its phase has. */
export function renderSessionList(list: SessionList, text: Text): Rendered {
  const { command, whose, nextPage, entries } = list;
  const { sessions } = text;
  const heading = bold(sessions[whose]);
  if (entries.length === 0) return notice([heading, sessions.none(code(command))]);
  const next = `${command} list ${whose === 'all' ? 'all ' : ''}${nextPage}`;
  return joinParts([
    line(heading),
    ...entries.map(({ card, isShown }) => {
      if (!isShown) return row(concealed(card, text), null);
      return whose === 'mine'
        ? row(sessionLines(card, text), firstButton(card, text))
        : row(sessionLines(card, text, [by(card, text)]), cardButton('details', card, text));
    }),
    nextPage === null ? null : small(text.usage.more(code(next))),
  ]);
}

function row(words: string, accessory: Button | null): Rendered {
  const { blocks } = accessory === null ? line(words) : withAccessory(words, accessory);
  return { text: `• ${words}`, blocks };
}

/** Title and phase; then how long, at what cost, and the pull requests, which name their repository. `more`: further facts. */
export function sessionLines(card: SessionCard, text: Text, more: readonly (string | null)[] = []): string {
  const work = text.joins.list(pullRequestLines(card, text)) || repositoryFact(card);
  const shown = facts(signedStatus(card, text), ...progressFacts(card, text), work, ...more);
  return `${bold(linkedTitle(card, text))}\n${shown}`;
}

const by = ({ requester }: SessionCard, text: Text): string => text.card.requestedBy(mention(requester));

function concealed(card: SessionCard, text: Text): string {
  return facts(text.sessions.concealed, signedStatus(card, text), by(card, text));
}

/** For people who may not see a session's title. */
export function renderConcealed(card: SessionCard, text: Text): Rendered {
  return notice([concealed(card, text)]);
}

type SessionPick = {
  /** What can be stopped; a request without a session can be canceled. */
  entries: { card: SessionCard; hasSession: boolean }[];
  /** How to type the command. */
  usage: string;
};

/** The person's sessions that can be stopped. */
export function renderSessionPick({ entries, usage }: SessionPick, text: Text): Rendered {
  const { pick, pickNone, pickOther } = text.sessions;
  if (entries.length === 0) return notice([pickNone, pickOther(code(usage))]);
  return joinParts([
    titled(pick),
    ...entries.map(({ card, hasSession }) =>
      row(sessionLines(card, text), cardButton(hasSession ? 'ask-stop' : 'cancel', card, text)),
    ),
    small(pickOther(code(usage))),
  ]);
}
