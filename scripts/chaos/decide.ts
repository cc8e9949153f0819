import type { Message, View } from '../../sandbox/slack/index.ts';
import { ACTION, CARD_ACTION, DECLINE_BLOCK, VIEW } from '../../src/slack/edge/ids.ts';
import { en } from '../../src/text/en.ts';
import { at } from './ask.ts';
import { cardsIn, hasStatus, saysWithout, tokenIn, type Ledger } from './ledger.ts';
import type { Decision, PlannedRequest } from './plan.ts';
import { until } from './until.ts';
import { createViews } from './views.ts';
import type { Person, World } from './world.ts';

type DecideDeps = { world: World; ledger: Ledger; patienceMs: number; signal: AbortSignal };

/** Between two presses of a button that is still there. */
const PRESS_EVERY_MS = 5000;
/** How long a card may take to show that a request was started anyway. */
const INSISTING_MS = 15_000;

/** People who decide about requests: approvers, requesters who cancel, and those who start one anyway. */
export function createDeciding({ world, ledger, patienceMs, signal }: DecideDeps) {
  const { slack, approvers, people } = world;
  const wait = { timeoutMs: patienceMs, signal };
  const views = createViews(world, signal);
  const [first, second] = [at(approvers, 0), at(approvers, 1)];

  const has = (message: Message, action: string): boolean =>
    JSON.stringify(message.blocks).includes(`"action_id":"${action}"`);
  /** What asks this person to approve it. */
  const asked =
    ({ userId }: Person, token: string) =>
    (): Message | null =>
      slack
        .messages(slack.directMessages(userId))
        .find((one) => has(one, ACTION.approve) && slack.renderText(one).includes(token)) ?? null;
  const cardWith = (token: string, action: string) => (): Message | null =>
    cardsIn(slack).find((card) => tokenIn(card.text) === token && has(card, action)) ?? null;

  const isOver = (token: string): boolean =>
    ledger.session(token) !== null || saysWithout(slack, token) !== null;

  /** Acts whenever there is something to press, until the request is over. People press again if nothing happens. */
  async function whileThere(
    token: string,
    find: () => Message | null,
    act: (on: Message) => Promise<void>,
  ): Promise<void> {
    // What asked for it can still have its buttons for a while.
    const look = (): Message | 'over' | null => (isOver(token) ? 'over' : find());
    for (;;) {
      const on = await until(look, wait);
      if (on === null || on === 'over') return;
      await act(on);
      const hasWorked = (): true | null => (isOver(token) || find() === null ? true : null);
      await until(hasWorked, { timeoutMs: PRESS_EVERY_MS, signal });
    }
  }

  async function press(token: string, person: Person, action: string): Promise<void> {
    const find = action === CARD_ACTION.cancel ? cardWith(token, action) : asked(person, token);
    await whileThere(token, find, async (on) => void (await slack.clickButton(person.userId, on, action)));
  }

  /** What the first approver's press opens. */
  const open = async (on: Message, action: string, callbackId: string): Promise<View | null> =>
    views.open(first.userId, callbackId, async () => slack.clickButton(first.userId, on, action));

  /** An earlier press may have worked while other dialogs came first. */
  async function decline(token: string): Promise<void> {
    const on = asked(first, token)();
    const dialog = on === null ? null : await open(on, ACTION.decline, VIEW.decline);
    if (dialog === null) return;
    slack.typeIn(dialog.id, { [DECLINE_BLOCK]: 'Not this week.' });
    await views.submit(dialog, first.userId);
  }

  async function decide(decision: Decision, token: string, requester: Person): Promise<void> {
    const approve = async (): Promise<void> => press(token, first, ACTION.approve);
    const cancel = async (): Promise<void> => press(token, requester, CARD_ACTION.cancel);
    switch (decision) {
      case 'approve':
        return approve();
      case 'both-approve':
        await Promise.all([approve(), press(token, second, ACTION.approve)]);
        return;
      case 'cancel':
        return cancel();
      case 'approve-and-cancel':
        await Promise.all([approve(), cancel()]);
        return;
      case 'decline':
        return whileThere(token, asked(first, token), async () =>
          views.oneByOne(first.userId, async () => decline(token)),
        );
    }
  }

  const isUnknown = (card: Message): boolean => hasStatus(card, en.card.phases.unknown);

  /** Presses it once, when nobody found the session. Returns when the card shows what comes of it. */
  async function insist(token: string, requester: Person): Promise<void> {
    const find = cardWith(token, CARD_ACTION['start-anyway']);
    const isSettled = (): 'started' | Message | null => (ledger.session(token) === null ? find() : 'started');
    const on = await until(isSettled, wait);
    if (on === null || on === 'started' || !isUnknown(on)) return;
    ledger.insisted.set(token, (ledger.insisted.get(token) ?? 0) + 1);
    const { failure } = await slack.clickButton(requester.userId, on, CARD_ACTION['start-anyway']);
    if (failure !== null) return;
    const goesOn = (): true | null => {
      const card = find();
      return ledger.session(token) !== null || card === null || !isUnknown(card) ? true : null;
    };
    await until(goesOn, { timeoutMs: INSISTING_MS, signal });
  }

  return async ({ decision, insists, person }: PlannedRequest, token: string): Promise<void> => {
    const requester = at(people, person);
    if (decision !== null) {
      ledger.decided.set(token, decision);
      await decide(decision, token, requester);
    }
    if (insists) await insist(token, requester);
  };
}
