import type { Button } from '@slack/types';
import type { IntentOf } from '../../session/intent.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, CARD_ACTION, runAction } from '../edge/ids.ts';
import { cardButton, namedFor } from './card-buttons.ts';
import { shownMoment } from './details-values.ts';
import { LIMIT } from './limits.ts';
import { notice } from './notices.ts';
import { button, confirmation, joinParts, line, section, small, titled, type Rendered } from './objects.ts';
import { BETWEEN_FACTS, linkedTitle, statusWord, type SessionCard } from './session-card.ts';
import { stopQuestion } from './steering.ts';
import { bold, code, escape } from './text.ts';

type SessionList = {
  whose: 'mine' | 'all';
  page: number;
  pages: number;
  /** `isShown`: the viewer may see its title. */
  entries: { card: SessionCard; askedAtMs: number; isShown: boolean }[];
  command: string;
};

/** A page of sessions for one person: each is a row with a button. */
export function renderSessionList(list: SessionList, text: Text): Rendered {
  const { command, whose, page, pages, entries } = list;
  const { sessions } = text;
  const heading = bold(sessions[whose]);
  if (pages === 0) return notice([heading, sessions.none(code(command))]);
  if (entries.length === 0) return notice([heading, sessions.noPage(pages)]);
  const next = [command, 'list', ...(whose === 'all' ? [whose] : []), page + 1].join(' ');
  const after = [
    ...(pages === 1 ? [] : [sessions.page(page, pages)]),
    ...(page < pages ? [sessions.nextPage(code(next))] : []),
  ];
  return joinParts([
    line(heading),
    ...entries.map(({ card, askedAtMs, isShown }) =>
      row(
        entryLine(card, askedAtMs, { isShown, text, isTheirs: whose === 'mine' }),
        isShown ? cardButton('details', card, text) : null,
      ),
    ),
    ...after.map(small),
  ]);
}

function row(words: string, accessory: Button | null): Rendered {
  return { text: `• ${words}`, blocks: [{ ...section(words), ...(accessory !== null && { accessory }) }] };
}

/** For people who may not see a session's title. */
export function renderConcealed(card: SessionCard, askedAtMs: number, text: Text) {
  return notice([entryLine(card, askedAtMs, { isShown: false, text })]);
}

/** `isTheirs`: the viewer asked for it. */
type Shown = { isShown: boolean; isTheirs?: boolean; text: Text };

function entryLine(card: SessionCard, askedAtMs: number, { isShown, isTheirs = false, text }: Shown): string {
  const { requested, followed } = text.sessions;
  return [
    isShown ? linkedTitle(card, text) : text.sessions.concealed,
    statusWord(card, text),
    ...(isTheirs || card.isFollowed ? [] : [text.card.requestedBy(`<@${escape(card.requester)}>`)]),
    (card.isFollowed ? followed : requested)(shownMoment(askedAtMs, text)),
  ].join(BETWEEN_FACTS);
}

type SessionPick = {
  act: IntentOf<'pick'>['act'];
  /** What to say, as it was typed; left out: a box asks for it. */
  message?: string | undefined;
  /** What the command works on. `sessionId` null: a request without a session, which can be canceled. */
  entries: { card: SessionCard; sessionId: string | null }[];
  /** How to type the command. */
  usage: string;
};

/** The person's sessions, each with a button for the command. */
export function renderSessionPick({ act, message, entries, usage }: SessionPick, text: Text): Rendered {
  const { pick, pickNone, pickOther, pickTheirs } = text.sessions;
  if (entries.length === 0) return notice([pickNone[act], pickTheirs(code(usage))]);
  return joinParts([
    titled(pick[act]),
    ...entries.map((entry) =>
      row(
        [linkedTitle(entry.card, text), statusWord(entry.card, text)].join(BETWEEN_FACTS),
        pickButton({ act, message }, entry, text),
      ),
    ),
    small(pickOther(code(usage))),
  ]);
}

function pickButton(
  { act, message }: Pick<SessionPick, 'act' | 'message'>,
  { card, sessionId }: SessionPick['entries'][number],
  text: Text,
): Button {
  if (sessionId === null)
    return namedFor(card, button(ACTION.cancelListed, text.card.buttons.cancel, card.requestId), text);
  const label = text.sessions.pickButton[act];
  const runs = [act, sessionId, message === undefined ? '' : escape(message)].join(' ').trim();
  const opensBox = act === 'say' && (message === undefined || runs.length > LIMIT.buttonValue);
  const shown = opensBox
    ? button(CARD_ACTION.reply, label, card.requestId)
    : button(runAction(0), label, runs);
  return {
    ...namedFor(card, shown, text),
    ...(act === 'stop' && { confirm: confirmation(stopQuestion(card, text)) }),
  };
}
