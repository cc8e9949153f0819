import type { ActionsBlock, Button, Overflow } from '@slack/types';
import type { Failure } from '../../session/failure.ts';
import { isOver, isOwnCap, type SessionPhase } from '../../session/lifecycle.ts';
import type { ThreadState } from '../../session/preferences.ts';
import type { RequestState } from '../../session/request.ts';
import type { SessionSnapshot } from '../../session/snapshot.ts';
import type { Text } from '../../text/index.ts';
import { BLOCK, CARD_ACTION, CARD_MENU, menuValue, type CardAction } from '../edge/ids.ts';
import { LIMIT, actions, button, caption, confirmation, option, primary } from './objects.ts';
import type { SessionCard } from './session-card.ts';
import { isLinkable } from './text.ts';

type ActedOnRequest = { state: RequestState; failure: Failure | null; secretNames: readonly string[] };
type SessionAnswer = { snapshot: Pick<SessionSnapshot, 'status' | 'isArchived'> };
type Now = {
  phase: SessionPhase;
  /** null: nothing more goes to Devin from it. */
  thread: ThreadState | null;
};
type Offer = Now & { request: ActedOnRequest; session: SessionAnswer | null };

type ButtonRow = {
  /** Whether it would do something. */
  offered: (offer: Offer) => boolean;
  /** A link button, shown only if there is an address to open; left out: it's none. */
  link?: (card: SessionCard) => string | null;
  /** In the ⋯ menu, which can't ask for confirmation: Slack confirms whole menus only. */
  inMenu: (card: SessionCard) => boolean;
  /** It is the primary button in these phases. */
  primaryIn: readonly SessionPhase[];
  /** Phases with another label. */
  labelIn: Partial<Record<SessionPhase, (text: Text, card: SessionCard) => string>>;
  /** It is red, and asks first. */
  confirm?: (text: Text) => string;
};

const always = (): boolean => true;
const never = (): boolean => false;
const USUAL: ButtonRow = { offered: always, inMenu: never, primaryIn: [], labelIn: {} };

/** The buttons of a card, as far as they aren't as usual. A new one is a row, and its label in the catalog. */
const BUTTONS: Record<CardAction, Partial<ButtonRow>> = {
  review: { link: newestOpenPullRequest, primaryIn: ['finished'] },
  open: {
    link: ({ url }) => url,
    primaryIn: ['needs-approval', 'finished'],
    labelIn: { 'needs-approval': (text) => text.card.openToApprove },
    inMenu: (card) => card.phase === 'ended' || shownActions(card).includes('review'),
  },
  details: { inMenu: always },
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
  reply: {
    offered: goesOn,
    primaryIn: ['needs-you'],
    labelIn: { 'needs-you': (text) => text.card.answer, asleep: (text) => text.card.wake },
  },
  'ask-stop': { offered: goesOn, inMenu: always },
  archive: { offered: ({ session }) => session?.snapshot.isArchived === false, inMenu: always },
  'start-again': {
    primaryIn: ['failed', 'capped'],
    labelIn: {
      failed: (text) => text.card.buttons['edit-and-try-again'],
      capped: ({ card }, { statusWord }) =>
        isOwnCap(statusWord) ? card.raiseCap : card.buttons['start-again'],
    },
    inMenu: ({ phase }) => phase === 'finished',
  },
  cancel: {},
  mute: { offered: ({ thread }) => thread !== null && thread !== 'muted', inMenu: always },
  // Beside the line that says what is switched off.
  unmute: { offered: ({ thread }) => thread === 'muted' },
  'listen-thread': {
    offered: ({ thread }) => thread === 'requester' || thread === 'mentions',
    inMenu: ({ thread }) => thread === 'requester',
  },
  'listen-mentions': { offered: ({ thread }) => thread === 'all', inMenu: always },
};

const rowOf = (action: CardAction): ButtonRow => ({ ...USUAL, ...BUTTONS[action] });

/** Devin lists them in the order they were opened. */
function newestOpenPullRequest({ pullRequests }: SessionCard): string | null {
  return pullRequests.findLast(({ state }) => state === 'open')?.url ?? null;
}

/** The row of buttons, with the rest in a menu. Slack refuses an empty row, so without buttons there is none. */
export function cardButtons(card: SessionCard, text: Text): ActionsBlock[] {
  const inMenu = shownActions(card).filter((action) => rowOf(action).inMenu(card));
  const inRow = shownActions(card).filter((action) => !inMenu.includes(action));
  const elements = [
    ...inRow.map((action) => cardButton(action, card, text)),
    ...(inMenu.length === 0 ? [] : [menu(inMenu, card, text)]),
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
    const { link } = rowOf(action);
    return link === undefined || isLinkable(link(card));
  });
}

function labelOf(action: CardAction, card: SessionCard, text: Text): string {
  return rowOf(action).labelIn[card.phase]?.(text, card) ?? text.card.buttons[action];
}

function linkOf(action: CardAction, card: SessionCard): { url?: string } {
  const url = rowOf(action).link?.(card) ?? null;
  return url === null ? {} : { url };
}

/** Five at most: https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element */
function menu(inMenu: readonly CardAction[], card: SessionCard, text: Text): Overflow {
  const options = inMenu.slice(0, LIMIT.overflow).map((action) => {
    const value = menuValue(CARD_ACTION[action], card.requestId);
    return { ...option(labelOf(action, card, text), value), ...linkOf(action, card) };
  });
  return { type: 'overflow', action_id: CARD_MENU, options };
}

export function cardButton(action: CardAction, card: SessionCard, text: Text): Button {
  const { primaryIn, confirm } = rowOf(action);
  const label = labelOf(action, card, text);
  const named = namedFor(card, button(CARD_ACTION[action], label, card.requestId));
  const shown = { ...named, ...linkOf(action, card) };
  if (confirm !== undefined) {
    const asks = { title: label, text: confirm(text), confirm: label, deny: text.card.buttons.cancel };
    return { ...shown, style: 'danger', confirm: confirmation(asks) };
  }
  // At most one: beside a review, a finished session is opened from the menu.
  return primaryIn.includes(card.phase) ? primary(shown) : shown;
}

/** Otherwise several cards in a row sound the same in a screen reader. */
export function namedFor({ title }: SessionCard, one: Button): Button {
  return { ...one, accessibility_label: caption(`${one.text.text}: ${title}`).text };
}

/** Of the thread; only those that change something are offered. */
const SWITCHES = ['mute', 'listen-mentions', 'listen-thread', 'unmute'] as const;

/** What people can do with a session in each phase, most likely first. The card's menu has room for five. */
const IN_PHASE: Record<SessionPhase, readonly CardAction[]> = {
  queued: ['open', 'details', ...SWITCHES, 'ask-stop'],
  starting: ['open', 'details', ...SWITCHES, 'ask-stop'],
  working: ['reply', 'open', 'details', ...SWITCHES, 'ask-stop'],
  'needs-you': ['reply', 'open', 'details', ...SWITCHES, 'ask-stop'],
  'needs-approval': ['open', 'details', ...SWITCHES, 'ask-stop'],
  finished: ['review', 'open', 'reply', 'start-again', 'archive', 'details', 'mute', 'unmute'],
  asleep: ['reply', 'open', 'archive', 'details', ...SWITCHES],
  capped: ['start-again', 'open', 'details', ...SWITCHES],
  failed: ['start-again', 'open', 'details'],
  unknown: ['check-again', 'start-anyway', 'edit-and-try-again', 'details'],
  ended: ['start-again', 'open', 'details'],
  gone: ['start-again', 'details'],
};

/** Without a session. What can be done about one that people canceled is below. */
const IN_STATE: Record<RequestState, readonly CardAction[]> = {
  accepted: ['details', 'cancel'],
  held: ['start-now', 'cancel', 'details'],
  'awaiting-approval': ['details', 'cancel'],
  ready: ['details', 'cancel'],
  sending: ['details'],
  created: ['details'],
  refused: ['edit-and-try-again', 'try-again', 'details'],
  failed: ['edit-and-try-again', 'try-again', 'details'],
  unknown: IN_PHASE.unknown,
};

export function cardActions(request: ActedOnRequest, session: SessionAnswer | null, now: Now): CardAction[] {
  const steps = session === null ? withoutSession(request, now.phase) : IN_PHASE[now.phase];
  return steps.filter((action) => rowOf(action).offered({ request, session, ...now }));
}

function withoutSession({ state, failure }: ActedOnRequest, phase: SessionPhase): readonly CardAction[] {
  return phase === 'ended' && failure?.kind === 'cancelled' ? ['start-again', 'details'] : IN_STATE[state];
}

function goesOn({ session, phase }: Offer): boolean {
  return session !== null && !isOver({ ...session, phase });
}

/** Without its secrets it can't be sent again as it is. */
function lostSecrets({ request: { failure } }: Offer): boolean {
  return failure?.kind === 'secrets-lost';
}

/** The same again without the form: not if Devin refused it, nor if its secrets are gone. */
function canTryAgain({ request: { failure, secretNames } }: Offer): boolean {
  if (secretNames.length > 0) return false;
  // One click must not ask the approver who declined again.
  if (failure?.kind === 'approval') return failure.end !== 'declined';
  return failure?.kind !== 'devin' || failure.code !== 'invalid-request';
}
