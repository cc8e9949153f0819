import type { App } from '@slack/bolt';
import type { Posts } from '../../store/posts.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { createInOrder } from '../../time.ts';
import { isAddressed, mentionsIn, readThreadMeaning } from '../command/meaning.ts';
import type { Message, Payload, PayloadOf } from '../payload.ts';
import { answerAddressed, type AddressedDeps } from './addressed.ts';
import { dropOffer, hearEdit, type EditDeps } from './edits.ts';
import { onceRecorded } from './recorded.ts';
import { onEvent } from './routes.ts';
import { answerNotTaken, hear, tellNotTaken, type ThreadMessage } from './thread.ts';

type MessageDeps = EditDeps &
  AddressedDeps & {
    posts: Pick<Posts, 'isPlacingCard'>;
    requests: Pick<Requests, 'openIn'>;
  };

type MessageEvent = PayloadOf<'message' | 'edit' | 'deletion'>;

/** Acts on people's messages in sessions' threads and to the app, and on no others. */
export function listenToMessages(app: App, deps: MessageDeps): void {
  const { threads, botUserId } = deps;
  // An edit or a deletion finds a message only once that is saved.
  const inOrder = createInOrder();

  async function act(event: MessageEvent, isAgain: boolean): Promise<void> {
    switch (event.kind) {
      case 'deletion':
        await dropOffer(deps, event);
        return threads.retract(event);
      case 'edit':
        return hearEdit(deps, event, isAgain);
      case 'message':
        if (event.userId !== botUserId()) await hearMessage(deps, event, isAgain);
    }
  }

  async function take(event: Payload, isAgain: boolean): Promise<void> {
    if (event.kind === 'message' || event.kind === 'edit' || event.kind === 'deletion')
      await inOrder(`${event.channelId}:${event.ts}`, async () => act(event, isAgain));
  }

  onEvent(app, 'message', take);
  // The manifest doesn't subscribe to it, since each is a message, too.
  onEvent(app, 'app_mention', take);
}

async function hearMessage(deps: MessageDeps, delivered: Message, isAgain: boolean): Promise<void> {
  const handle = await handlerOf(deps, delivered);
  if (handle === null) return;
  // It asked for a session itself, which may have a question by now. A mention can be two events, in any order.
  const mayBeKnown = isAgain || mentionsIn(delivered.slackText, deps.botUserId()).app;
  if (mayBeKnown && (await deps.requests.ofMessage(delivered)) !== null) return;
  // Only now: Slack takes few such calls, and after an outage it delivers again what people told each other, too.
  const message = isAgain ? await deps.readAgain(delivered) : delivered;
  if (message !== null) await handle(message);
}

type Handle = (message: Message) => Promise<void>;

/** What to do with it; null: it is for people only. */
async function handlerOf(deps: MessageDeps, delivered: Message): Promise<Handle | null> {
  const { channelId, threadTs, slackText, placeKind } = delivered;
  const isToApp = isAddressed(slackText, { botUserId: deps.botUserId(), isDirect: placeKind === 'direct' });
  if (threadTs !== null) {
    const session = await sessionIn(deps, { ...delivered, threadTs });
    if (session !== null) return async (message) => hear(deps, { ...message, threadTs }, session);
    const request = await deps.requests.openIn(channelId, threadTs);
    const isNew = readThreadMeaning(slackText, deps.botUserId()).kind === 'new';
    if (request !== null && !(isToApp && isNew))
      return async (message) => notHeard(deps, { ...message, threadTs }, request);
  }
  return isToApp ? async (message) => answerAddressed(deps, message) : null;
}

/** People see a card before the app has recorded where it is; long before, if Slack is slow to answer. */
async function sessionIn(
  { sessions, posts, botUserId }: Pick<MessageDeps, 'sessions' | 'posts' | 'botUserId'>,
  { channelId, threadTs, parentUserId }: ThreadMessage,
): Promise<SessionRow | null> {
  const found = await sessions.inThread(channelId, threadTs);
  const mayBeCard = (parentUserId ?? botUserId()) === botUserId();
  if (found !== null || !mayBeCard) return found;
  return onceRecorded(async () => {
    const isPlacing = await posts.isPlacingCard(channelId);
    // Only after that: the card may have been recorded since.
    const session = await sessions.inThread(channelId, threadTs);
    return session === null && isPlacing ? 'soon' : session;
  });
}

/** Tells the author that Devin gets nothing that is said before its session starts. Otherwise they might start another. */
async function notHeard(deps: MessageDeps, reply: ThreadMessage, request: SessionRequest): Promise<void> {
  const { slackText, userId } = reply;
  if (readThreadMeaning(slackText, deps.botUserId()).kind === 'aside') return;
  const mentions = mentionsIn(slackText, deps.botUserId());
  if (!(await deps.threads.wouldReceive(reply, request, { userId, mentions }))) return;
  const untold = { sessionId: request.id, reason: 'not-started' } as const;
  await (mentions.app ? answerNotTaken : tellNotTaken)(deps, reply, untold);
}
