import type { ActionsBlock, Button, Overflow, PlainTextOption } from '@slack/types';
import type { SessionPhase } from '../../session/lifecycle.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, BLOCK, CARD_ACTION, menuValue, type CardAction } from '../ids.ts';
import { LIMIT } from './limits.ts';
import { type Confirmation, actions, button, caption, confirmation, option } from './objects.ts';
import type { SessionCard } from './session-card.ts';
import { isWebAddress } from './text.ts';

type ButtonRow = {
  /** A link button, shown only if there is an address to open. */
  link?: (card: SessionCard) => string | null;
  /** In the ⋯ menu, always or beside another button. It can't ask for confirmation: Slack confirms whole menus only. */
  inMenu?: true | ((card: SessionCard) => boolean);
  /** It is the primary button in these phases. */
  primaryIn?: readonly SessionPhase[];
  danger?: true;
  /** Phases with another label. */
  labelIn?: Partial<Record<SessionPhase, (text: Text) => string>>;
  confirm?: (text: Text) => Confirmation;
};

/** The buttons of a card. A new one is a row, and its label in the catalog. */
const BUTTONS: Record<CardAction, ButtonRow> = {
  review: { link: newestOpenPullRequest, primaryIn: ['finished'] },
  open: {
    link: ({ url }) => url,
    primaryIn: ['needs-approval', 'finished'],
    labelIn: { 'needs-approval': (text) => text.card.openToApprove },
    inMenu: (card) => card.phase === 'ended' || hasReview(card),
  },
  details: { inMenu: true },
  'try-again': {},
  'edit-and-try-again': { primaryIn: ['failed'] },
  'check-again': { primaryIn: ['unknown'] },
  'start-anyway': { danger: true, confirm: (text) => text.card.confirmStartAnyway },
  reply: {},
  answer: { primaryIn: ['needs-you'] },
  wake: {},
  'ask-stop': { inMenu: true },
  archive: { inMenu: true },
  'raise-cap': { primaryIn: ['capped'] },
  'start-again': {
    primaryIn: ['capped', 'failed'],
    labelIn: { failed: (text) => text.card.buttons['edit-and-try-again'] },
    inMenu: ({ phase }) => phase === 'finished',
  },
  cancel: { inMenu: ({ phase }) => phase !== 'needs-approval' },
  mute: { inMenu: true },
  unmute: {},
  sync: {},
  'listen-thread': { inMenu: ({ thread }) => thread !== 'mentions' },
  'listen-mentions': { inMenu: true },
};

function hasReview(card: SessionCard): boolean {
  return card.actions.includes('review') && isLinkable(newestOpenPullRequest(card));
}

/** Devin lists them in the order they were opened. */
function newestOpenPullRequest({ pullRequests }: SessionCard): string | null {
  return pullRequests.findLast(({ state }) => state === 'open')?.url ?? null;
}

/** The row of buttons, with the rest in a menu. Slack refuses an empty row, so without buttons there is none. */
export function cardButtons(card: SessionCard, text: Text): ActionsBlock[] {
  const isInMenu = (action: CardAction): boolean => {
    const { inMenu = false } = BUTTONS[action];
    return inMenu === true || (inMenu !== false && inMenu(card));
  };
  const buttons = shownActions(card).filter((action) => !isInMenu(action));
  const options = shownActions(card).filter(isInMenu);
  const elements = [
    ...buttons.map((action) => cardButton(action, card, text)),
    ...(options.length === 0 ? [] : [menu(options, card, text)]),
  ];
  // Without an id, each edit gives the block another one, and an open menu closes under the click.
  return elements.length === 0 ? [] : [{ ...actions(elements), block_id: BLOCK.cardButtons }];
}

/** All buttons in a row, under a message with few. */
export function plainButtons(card: SessionCard, text: Text): ActionsBlock[] {
  const elements = shownActions(card).map((action) => cardButton(action, card, text));
  return elements.length === 0 ? [] : [actions(elements)];
}

/** The most likely action, unstyled because a list has several; null: there is none. */
export function firstButton(card: SessionCard, text: Text): Button | null {
  const [first] = shownActions(card);
  if (first === undefined) return null;
  const { style: _style, ...plain } = cardButton(first, card, text);
  return plain;
}

function shownActions(card: SessionCard): CardAction[] {
  return card.actions.filter((action) => {
    const { link } = BUTTONS[action];
    return link === undefined || isLinkable(link(card));
  });
}

function labelOf(action: CardAction, { phase }: SessionCard, text: Text): string {
  return BUTTONS[action].labelIn?.[phase]?.(text) ?? text.card.buttons[action];
}

/** Five at most: https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element */
function menu(actions: readonly CardAction[], card: SessionCard, text: Text): Overflow {
  return {
    type: 'overflow',
    action_id: ACTION.cardMenu,
    options: actions.slice(0, LIMIT.overflow).map((action) => menuOption(action, card, text)),
  };
}

function menuOption(action: CardAction, card: SessionCard, text: Text): PlainTextOption {
  const { link } = BUTTONS[action];
  const url = link?.(card) ?? null;
  return {
    ...option(labelOf(action, card, text), menuValue(CARD_ACTION[action], card.requestId)),
    ...(url !== null && { url }),
  };
}

export function cardButton(action: CardAction, card: SessionCard, text: Text): Button {
  const row = BUTTONS[action];
  const url = row.link?.(card) ?? null;
  return {
    ...namedFor(card, button(CARD_ACTION[action], labelOf(action, card, text), card.requestId), text),
    ...(url !== null && { url }),
    ...(isPrimary(action, card) && { style: 'primary' as const }),
    ...(row.danger === true && { style: 'danger' as const }),
    ...(row.confirm !== undefined && { confirm: confirmation(row.confirm(text)) }),
  };
}

/** Otherwise several cards in a row sound the same in a screen reader. */
export function namedFor({ title }: SessionCard, one: Button, text: Text): Button {
  return { ...one, accessibility_label: caption(text.joins.labeled(one.text.text, title)).text };
}

/** At most one: beside a review, a finished session is opened from the menu. */
function isPrimary(action: CardAction, { phase }: SessionCard): boolean {
  return BUTTONS[action].primaryIn?.includes(phase) === true;
}

function isLinkable(url: string | null): boolean {
  return url !== null && isWebAddress(url) && url.length <= LIMIT.url;
}
