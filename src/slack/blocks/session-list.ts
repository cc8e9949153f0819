import type { Button } from '@slack/types';
import type { IntentOf } from '../../session/intent.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, runAction } from '../ids.ts';
import { shownMoment } from './details-values.ts';
import { LIMIT } from './limits.ts';
import { notice } from './notices.ts';
import { button, caption, confirmation, context, section, type Rendered } from './objects.ts';
import { linkedTitle, statusWord, type SessionCard } from './session-card.ts';
import { stopQuestion } from './steering.ts';
import { bold, code, escape, truncate } from './text.ts';

type SessionList = {
  whose: 'mine' | 'all';
  page: number;
  pages: number;
  /** `isShown`: the viewer may read what it is about. */
  entries: { card: SessionCard; askedAtMs: number; isShown: boolean }[];
  command: string;
  /** What to type for the next page. */
  next: string;
};

/** A page of sessions, a row with a button each, for one person. */
export function renderSessionList(
  { command, whose, page, pages, entries, next }: SessionList,
  text: Text,
): Rendered {
  const { sessions } = text;
  const heading = bold(sessions[whose]);
  if (pages === 0) return notice([heading, sessions.none(code(command))]);
  if (entries.length === 0) return notice([heading, sessions.noPage(pages)]);
  const rows = entries.map(({ card, askedAtMs, isShown }) =>
    line(card, askedAtMs, { isShown, text, isTheirs: whose === 'mine' }),
  );
  const after = [
    ...(pages === 1 ? [] : [sessions.page(page, pages)]),
    ...(page < pages ? [sessions.nextPage(code(next))] : []),
  ];
  return {
    text: truncate([heading, ...rows.map((row) => `• ${row}`), ...after].join('\n'), LIMIT.messageText),
    blocks: [
      section(heading),
      ...entries.map(({ card, isShown }, at) => ({
        ...section(rows[at] ?? ''),
        ...(isShown && { accessory: detailsButton(card, text) }),
      })),
      ...after.map((words) => context(words)),
    ],
  };
}

function detailsButton({ requestId, title }: SessionCard, text: Text): Button {
  const label = text.card.buttons.details;
  return {
    ...button(ACTION.details, label, requestId),
    accessibility_label: caption(text.card.buttonOn(label, title)).text,
  };
}

/** For people who may not read what a session is about. */
export function renderConcealed(card: SessionCard, askedAtMs: number, text: Text) {
  return notice([line(card, askedAtMs, { isShown: false, text })]);
}

/** `isTheirs`: the viewer asked for it. */
type Shown = { isShown: boolean; isTheirs?: boolean; text: Text };

function line(card: SessionCard, askedAtMs: number, { isShown, isTheirs = false, text }: Shown): string {
  return text.sessions.line([
    isShown ? linkedTitle(card, text) : text.sessions.concealed,
    statusWord(card, text),
    ...(isTheirs ? [] : [text.card.requestedBy(`<@${escape(card.requester)}>`)]),
    shownMoment(askedAtMs),
  ]);
}

type SessionPick = {
  act: IntentOf<'pick'>['act'];
  /** The sessions the command works on. */
  entries: { card: SessionCard; sessionId: string }[];
  /** How to type the command. */
  usage: string;
};

/** The person's sessions, each with a button for the command. */
export function renderSessionPick({ act, entries, usage }: SessionPick, text: Text): Rendered {
  const { pick, pickNone, pickOther } = text.sessions;
  const other = pickOther(code(usage));
  if (entries.length === 0) return notice([pickNone[act], other]);
  const rows = entries.map(({ card }) =>
    text.sessions.line([linkedTitle(card, text), statusWord(card, text)]),
  );
  return {
    text: [pick[act], ...rows.map((row) => `• ${row}`), other].join('\n'),
    blocks: [
      section(bold(pick[act])),
      ...entries.map((entry, at) => ({
        ...section(rows[at] ?? ''),
        accessory: pickButton(act, entry, text),
      })),
      context(other),
    ],
  };
}

function pickButton(
  act: SessionPick['act'],
  { card, sessionId }: SessionPick['entries'][number],
  text: Text,
): Button {
  const label = text.sessions.pickButton[act];
  const shown =
    act === 'say'
      ? button(ACTION.reply, label, card.requestId)
      : button(runAction(0), label, `${act} ${sessionId}`);
  return {
    ...shown,
    accessibility_label: caption(text.card.buttonOn(label, card.title)).text,
    ...(act === 'stop' && { confirm: confirmation(stopQuestion(card, text)) }),
  };
}
