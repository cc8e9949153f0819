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

type ButtonRow = {
  /** A link button, shown only if there is an address to open. */
  link?: (card: SessionCard) => string | null;
  /** In the ⋯ menu, always or beside another button. It can't ask for confirmation: Slack confirms whole menus only. */
  inMenu?: true | ((card: SessionCard) => boolean);
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
  'try-again': { labelIn: { ended: (text) => text.card.askAgain } },
  'edit-and-try-again': { primaryIn: ['failed'] },
  'start-now': { primaryIn: ['queued'] },
  'check-again': { primaryIn: ['unknown'] },
  'start-anyway': { confirm: (text) => text.card.confirmStartAnyway },
  reply: {},
  answer: { primaryIn: ['needs-you'] },
  wake: {},
  'ask-stop': { inMenu: true },
  archive: { inMenu: true },
  'raise-cap': { primaryIn: ['capped'] },
  'start-again': {
    primaryIn: ['failed'],
    labelIn: { failed: (text) => text.card.buttons['edit-and-try-again'] },
    inMenu: ({ phase }) => phase === 'finished',
  },
  cancel: {},
  mute: { inMenu: true },
  unmute: {},
  'listen-thread': { inMenu: ({ thread }) => thread !== 'mentions' },
  'listen-mentions': { inMenu: true },
};

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

/** `listen`: the switch for what goes to Devin, if the thread has one. */
type ButtonStep = CardAction | 'listen';

/** What people can do with a session in each phase, most likely first. The card's menu has room for five. */
const IN_PHASE: Record<SessionPhase, readonly ButtonStep[]> = {
  queued: ['open', 'details', 'mute', 'listen', 'ask-stop'],
  starting: ['open', 'details', 'mute', 'listen', 'ask-stop'],
  working: ['reply', 'open', 'details', 'mute', 'listen', 'ask-stop'],
  'needs-you': ['answer', 'open', 'details', 'mute', 'listen', 'ask-stop'],
  'needs-approval': ['open', 'details', 'mute', 'listen', 'ask-stop'],
  finished: ['review', 'open', 'reply', 'start-again', 'archive', 'details', 'mute'],
  asleep: ['wake', 'open', 'archive', 'details', 'mute', 'listen'],
  capped: ['raise-cap', 'start-again', 'open', 'details', 'mute', 'listen'],
  failed: ['start-again', 'open', 'details'],
  unknown: ['check-again', 'start-anyway', 'details'],
  ended: ['start-again', 'open', 'details'],
  gone: ['start-again', 'details'],
};

/** What the menu can switch the thread to. */
const SWITCH: Partial<Record<ThreadState, CardAction>> = {
  all: 'listen-mentions',
  requester: 'listen-thread',
};
/** Turns back on what is switched off: a button beside the line that says so. */
const UNDO: Partial<Record<ThreadState, CardAction>> = {
  muted: 'unmute',
  mentions: 'listen-thread',
};

/** These need a session that isn't over. */
const NEEDS_LIFE: ReadonlySet<CardAction> = new Set(['reply', 'answer', 'wake', 'ask-stop']);

type ActedOnRequest = {
  state: RequestState;
  failure: Failure | null;
  hadSecrets: boolean;
};
type SessionAnswer = { snapshot: Pick<SessionSnapshot, 'status' | 'statusDetail' | 'isArchived'> };
type Now = {
  phase: SessionPhase;
  /** null: nothing more goes to Devin from it. */
  thread: ThreadState | null;
};

export function cardActions(request: ActedOnRequest, session: SessionAnswer | null, now: Now): CardAction[] {
  switch (request.state) {
    case 'created':
      return session === null ? ['details'] : onSession(session, now);
    case 'unknown':
      // Without its secrets it can't be sent again as it is.
      return request.failure?.kind === 'secrets-lost'
        ? ['check-again', 'edit-and-try-again', 'details']
        : IN_PHASE.unknown.flatMap((step) => inThread(step, null));
    case 'refused':
    case 'failed':
      return afterFailure(request);
    case 'sending':
      return ['details'];
    case 'held':
      return ['start-now', 'cancel', 'details'];
    default:
      return ['details', 'cancel'];
  }
}

function onSession(session: SessionAnswer, { phase, thread }: Now): CardAction[] {
  const { isArchived, statusDetail } = session.snapshot;
  // If it stopped at its own cap, that can be higher for the next one.
  const instead = isOwnCap(statusDetail) ? 'start-again' : 'raise-cap';
  const over = isOver({ ...session, phase });
  const undo = thread === null ? undefined : UNDO[thread];
  const actions = IN_PHASE[phase].flatMap((step) => inThread(step, thread));
  return [...actions, ...(undo === undefined ? [] : [undo])].filter(
    (action) =>
      !(over && NEEDS_LIFE.has(action)) &&
      !(isArchived && action === 'archive') &&
      !(phase === 'capped' && action === instead),
  );
}

/** Leaves out switches that would change nothing in the thread. */
function inThread(step: ButtonStep, thread: ThreadState | null): CardAction[] {
  if (step === 'mute') return thread === null || thread === 'muted' ? [] : [step];
  if (step !== 'listen') return [step];
  const to = thread === null ? undefined : SWITCH[thread];
  return to === undefined ? [] : [to];
}

function afterFailure(request: ActedOnRequest): CardAction[] {
  if (request.failure?.kind === 'cancelled') return ['start-again', 'details'];
  return canTryAgain(request)
    ? ['edit-and-try-again', 'try-again', 'details']
    : ['edit-and-try-again', 'details'];
}

/** The same again without the form: not if Devin refused it, nor if its secrets are gone. */
function canTryAgain({ failure, hadSecrets }: ActedOnRequest): boolean {
  if (hadSecrets) return false;
  // One click must not ask the approver who declined again.
  if (failure?.kind === 'approval' && failure.end === 'declined') return false;
  return !(failure?.kind === 'devin' && failure.code === 'invalid-request');
}
