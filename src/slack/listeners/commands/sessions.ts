import { bareSessionId, type IntentOf } from '../../../session/intent.ts';
import { isOver, STANDING } from '../../../session/lifecycle.ts';
import { findFollowed, findThread, type Followed, type SteeredThread } from '../../../store/requests.ts';
import { readingRefusal, RefusedError, requireSteering, requireWriting } from '../../authority.ts';
import { cardView } from '../../card-view.ts';
import { USAGE } from '../../command/help.ts';
import { saveAct, saveSaid, type ActAsked } from '../../inbox/acts.ts';
import { notice } from '../../views/notices.ts';
import type { Rendered } from '../../views/objects.ts';
import { linkedTitle, renderCard, type SessionCard } from '../../views/session-card.ts';
import { renderConcealed, renderSessionList, renderSessionPick } from '../../views/session-list.ts';
import { code } from '../../views/text.ts';
import type { Answers, Invocation } from '../commands.ts';
import type { ListenersContext } from '../context.ts';

type Viewer = Pick<Invocation, 'userId' | 'channelId' | 'text'>;

const PER_PAGE = 10;

function cardOf(c: ListenersContext, { request, session }: SteeredThread, { text }: Viewer): SessionCard {
  return cardView({ request, session, nowMs: c.now() }, text);
}

/** Throws if there is none, or it belongs to another workspace. */
async function known(c: ListenersContext, call: Invocation, typed: string): Promise<Followed> {
  const found = await findFollowed(c.store, bareSessionId(typed));
  if (found?.request.teamId === call.teamId) return found;
  throw new RefusedError(call.text.sessions.unknown(code(typed), code(`${c.command} follow`)));
}

async function threadsOf(
  { store }: ListenersContext,
  requestIds: readonly string[],
): Promise<SteeredThread[]> {
  const found = await Promise.all(requestIds.map(async (id) => findThread(store, id)));
  return found.filter((thread) => thread !== null);
}

async function list(
  c: ListenersContext,
  call: Invocation,
  { whose, page }: IntentOf<'list'>,
): Promise<Rendered> {
  const { teamId, userId: viewerId } = call;
  const offset = (page - 1) * PER_PAGE;
  const found = await c.store.listing.page({ teamId, viewerId, whose, offset, limit: PER_PAGE });
  const threads = await threadsOf(c, found.requestIds);
  const entries = await Promise.all(
    threads.map(async (thread) => {
      const unreadable = await readingRefusal(c, thread, viewerId);
      return { card: cardOf(c, thread, call), isShown: unreadable === null };
    }),
  );
  const nextPage = found.hasMore ? page + 1 : null;
  return renderSessionList({ command: c.command, whose, nextPage, entries }, call.text);
}

/** The person's sessions that can be stopped, most pressing first. */
async function pick(c: ListenersContext, call: Invocation): Promise<Rendered> {
  const { teamId, userId, text } = call;
  const found = await c.store.listing.mostPressing({ teamId, userId, limit: PER_PAGE * 2 });
  const entries = (await threadsOf(c, found.requestIds)).flatMap(({ request, session }) => {
    const card = cardOf(c, { request, session }, call);
    // What has finished costs nothing more.
    const canStop =
      session === null
        ? card.actions.includes('cancel')
        : !isOver(session) && STANDING[session.phase] !== 'earlier';
    return canStop ? [{ card, hasSession: session !== null }] : [];
  });
  const usage = `${c.command} ${USAGE.stop}`;
  return renderSessionPick({ entries: entries.slice(0, PER_PAGE), usage }, text);
}

async function status(
  c: ListenersContext,
  call: Invocation,
  { session: typed }: IntentOf<'status'>,
): Promise<Rendered> {
  const { request, session } = await known(c, call, typed);
  await c.store.sessions.touch(request.id);
  // How its thread works is explained in the thread.
  const card = cardOf(c, { request, session: { ...session, introducesThread: false } }, call);
  const unreadable = await readingRefusal(c, { request }, call.userId);
  return unreadable === null ? renderCard(card, call.text) : renderConcealed(card, call.text);
}

/** The act checks the person, and answers them. */
export async function ask(c: ListenersContext, call: Invocation, act: ActAsked): Promise<null> {
  await saveAct(c, call, { ...act, always: true });
  return null;
}

async function end(
  c: ListenersContext,
  call: Invocation,
  { kind, session: typed }: IntentOf<'stop' | 'archive'>,
): Promise<null> {
  const { request } = await known(c, call, typed);
  return ask(c, call, { kind, requestId: request.id });
}

async function say(c: ListenersContext, call: Invocation, intent: IntentOf<'say'>): Promise<Rendered | null> {
  const { session: typed, text: message } = intent;
  const { userId, channelId, text } = call;
  const found = await known(c, call, typed);
  await requireSteering(c, found.request, userId);
  await requireWriting(c, found, userId);
  const dedupeKey = `say:${call.deliveryId}`;
  await saveSaid(c, { thread: found, userId, channelId, text: message, via: 'command', dedupeKey });
  // As for a reply in its thread, the job says what becomes of it.
  if (isOver(found.session)) return null;
  return notice([text.sessions.say(linkedTitle(cardOf(c, found, call), text))]);
}

/** Sub-commands about sessions, for people who may start one. */
export const SESSION_ANSWERS = {
  list,
  pick,
  status,
  stop: end,
  archive: end,
  say,
  follow: async (c, call, { session }) => {
    const { teamId, placeKind } = call;
    return ask(c, call, { kind: 'follow', sessionId: bareSessionId(session), teamId, placeKind });
  },
  usage: async (c, call, asked) => ask(c, call, { ...asked, teamId: call.teamId }),
} satisfies Partial<Answers>;
