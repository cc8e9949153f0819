import type { ResolveIdentity } from '../../identity/resolve.ts';
import type { Log } from '../../log.ts';
import type { WithNames } from '../../session/defaults.ts';
import type { Lookup } from '../../session/fields.ts';
import type { Person } from '../../store/identities.ts';
import type { Limiter } from '../../store/limiter.ts';
import { findThread, type SteeredThread } from '../../store/requests.ts';
import type { createInOrder } from '../../time.ts';
import { refuse, RefusedError, type AuthorityContext } from '../authority.ts';
import { homeMetadata, OutdatedError, type ActionId, type SubmittedView } from '../edge/ids.ts';
import type { Press, Submission } from '../edge/payload.ts';
import type { Slack } from '../edge/slack.ts';
import type { ActsContext } from '../inbox/acts.ts';
import type { RequestsContext } from '../inbox/requests.ts';
import type { Suggestion } from '../views/form/fields.ts';

/** What listeners need. People wait for them, so `lookUp`, `presence` and `textFor` answer in time, whatever Slack and Devin do. */
export type ListenersContext = AuthorityContext &
  ActsContext &
  RequestsContext & {
    slack: Pick<Slack, 'outbound' | 'people' | 'nameMentions' | 'botUserId' | 'files' | 'thread'>;
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

type HandlePress = (c: ListenersContext, press: Press) => Promise<void>;
/** What a button does, on its own or as an option of the card's menu. */
export type OnPress = { isQuick: boolean; handle: HandlePress };
export type Presses = Partial<Record<ActionId, OnPress>>;

/** Acknowledged first: for what must be quick and loses nothing if it fails. */
export const quick = (handle: HandlePress): OnPress => ({ isQuick: true, handle });

/** Saves what was asked for and is acknowledged then, so that nothing acknowledged is lost. */
export const durable = (handle: HandlePress): OnPress => ({ isQuick: false, handle });

/** Resolves with what is wrong, by block id. If anything is, or it throws, the view stays open. */
export type OnSubmit = (c: ListenersContext, submission: Submission) => Promise<Record<string, string>>;
export type Submissions = Partial<Record<SubmittedView, OnSubmit>>;

/** People of other workspaces can press a button in a shared channel. */
export async function refuseOutsider(c: ListenersContext, press: Press, teamId: string): Promise<void> {
  if (press.homeTeamId !== teamId) refuse((await c.textFor(press.userId)).notices.identity.external());
}

/** Where a button was pressed; in a Home, the person's conversation with the app, where a card can go. */
export function channelOf({ view, channelId: pressedIn }: Press): string {
  const channelId = view === null ? pressedIn : homeMetadata.read(view.metadata).channelId;
  if (channelId === null) throw new OutdatedError();
  return channelId;
}

/**
 * What a button is about. Throws if the app doesn't know it, or an outsider pressed. Jobs check the person. `requestId`: if
 * it isn't the button's whole value.
 */
export async function threadOf(
  c: ListenersContext,
  press: Press,
  requestId = press.value ?? '',
): Promise<SteeredThread> {
  const thread = await findThread(c.store, requestId);
  // After a lost database, until its card is found; or for good.
  if (thread === null) throw new RefusedError((await c.textFor(press.userId)).steering.unknown);
  await refuseOutsider(c, press, thread.request.teamId);
  // It is polled more often again.
  await c.store.sessions.touch(requestId);
  return thread;
}
