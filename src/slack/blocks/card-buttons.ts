import type { ActionsBlock, Button } from '@slack/types';
import type { SessionPhase } from '../../session/lifecycle.ts';
import type { Text } from '../../text/index.ts';
import { ACTION } from '../ids.ts';
import { LIMIT } from './limits.ts';
import type { Confirmation } from './objects.ts';
import { button, caption, confirmation } from './objects.ts';
import type { SessionCard } from './session-card.ts';
import { oneLine } from './one-line.ts';
import { isWebAddress, truncate } from './text.ts';

const ASKED_TITLE_LENGTH = 150;

export type CardAction =
  | 'open'
  | 'details'
  | 'try-again'
  | 'edit-and-try-again'
  | 'check-again'
  | 'start-anyway'
  | 'reply'
  | 'answer'
  | 'wake'
  | 'stop'
  | 'archive'
  | 'start-again'
  | 'cancel'
  | 'unmute';

type ButtonRow = {
  id: string;
  /** A link button: shown only where there is an address, and it opens that. */
  link?: true;
  /** Phases in which this is the thing to do. */
  primaryIn?: readonly SessionPhase[];
  danger?: true;
  /** Where the label differs from the usual one. */
  labelIn?: Partial<Record<SessionPhase, (text: Text) => string>>;
  confirm?: (text: Text, card: SessionCard) => Confirmation;
};

/** What can be pressed on a card. A new button is a row, and its label in the catalogue. */
const BUTTONS: Record<CardAction, ButtonRow> = {
  open: {
    id: ACTION.openSession,
    link: true,
    primaryIn: ['needs-approval', 'finished'],
    labelIn: { 'needs-approval': (text) => text.card.openToApprove },
  },
  details: { id: ACTION.details },
  'try-again': { id: ACTION.tryAgain },
  'edit-and-try-again': { id: ACTION.editAndTryAgain, primaryIn: ['failed'] },
  'check-again': { id: ACTION.checkAgain, primaryIn: ['unknown'] },
  'start-anyway': { id: ACTION.startAnyway, danger: true, confirm: (text) => text.card.confirmStartAnyway },
  reply: { id: ACTION.reply },
  answer: { id: ACTION.answer, primaryIn: ['needs-you'] },
  wake: { id: ACTION.wake },
  stop: { id: ACTION.stop, confirm: confirmStop },
  archive: { id: ACTION.archive },
  'start-again': {
    id: ACTION.startAgain,
    primaryIn: ['capped', 'failed'],
    labelIn: { failed: (text) => text.card.buttons['edit-and-try-again'] },
  },
  cancel: { id: ACTION.cancel },
  unmute: { id: ACTION.unmute },
};

/** It is final, so the dialog names the session. */
function confirmStop({ card: { confirmStop } }: Text, { title }: SessionCard): Confirmation {
  return { ...confirmStop, text: `${truncate(oneLine(title), ASKED_TITLE_LENGTH)}\n${confirmStop.text}` };
}

/** The row of buttons; none when nothing can be pressed, since Slack refuses an empty one. */
export function cardButtons(card: SessionCard, text: Text): ActionsBlock[] {
  const elements = card.actions.flatMap((action) => cardButton(action, card, text));
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

/** The likeliest thing to do with it; null: nothing can be pressed. */
export function firstButton(card: SessionCard, text: Text): Button | null {
  return card.actions.flatMap((action) => cardButton(action, card, text))[0] ?? null;
}

function cardButton(action: CardAction, card: SessionCard, text: Text): Button[] {
  const row = BUTTONS[action];
  if (row.link === true && !isLinkable(card.url)) return [];
  const label = row.labelIn?.[card.phase]?.(text) ?? text.card.buttons[action];
  const primary = row.primaryIn?.includes(card.phase) === true;
  return [
    {
      ...button(row.id, label, card.requestId),
      // Several cards in a row would otherwise all read alike to a screen reader.
      accessibility_label: caption(text.card.buttonOn(label, card.title)).text,
      ...(row.link === true && card.url !== null && { url: card.url }),
      ...(primary && { style: 'primary' as const }),
      ...(row.danger === true && { style: 'danger' as const }),
      ...(row.confirm !== undefined && {
        confirm: confirmation(row.confirm(text, card), row.danger === true ? 'danger' : 'primary'),
      }),
    },
  ];
}

function isLinkable(url: string | null): boolean {
  return url !== null && isWebAddress(url) && url.length <= LIMIT.url;
}
