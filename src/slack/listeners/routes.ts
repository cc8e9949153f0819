import { setTimeout as delay } from 'node:timers/promises';
import type {
  AckFn,
  App,
  RespondArguments,
  SlackEventMiddlewareArgs,
  SlackOptionsMiddlewareArgs,
  SlackViewMiddlewareArgs,
  ViewSubmitAction,
} from '@slack/bolt';
import type { SessionRequest } from '../../store/requests.ts';
import { personRefusal } from '../authority.ts';
import { ACTION, type ActionId } from '../edge/ids.ts';
import {
  type Command,
  type Payload,
  type PayloadOf,
  type Press,
  readPayload,
  type Search,
  type Shortcut,
  type Submission,
} from '../edge/payload.ts';
import { privatePlace } from '../edge/places.ts';
import { notice } from '../views/notices.ts';
import type { ListenersContext } from './context.ts';

/** Bolt chooses the listener; `payload.ts` reads what it gets. */

/** Not acknowledged, so that the person sees that it failed. */
class MalformedPayloadError extends Error {
  readonly code = 'malformed-payload';

  constructor(problem: string) {
    super(`Slack sent something that can't be read: ${problem}`);
    this.name = 'MalformedPayloadError';
  }
}

/** null: another kind, to be ignored. */
function payloadOf<Kind extends Payload['kind']>(body: unknown, kind: Kind): PayloadOf<Kind> | null {
  const payload = readPayload(body);
  if (payload.kind === 'malformed') throw new MalformedPayloadError(payload.problem);
  return isOf(payload, kind) ? payload : null;
}

function isOf<Kind extends Payload['kind']>(payload: Payload, kind: Kind): payload is PayloadOf<Kind> {
  return payload.kind === kind;
}

export type CommandAck = AckFn<string | RespondArguments>;

/** Whatever its name is. */
export function onCommand(app: App, handle: (command: Command, ack: CommandAck) => Promise<void>): void {
  app.command(/./, async ({ body, ack }) => {
    const command = payloadOf(body, 'command');
    if (command !== null) await handle(command, ack);
  });
}

/** Acknowledges, then acts: for what must be quick and loses nothing if it fails. */
export function onButton(app: App, actionId: ActionId, handle: (press: Press) => Promise<void>): void {
  onPress(app, actionId, async (press, ack) => {
    await ack();
    await handle(press);
  });
}

/** Saves what was asked for, then acknowledges, so that nothing acknowledged is lost. */
export function onDurableButton(
  app: App,
  actionId: ActionId | RegExp,
  handle: (press: Press) => Promise<void>,
): void {
  onPress(app, actionId, async (press, ack) => {
    await handle(press);
    await ack();
  });
}

type HandlePress = (press: Press, ack: () => Promise<void>) => Promise<void>;

/** A button on its own, or an option of the card's menu. */
function onPress(app: App, actionId: ActionId | RegExp, handle: HandlePress): void {
  app.action({ action_id: actionId, type: 'block_actions' }, async ({ ack, body }) => {
    const press = payloadOf(body, 'press');
    await (press === null ? ack() : handle(press, async () => ack()));
  });
  // All listeners get each option of the menu; the one it is meant for acknowledges it.
  app.action({ action_id: ACTION.cardMenu, type: 'block_actions' }, async ({ ack, body }) => {
    const press = payloadOf(body, 'press');
    if (press?.actionId === actionId) await handle(press, async () => ack());
  });
}

export function onSubmission(
  app: App,
  callbackId: string,
  handle: (submission: Submission, ack: SlackViewMiddlewareArgs<ViewSubmitAction>['ack']) => Promise<void>,
): void {
  app.view<ViewSubmitAction>({ callback_id: callbackId, type: 'view_submission' }, async ({ body, ack }) => {
    const submission = payloadOf(body, 'submission');
    if (submission !== null) await handle(submission, ack);
  });
}

/** If something can't be saved, its view stays open with everything in it and says so; the failure goes to the log. */
export async function orStayOpen<T>(
  saving: Promise<T>,
  stayOpen: (error: unknown) => Promise<void>,
): Promise<T> {
  return saving.catch(async (error: unknown) => {
    await stayOpen(error);
    throw error;
  });
}

export function onShortcut(
  app: App,
  callbackId: string,
  handle: (shortcut: Shortcut, ack: () => Promise<void>) => Promise<void>,
): void {
  app.shortcut({ callback_id: callbackId, type: 'message_action' }, async ({ body, ack }) => {
    const shortcut = payloadOf(body, 'shortcut');
    if (shortcut !== null) await handle(shortcut, async () => ack());
  });
}

export function onSearch(
  app: App,
  actionId: RegExp,
  handle: (search: Search, ack: SlackOptionsMiddlewareArgs<'block_suggestion'>['ack']) => Promise<void>,
): void {
  app.options(actionId, async ({ body, ack }) => {
    const search = payloadOf(body, 'search');
    if (search !== null) await handle(search, ack);
  });
}

/** Acknowledged once the listeners have saved what they had to: see `bolt.ts`. `isAgain`: it was delivered before. */
export function onEvent(
  app: App,
  name: SlackEventMiddlewareArgs['event']['type'],
  handle: (payload: Payload, isAgain: boolean) => Promise<void>,
): void {
  // Over the socket, the first delivery is number 0.
  app.event(name, async ({ body, context }) => handle(readPayload(body), (context.retryNum ?? 0) > 0));
}

const LOOKS = 4;
const PAUSE_MS = 250;

/** Slack should deliver the event again: what it is about is not recorded yet. */
class NotRecordedError extends Error {
  readonly code = 'not-recorded';

  constructor() {
    super('an event came before what it is about was recorded');
    this.name = 'NotRecordedError';
  }
}

/**
 * Looks again while something is about to be recorded; for no longer than Slack waits. Then the event is not
 * acknowledged, and Slack delivers it again. https://docs.slack.dev/apis/events-api/#retries
 */
export async function onceRecorded<T>(look: () => Promise<T | 'soon'>): Promise<T> {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const found = await look();
    if (found !== 'soon') return found;
    await delay(PAUSE_MS);
  }
  throw new NotRecordedError();
}

/** True: this speaks against it, and the person is told. `why`: a sentence, escaped; null: nothing does. */
export async function refuses(c: ListenersContext, press: Press, why: string | null): Promise<boolean> {
  if (why !== null) await c.slack.outbound.tellPrivately(privatePlace(press), notice([why]));
  return why !== null;
}

/** People of other workspaces can press a button in a shared channel. True: this one is, and is told. */
export async function refusesOutsider(c: ListenersContext, press: Press, teamId: string): Promise<boolean> {
  if (press.homeTeamId === teamId) return false;
  return refuses(c, press, (await c.textFor(press.userId)).notices.identity.external(null));
}

/**
 * The request of a button; null: the app doesn't know it, or an outsider pressed, and the person is told. Jobs check the
 * person. `requestId`: if it isn't the button's whole value.
 */
export async function requestOf(
  c: ListenersContext,
  press: Press,
  requestId = press.value,
): Promise<SessionRequest | null> {
  const request = requestId === null ? null : await c.store.requests.find(requestId);
  if (request === null) {
    // After a lost database, until its card is found; or for good.
    await refuses(c, press, (await c.textFor(press.userId)).steering.unknown);
    return null;
  }
  if (await refusesOutsider(c, press, request.teamId)) return null;
  // It is polled more often again.
  await c.store.sessions.touch(request.id);
  return request;
}

/** A sentence for the person, escaped; null: nothing speaks against it. */
type WhyNot = (c: ListenersContext, request: SessionRequest, userId: string) => Promise<string | null>;

/** The same for what is shown at once, if this doesn't speak against it. */
export async function requestUnless(
  c: ListenersContext,
  press: Press,
  whyNot: WhyNot,
): Promise<SessionRequest | null> {
  const request = await requestOf(c, press);
  return request === null || (await refuses(c, press, await whyNot(c, request, press.userId)))
    ? null
    : request;
}

/** The same, if the person may do anything here at all. */
export async function requestUnlessPerson(
  c: ListenersContext,
  press: Press,
  whyNot: WhyNot,
): Promise<SessionRequest | null> {
  return requestUnless(
    c,
    press,
    async (_c, request, userId) =>
      (await personRefusal(c, { teamId: request.teamId, userId })) ?? whyNot(c, request, userId),
  );
}
