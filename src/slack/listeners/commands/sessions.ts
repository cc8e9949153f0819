import { bareSessionId, type IntentOf } from '../../../session/intent.ts';
import { isOver, STANDING } from '../../../session/lifecycle.ts';
import {
  type SessionRequest,
  findFollowed,
  type Followed,
  type SteeredThread,
} from '../../../store/requests.ts';
import { maySee, personRefusal, readingRefusal, steeringRefusal, writingRefusal } from '../../authority.ts';
import { cardView } from '../../card-view.ts';
import { USAGE } from '../../command/help.ts';
import { saveAct, saveSaid } from '../../inbox/acts.ts';
import { notice } from '../../views/notices.ts';
import type { Rendered } from '../../views/objects.ts';
import { linkedTitle, renderCard, type SessionCard } from '../../views/session-card.ts';
import { renderConcealed, renderSessionList, renderSessionPick } from '../../views/session-list.ts';
import { renderReplyNotice } from '../../views/steering.ts';
import { code } from '../../views/text.ts';
import type { Answers, Invocation } from '../commands.ts';
import type { ListenersContext } from '../context.ts';

type Viewer = Pick<Invocation, 'userId' | 'channelId' | 'text'>;

const PER_PAGE = 10;

function cardOf(c: ListenersContext, { request, session }: SteeredThread, { text }: Viewer): SessionCard {
  return cardView({ request, session, nowMs: c.now() }, text);
}

/** null: there is none, or it belongs to another workspace. */
async function known(c: ListenersContext, call: Invocation, typed: string): Promise<Followed | null> {
  const found = await findFollowed(c.store, bareSessionId(typed));
  return found?.request.teamId === call.teamId ? found : null;
}

/** Checks again: a public channel may be private by now. */
async function mayRead(c: ListenersContext, request: SessionRequest, viewer: Viewer): Promise<boolean> {
  return maySee(request, viewer) && (await readingRefusal(c, { request }, viewer.userId)) === null;
}

async function entry(c: ListenersContext, requestId: string, viewer: Viewer) {
  const [request, session] = await Promise.all([
    c.store.requests.find(requestId),
    c.store.sessions.ofRequest(requestId),
  ]);
  if (request === null) return [];
  return [{ card: cardOf(c, { request, session }, viewer), isShown: await mayRead(c, request, viewer) }];
}

async function list(
  c: ListenersContext,
  call: Invocation,
  { whose, page }: IntentOf<'list'>,
): Promise<Rendered> {
  const { teamId, userId: viewerId } = call;
  const offset = (page - 1) * PER_PAGE;
  const found = await c.store.listing.page({ teamId, viewerId, whose, offset, limit: PER_PAGE });
  const entries = await Promise.all(found.requestIds.map(async (id) => entry(c, id, call)));
  const pages = Math.ceil(found.total / PER_PAGE);
  const listed = { command: c.command, whose, page, pages, entries: entries.flat() };
  return renderSessionList(listed, call.text);
}

/** The person's sessions that can be stopped, most pressing first. */
async function pick(c: ListenersContext, call: Invocation): Promise<Rendered> {
  const { teamId, userId, text } = call;
  const found = await c.store.listing.mostPressing({ teamId, userId, limit: PER_PAGE * 2 });
  const rows = await Promise.all(
    found.requestIds.map(async (id) =>
      Promise.all([c.store.requests.find(id), c.store.sessions.ofRequest(id)]),
    ),
  );
  const entries = rows.flatMap(([request, session]) => {
    if (request === null) return [];
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
  const found = await known(c, call, typed);
  if (found === null) return unknown(c, call, typed);
  const { request, session } = found;
  await c.store.sessions.touch(request.id);
  // How its thread works is explained in the thread.
  const card = cardOf(c, { request, session: { ...session, introducesThread: false } }, call);
  if (await mayRead(c, request, call)) return renderCard(card, call.text);
  return renderConcealed(card, call.text);
}

/** The answer comes from the act, which checks the person. */
async function end(
  c: ListenersContext,
  call: Invocation,
  { kind, session: typed }: IntentOf<'stop' | 'archive'>,
) {
  const found = await known(c, call, typed);
  if (found === null) return unknown(c, call, typed);
  await saveAct(c, call, { kind, requestId: found.request.id, always: true });
  return null;
}

/** Slack doesn't keep what is typed after a command. */
function notSent(why: string, { text }: Invocation, { text: typed }: IntentOf<'say'>): Rendered {
  const heading = text.thread.notDelivered;
  return renderReplyNotice({ heading, sentences: [why], typed, offer: null }, text);
}

async function say(c: ListenersContext, call: Invocation, intent: IntentOf<'say'>): Promise<Rendered | null> {
  const { session: typed, text: message } = intent;
  const found = await known(c, call, typed);
  if (found === null) return notSent(unknownSentence(c, call, typed), call, intent);
  const refusal =
    (await steeringRefusal(c, found.request, call.userId)) ?? (await writingRefusal(c, found, call.userId));
  if (refusal !== null) return notSent(refusal, call, intent);
  const dedupeKey = `say:${call.deliveryId}`;
  const { userId, channelId } = call;
  await saveSaid(c, { thread: found, userId, channelId, text: message, via: 'command', dedupeKey });
  // As for a reply in its thread, the job says what becomes of it.
  if (isOver(found.session)) return null;
  return notice([call.text.sessions.say(linkedTitle(cardOf(c, found, call), call.text))]);
}

async function follow(
  c: ListenersContext,
  call: Invocation,
  { session: typed }: IntentOf<'follow'>,
): Promise<null> {
  const { teamId, placeKind } = call;
  const sessionId = bareSessionId(typed);
  await saveAct(c, call, { kind: 'follow', sessionId, teamId, placeKind, always: true });
  return null;
}

async function link(
  c: ListenersContext,
  call: Invocation,
  { slackUserId: personId, devinUserId }: IntentOf<'link'>,
): Promise<null> {
  const { teamId } = call;
  await saveAct(c, call, { kind: 'link', teamId, personId, devinUserId, always: true });
  return null;
}

function unknownSentence({ command }: ListenersContext, { text }: Invocation, typed: string): string {
  return text.sessions.unknown(code(typed), code(`${command} follow`));
}

function unknown(c: ListenersContext, call: Invocation, typed: string): Rendered {
  return notice([unknownSentence(c, call, typed)]);
}

type SessionCommand<I> = (c: ListenersContext, call: Invocation, intent: I) => Promise<Rendered | null>;

/** Checks the person before anything is said about any session. */
function allowed<I>(
  run: SessionCommand<I>,
  refused = (why: string, _call: Invocation, _intent: I): Rendered => notice([why]),
): SessionCommand<I> {
  return async (c, call, intent) => {
    const refusal = await personRefusal(c, call);
    return refusal === null ? run(c, call, intent) : refused(refusal, call, intent);
  };
}

/** Sub-commands about sessions. */
export const SESSION_ANSWERS = {
  list: allowed(list),
  pick: allowed(pick),
  status: allowed(status),
  stop: allowed(end),
  archive: allowed(end),
  say: allowed(say, notSent),
  follow: allowed(follow),
  // The job checks that the person is an administrator.
  link,
} satisfies Partial<Answers>;
