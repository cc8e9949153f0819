import type { ActionsBlock, Button, Overflow } from '@slack/types';
import type { Failure } from '../../session/failure.ts';
import { isOver, isOwnCap, type SessionPhase } from '../../session/lifecycle.ts';
import type { ThreadState } from '../../session/preferences.ts';
import type { RequestState } from '../../session/request.ts';
import type { SessionSnapshot } from '../../session/snapshot.ts';
import type { Text } from '../../text/index.ts';
import { BLOCK, CARD_ACTION, CARD_MENU, menuValue, type CardAction } from '../edge/ids.ts';
import { LIMIT, actions, button, caption, confirmation, option } from './objects.ts';
import type { SessionCard } from './session-card.ts';
import { isWebAddress } from './text.ts';

type ActedOnRequest = { state: RequestState; failure: Failure | null; hadSecrets: boolean };
type SessionAnswer = { snapshot: Pick<SessionSnapshot, 'status' | 'statusDetail' | 'isArchived'> };
type Now = {
  phase: SessionPhase;
  /** null: nothing more goes to Devin from it. */
  thread: ThreadState | null;
};
type Offer = Now & { request: ActedOnRequest; session: SessionAnswer | null };

type ButtonRow = {
  /** Whether it would do something; left out: always. */
  offered?: (offer: Offer) => boolean;
  /** A link button, shown only if there is an address to open. */
  link?: (card: SessionCard) => string | null;
  /** In the ⋯ menu, always or beside another button. It can't ask for confirmation: Slack confirms whole menus only. */
  inMenu?: boolean | ((card: SessionCard) => boolean);
  /** It is the primary button in these phases. */
  primaryIn?: readonly SessionPhase[];
  /** Phases with another label. */
  labelIn?: Partial<Record<SessionPhase, (text: Text) => string>>;
  /** It is red, and asks first. */
  confirm?: (text: Text) => string;
};

/** The buttons of a card. A new one is a row, and its label in the catalog. */
const BUTTONS: Record<CardAction, ButtonRow> = {
  review: { link: newestOpenPullRequest, primaryIn: ['finished'] },
  open: {
    link: ({ url }) => url,
    primaryIn: ['needs-approval', 'finished'],
    labelIn: { 'needs-approval': (text) => text.card.openToApprove },
    inMenu: (card) => card.phase === 'ended' || shownActions(card).includes('review'),
  },
  details: { inMenu: true },
  'try-again': { offered: canTryAgain, labelIn: { ended: (text) => text.card.askAgain } },
  'edit-and-try-again': {
    offered: (offer) => offer.phase !== 'unknown' || lostSecrets(offer),
    primaryIn: ['failed'],
  },
  'start-now': { primaryIn: ['queued'] },
  'check-again': { primaryIn: ['unknown'] },
  'start-anyway': {
    offered: (offer) => !lostSecrets(offer),
    confirm: (text) => text.card.confirmStartAnyway,
  },
  reply: { offered: goesOn },
  answer: { offered: goesOn, primaryIn: ['needs-you'] },
  wake: { offered: goesOn },
  'ask-stop': { offered: goesOn, inMenu: true },
  archive: { offered: ({ session }) => session?.snapshot.isArchived === false, inMenu: true },
  'raise-cap': { offered: atOwnCap, primaryIn: ['capped'] },
  'start-again': {
    offered: (offer) => !atOwnCap(offer),
    primaryIn: ['failed'],
    labelIn: { failed: (text) => text.card.buttons['edit-and-try-again'] },
    inMenu: ({ phase }) => phase === 'finished',
  },
  cancel: {},
  mute: { offered: ({ thread }) => thread !== null && thread !== 'muted', inMenu: true },
  // Beside the line that says what is switched off.
  unmute: { offered: ({ thread }) => thread === 'muted' },
  'listen-thread': {
    offered: ({ thread }) => thread === 'requester' || thread === 'mentions',
    inMenu: ({ thread }) => thread === 'requester',
  },
  'listen-mentions': { offered: ({ thread }) => thread === 'all', inMenu: true },
};

/** Devin lists them in the order they were opened. */
function newestOpenPullRequest({ pullRequests }: SessionCard): string | null {
  return pullRequests.findLast(({ state }) => state === 'open')?.url ?? null;
}

/** The row of buttons, with the rest in a menu. Slack refuses an empty row, so without buttons there is none. */
export function cardButtons(card: SessionCard, text: Text): ActionsBlock[] {
  const isInMenu = (action: CardAction): boolean => {
    const { inMenu = false } = BUTTONS[action];
    return typeof inMenu === 'boolean' ? inMenu : inMenu(card);
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

/** The most likely action, unstyled because a list has several; null: there is none. */
export function firstButton(card: SessionCard, text: Text): Button | null {
  const [first] = shownActions(card);
  if (first === undefined) return null;
  // The title of a row is a link to the session already.
  const action = first === 'open' && card.phase !== 'needs-approval' ? 'details' : first;
  const { style: _style, ...plain } = cardButton(action, card, text);
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
  const options = actions.slice(0, LIMIT.overflow).map((action) => {
    const url = BUTTONS[action].link?.(card) ?? null;
    const value = menuValue(CARD_ACTION[action], card.requestId);
    return { ...option(labelOf(action, card, text), value), ...(url !== null && { url }) };
  });
  return { type: 'overflow', action_id: CARD_MENU, options };
}

export function cardButton(action: CardAction, card: SessionCard, text: Text): Button {
  const row = BUTTONS[action];
  const url = row.link?.(card) ?? null;
  const label = labelOf(action, card, text);
  const asks = row.confirm?.(text);
  return {
    ...namedFor(card, button(CARD_ACTION[action], label, card.requestId), text),
    ...(url !== null && { url }),
    // At most one: beside a review, a finished session is opened from the menu.
    ...(row.primaryIn?.includes(card.phase) === true && { style: 'primary' as const }),
    ...(asks !== undefined && {
      style: 'danger' as const,
      confirm: confirmation({ title: label, text: asks, confirm: label, deny: text.card.buttons.cancel }),
    }),
  };
}

/** Otherwise several cards in a row sound the same in a screen reader. */
export function namedFor({ title }: SessionCard, one: Button, text: Text): Button {
  return { ...one, accessibility_label: caption(text.joins.labeled(one.text.text, title)).text };
}

function isLinkable(url: string | null): boolean {
  return url !== null && isWebAddress(url) && url.length <= LIMIT.url;
}

/** Of the thread; only those that change something are offered. */
const SWITCHES = ['mute', 'listen-mentions', 'listen-thread', 'unmute'] as const;

/** What people can do with a session in each phase, most likely first. The card's menu has room for five. */
const IN_PHASE: Record<SessionPhase, readonly CardAction[]> = {
  queued: ['open', 'details', ...SWITCHES, 'ask-stop'],
  starting: ['open', 'details', ...SWITCHES, 'ask-stop'],
  working: ['reply', 'open', 'details', ...SWITCHES, 'ask-stop'],
  'needs-you': ['answer', 'open', 'details', ...SWITCHES, 'ask-stop'],
  'needs-approval': ['open', 'details', ...SWITCHES, 'ask-stop'],
  finished: ['review', 'open', 'reply', 'start-again', 'archive', 'details', 'mute', 'unmute'],
  asleep: ['wake', 'open', 'archive', 'details', ...SWITCHES],
  capped: ['raise-cap', 'start-again', 'open', 'details', ...SWITCHES],
  failed: ['start-again', 'open', 'details'],
  unknown: ['check-again', 'start-anyway', 'edit-and-try-again', 'details'],
  ended: ['start-again', 'open', 'details'],
  gone: ['start-again', 'details'],
};

export function cardActions(request: ActedOnRequest, session: SessionAnswer | null, now: Now): CardAction[] {
  const steps = stepsOf(request, session, now.phase);
  return steps.filter((action) => BUTTONS[action].offered?.({ request, session, ...now }) !== false);
}

function stepsOf(
  { state, failure }: ActedOnRequest,
  session: SessionAnswer | null,
  phase: SessionPhase,
): readonly CardAction[] {
  switch (state) {
    case 'created':
      return session === null ? ['details'] : IN_PHASE[phase];
    case 'unknown':
      return IN_PHASE.unknown;
    case 'refused':
    case 'failed':
      return failure?.kind === 'cancelled'
        ? ['start-again', 'details']
        : ['edit-and-try-again', 'try-again', 'details'];
    case 'sending':
      return ['details'];
    case 'held':
      return ['start-now', 'cancel', 'details'];
    default:
      return ['details', 'cancel'];
  }
}

function goesOn({ session, phase }: Offer): boolean {
  return session !== null && !isOver({ ...session, phase });
}

function atOwnCap({ session, phase }: Offer): boolean {
  return phase === 'capped' && session !== null && isOwnCap(session.snapshot.statusDetail);
}

/** Without its secrets it can't be sent again as it is. */
function lostSecrets({ request: { failure } }: Offer): boolean {
  return failure?.kind === 'secrets-lost';
}

/** The same again without the form: not if Devin refused it, nor if its secrets are gone. */
function canTryAgain({ request: { failure, hadSecrets } }: Offer): boolean {
  if (hadSecrets) return false;
  // One click must not ask the approver who declined again.
  if (failure?.kind === 'approval') return failure.end !== 'declined';
  return failure?.kind !== 'devin' || failure.code !== 'invalid-request';
}
