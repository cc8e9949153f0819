import { bareSessionId, type IntentOf } from '../../../session/intent.ts';
import { isDoneAlready, isOver, STANDING } from '../../../session/lifecycle.ts';
import type { SessionRequest } from '../../../store/request-row.ts';
import { findFollowed, type Followed } from '../../../store/requests.ts';
import type { SessionRow } from '../../../store/sessions.ts';
import { maySee } from '../../authority.ts';
import { cardView } from '../../card-view.ts';
import { USAGE } from '../../command/help.ts';
import { notice } from '../../views/notices.ts';
import type { Rendered } from '../../views/objects.ts';
import { linkedTitle, renderCard } from '../../views/session-card.ts';
import { renderConcealed, renderSessionList, renderSessionPick } from '../../views/session-list.ts';
import { renderReplyNotice } from '../../views/steering.ts';
import { code } from '../../views/text.ts';
import type { Answers, Invocation } from '../commands.ts';
import type { Tools } from '../tools.ts';

export type SessionCommandDeps = Pick<
  Tools,
  'command' | 'requests' | 'sessions' | 'listing' | 'authority' | 'acts' | 'threads' | 'now'
>;

type Viewer = Pick<Invocation, 'userId' | 'channelId' | 'text'>;

const PER_PAGE = 10;

/** Sub-commands about sessions. */
export function createSessionCommands(deps: SessionCommandDeps) {
  const { requests, sessions, listing, authority, acts, threads } = deps;

  const cardOf = (request: SessionRequest, session: SessionRow | null, { text }: Viewer) =>
    cardView({ request, session, nowMs: deps.now() }, text);

  /** null: there is none, or it belongs to another workspace. */
  async function known(call: Invocation, typed: string): Promise<Followed | null> {
    const found = await findFollowed(deps, bareSessionId(typed));
    return found?.request.teamId === call.teamId ? found : null;
  }

  /** Checks again: a public channel may be private by now. */
  async function mayRead(request: SessionRequest, viewer: Viewer): Promise<boolean> {
    return maySee(request, viewer) && (await authority.readingRefusal(request, viewer.userId)) === null;
  }

  async function entry(requestId: string, viewer: Viewer) {
    const [request, session] = await Promise.all([requests.find(requestId), sessions.ofRequest(requestId)]);
    if (request === null) return [];
    return [{ card: cardOf(request, session, viewer), isShown: await mayRead(request, viewer) }];
  }

  /** A session's title; its id, if the person may not read the title. */
  async function nameOf({ request, session }: Followed, call: Invocation): Promise<string> {
    if (!(await mayRead(request, call))) return code(session.sessionId);
    return linkedTitle(cardOf(request, session, call), call.text);
  }

  async function list(call: Invocation, { whose, page }: IntentOf<'list'>): Promise<Rendered> {
    const { teamId, userId: viewerId } = call;
    const offset = (page - 1) * PER_PAGE;
    const found = await listing.page({ teamId, viewerId, whose, offset, limit: PER_PAGE });
    const entries = await Promise.all(found.requestIds.map(async (id) => entry(id, call)));
    const pages = Math.ceil(found.total / PER_PAGE);
    const listed = { command: deps.command, whose, page, pages, entries: entries.flat() };
    return renderSessionList(listed, call.text);
  }

  /** The person's sessions that the command works on, most pressing first. */
  async function pick(call: Invocation, { act, text: message }: IntentOf<'pick'>): Promise<Rendered> {
    const { teamId, userId, text } = call;
    const found = await listing.mostPressing({ teamId, userId, limit: PER_PAGE * 2 });
    const rows = await Promise.all(
      found.requestIds.map(async (id) => Promise.all([requests.find(id), sessions.ofRequest(id)])),
    );
    const entries = rows.flatMap(([request, session]) => {
      if (request === null) return [];
      const card = cardOf(request, session, call);
      const canCancel = act === 'stop' && card.actions.includes('cancel');
      const isOffered = session === null ? canCancel : isUsable(act, session);
      return isOffered ? [{ card, sessionId: session?.sessionId ?? null }] : [];
    });
    const usage = `${deps.command} ${USAGE[act]}`;
    return renderSessionPick({ act, message, entries: entries.slice(0, PER_PAGE), usage }, text);
  }

  async function status(call: Invocation, { session: typed }: IntentOf<'status'>): Promise<Rendered> {
    const found = await known(call, typed);
    if (found === null) return unknown(call, typed);
    const { request, session } = found;
    await sessions.touch(request.id);
    // How its thread works is explained in the thread.
    const card = cardOf(request, { ...session, introducesThread: false }, call);
    if (await mayRead(request, call)) return renderCard(card, call.text);
    return renderConcealed(card, call.text);
  }

  /** The answer comes from the act, which checks the person. */
  async function end(call: Invocation, { kind, session: typed }: IntentOf<'stop' | 'archive'>) {
    const found = await known(call, typed);
    if (found === null) return unknown(call, typed);
    await acts.act(call, { kind, requestId: found.request.id }, { always: true });
    return null;
  }

  /** Slack doesn't keep what is typed after a command. */
  function notSent(why: string, { text }: Invocation, { text: typed }: IntentOf<'say'>): Rendered {
    const heading = text.thread.notDelivered;
    return renderReplyNotice({ heading, sentences: [why], typed, offer: null }, text);
  }

  async function say(call: Invocation, intent: IntentOf<'say'>): Promise<Rendered | null> {
    const { session: typed, text: message } = intent;
    const found = await known(call, typed);
    if (found === null) return notSent(unknownSentence(call, typed), call, intent);
    const refusal =
      (await authority.steeringRefusal(found.request, call.userId)) ??
      (await authority.writingRefusal(found, call.userId));
    if (refusal !== null) return notSent(refusal, call, intent);
    const dedupeKey = `say:${call.deliveryId}`;
    const { userId, channelId } = call;
    await threads.send({ thread: found, userId, channelId, text: message, via: 'command', dedupeKey });
    // As for a reply in its thread, the job says what becomes of it.
    if (isOver(found.session)) return null;
    return notice([call.text.sessions.say(await nameOf(found, call))]);
  }

  async function follow(call: Invocation, { session: typed }: IntentOf<'follow'>): Promise<null> {
    const { teamId, placeKind } = call;
    await acts.act(
      call,
      { kind: 'follow', sessionId: bareSessionId(typed), teamId, placeKind },
      { always: true },
    );
    return null;
  }

  async function link(
    call: Invocation,
    { slackUserId: personId, devinUserId }: IntentOf<'link'>,
  ): Promise<null> {
    await acts.act(call, { kind: 'link', teamId: call.teamId, personId, devinUserId }, { always: true });
    return null;
  }

  const unknownSentence = ({ text }: Invocation, typed: string): string =>
    text.sessions.unknown(code(typed), code(`${deps.command} follow`));

  const unknown = (call: Invocation, typed: string): Rendered => notice([unknownSentence(call, typed)]);

  /** Checks the person before anything is said about any session. */
  function allowed<I>(
    run: (call: Invocation, intent: I) => Promise<Rendered | null>,
    refused = (why: string, _call: Invocation, _intent: I): Rendered => notice([why]),
  ) {
    return async (call: Invocation, intent: I): Promise<Rendered | null> => {
      const refusal = await authority.personRefusal(call);
      return refusal === null ? run(call, intent) : refused(refusal, call, intent);
    };
  }

  return {
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
}

function isUsable(act: IntentOf<'pick'>['act'], session: SessionRow): boolean {
  if (act === 'archive') return !isDoneAlready('archive', session);
  // What has finished costs nothing more.
  return !isOver(session) && (act === 'say' || STANDING[session.phase] !== 'earlier');
}
