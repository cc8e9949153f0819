import type { SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ResolveIdentity } from '../../identity/resolve.ts';
import type { Log } from '../../log.ts';
import type { WithNames } from '../../session/defaults.ts';
import type { Lookup } from '../../session/fields.ts';
import type { Person } from '../../store/identities.ts';
import type { Limiter } from '../../store/limiter.ts';
import type { SteeredThread } from '../../store/requests.ts';
import type { createInOrder } from '../../time.ts';
import { personRefusal, type AuthorityContext } from '../authority.ts';
import type { ActionId, SubmittedView } from '../edge/ids.ts';
import type { Press, Submission } from '../edge/payload.ts';
import type { Slack } from '../edge/slack.ts';
import type { ActsContext } from '../inbox/acts.ts';
import type { RequestsContext } from '../inbox/requests.ts';
import type { Suggestion } from '../views/form/fields.ts';
import { notice } from '../views/notices.ts';

/** What listeners need. People wait for them, so `lookUp`, `presence` and `textFor` answer in time, whatever Slack and Devin do. */
export type ListenersContext = AuthorityContext &
  ActsContext &
  RequestsContext & {
    slack: Pick<Slack, 'outbound' | 'people' | 'botUserId' | 'files' | 'thread'>;
    resolve: ResolveIdentity;
    limiter: Limiter;
    inOrder: ReturnType<typeof createInOrder>;
    search: (lookup: Lookup, typed: string) => Promise<Suggestion[]>;
    /** With the names of playbooks and the like that are known now. */
    withNames: WithNames;
    mentions: 'start' | 'ask';
    command: string;
    /** Redraws the person's Home if they may be looking at it. */
    redrawHome: (person: Person) => Promise<void>;
    now: () => number;
    log: Log;
  };

/** What a button does, on its own or as an option of the card's menu. */
export type OnPress = (c: ListenersContext, press: Press, ack: () => Promise<void>) => Promise<void>;
export type Presses = Partial<Record<ActionId, OnPress>>;
type HandlePress = (c: ListenersContext, press: Press) => Promise<void>;

/** Acknowledges, then acts: for what must be quick and loses nothing if it fails. */
export function quick(handle: HandlePress): OnPress {
  return async (c, press, ack) => {
    await ack();
    await handle(c, press);
  };
}

/** Saves what was asked for, then acknowledges, so that nothing acknowledged is lost. */
export function durable(handle: HandlePress): OnPress {
  return async (c, press, ack) => {
    await handle(c, press);
    await ack();
  };
}

/** What a view does when it is sent. If it throws, the view stays open with everything in it and says so. */
export type OnSubmit = (
  c: ListenersContext,
  submission: Submission,
  ack: SlackViewMiddlewareArgs<ViewSubmitAction>['ack'],
) => Promise<void>;
export type Submissions = Partial<Record<SubmittedView, OnSubmit>>;

/** True: this speaks against it, and the person is told. `why`: a sentence, escaped; null: nothing does. */
export async function refuses(c: ListenersContext, press: Press, why: string | null): Promise<boolean> {
  if (why !== null) await c.slack.outbound.tellPrivately(press, notice([why]));
  return why !== null;
}

/** People of other workspaces can press a button in a shared channel. True: this one is, and is told. */
export async function refusesOutsider(c: ListenersContext, press: Press, teamId: string): Promise<boolean> {
  if (press.homeTeamId === teamId) return false;
  return refuses(c, press, (await c.textFor(press.userId)).notices.identity.external);
}

/** A sentence for the person, escaped; null: nothing speaks against it. */
export type WhyNot = (c: ListenersContext, thread: SteeredThread, userId: string) => Promise<string | null>;

/**
 * What a button is about; null: the app doesn't know it, an outsider pressed, or this speaks against it, and the person
 * is told. Jobs check the person. `requestId`: if it isn't the button's whole value.
 */
export async function threadOf(
  c: ListenersContext,
  press: Press,
  { requestId = press.value, whyNot }: { requestId?: string | null; whyNot?: WhyNot } = {},
): Promise<SteeredThread | null> {
  const { userId } = press;
  const request = requestId === null ? null : await c.store.requests.find(requestId);
  if (request === null) {
    // After a lost database, until its card is found; or for good.
    await refuses(c, press, (await c.textFor(userId)).steering.unknown);
    return null;
  }
  if (await refusesOutsider(c, press, request.teamId)) return null;
  // It is polled more often again.
  await c.store.sessions.touch(request.id);
  const thread = { request, session: await c.store.sessions.ofRequest(request.id) };
  const why = whyNot === undefined ? null : await whyNot(c, thread, userId);
  return (await refuses(c, press, why)) ? null : thread;
}

/** The same, if the person may do anything here at all. */
export function asPerson(whyNot: WhyNot): WhyNot {
  return async (c, thread, userId) =>
    (await personRefusal(c, { teamId: thread.request.teamId, userId })) ?? whyNot(c, thread, userId);
}
