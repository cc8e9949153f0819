import { bareSessionId } from '../../../session/intent.ts';
import type { IntentOf } from '../../../session/intent.ts';
import type { Person } from '../../../store/identities.ts';
import type { Listing } from '../../../store/listing.ts';
import type { SessionRequest } from '../../../store/request-row.ts';
import type { Requests } from '../../../store/requests.ts';
import type { SessionRow, Sessions } from '../../../store/sessions.ts';
import { maySee } from '../../authority.ts';
import type { Authority } from '../../authority.ts';
import { notice } from '../../blocks/notices.ts';
import type { Rendered } from '../../blocks/objects.ts';
import { linkedTitle, renderCard } from '../../blocks/session-card.ts';
import { renderConcealed, renderSessionList, renderSessionPick } from '../../blocks/session-list.ts';
import { code } from '../../blocks/text.ts';
import { isOver } from '../../card-actions.ts';
import { cardView } from '../../card-view.ts';
import { usageOf } from '../../command/help.ts';
import type { SteeringIntake } from '../../steering-intake.ts';
import type { Ask } from '../asked.ts';

export type SessionCommandDeps = {
  /** The slash command's name. */
  command: string;
  requests: Pick<Requests, 'find'>;
  sessions: Pick<Sessions, 'find' | 'ofRequest' | 'change' | 'touch'>;
  listing: Listing;
  authority: Authority;
  steering: SteeringIntake;
  now: () => number;
};

type Known = { request: SessionRequest; session: SessionRow };
type Viewer = Pick<Ask, 'userId' | 'channelId' | 'text'>;

const PER_PAGE = 10;

/** Sub-commands on sessions. Each writes down what is asked for and gives the private answer. */
export function createSessionCommands(deps: SessionCommandDeps) {
  const { requests, sessions, listing, authority, steering } = deps;

  const cardOf = (request: SessionRequest, session: SessionRow | null, { text }: Viewer) =>
    cardView({ request, session, nowMs: deps.now() }, text);

  /** null: there is none, or it belongs to another workspace. */
  async function known(ask: Ask, typed: string): Promise<Known | null> {
    const session = await sessions.find(bareSessionId(typed));
    const request = session === null ? null : await requests.find(session.requestId);
    if (session === null || request === null || request.teamId !== ask.teamId) return null;
    return { request, session };
  }

  /** A channel that was public may be private by now. */
  async function mayRead(request: SessionRequest, viewer: Viewer): Promise<boolean> {
    return maySee(request, viewer) && (await authority.readingRefusal(request, viewer.userId)) === null;
  }

  async function entry(requestId: string, viewer: Viewer) {
    const [request, session] = await Promise.all([requests.find(requestId), sessions.ofRequest(requestId)]);
    if (request === null) return [];
    const askedAtMs = request.createdAt.getTime();
    return [{ card: cardOf(request, session, viewer), askedAtMs, isShown: await mayRead(request, viewer) }];
  }

  /** What a session is called where it is acted on: its id where its title is not for the person. */
  async function nameOf({ request, session }: Known, ask: Ask): Promise<string> {
    if (!(await mayRead(request, ask))) return code(session.sessionId);
    return linkedTitle(cardOf(request, session, ask), ask.text);
  }

  async function list(ask: Ask, { whose, page }: IntentOf<'list'>): Promise<Rendered> {
    const { teamId, userId: viewerId } = ask;
    const offset = (page - 1) * PER_PAGE;
    const found = await listing.page({ teamId, viewerId, whose, offset, limit: PER_PAGE });
    const entries = await Promise.all(found.requestIds.map(async (id) => entry(id, ask)));
    const next = [deps.command, 'list', ...(whose === 'all' ? ['all'] : []), page + 1].join(' ');
    const pages = Math.ceil(found.total / PER_PAGE);
    return renderSessionList({ whose, page, pages, entries: entries.flat(), next }, ask.text);
  }

  /** Sessions of one's own that the command can be used on, the most pressing first. */
  async function pick(ask: Ask, { act }: IntentOf<'pick'>): Promise<Rendered> {
    const { teamId, userId, text } = ask;
    const found = await listing.mostPressing({ teamId, userId, limit: PER_PAGE * 2 });
    const rows = await Promise.all(
      found.requestIds.map(async (id) => Promise.all([requests.find(id), sessions.ofRequest(id)])),
    );
    const entries = rows.flatMap(([request, session]) => {
      if (request === null || session === null || !isUsable(act, session)) return [];
      return [{ card: cardOf(request, session, ask), sessionId: session.sessionId }];
    });
    const usage = `${deps.command} ${usageOf(act, text)}`;
    return renderSessionPick({ act, entries: entries.slice(0, PER_PAGE), usage }, text);
  }

  async function status(ask: Ask, { session: typed }: IntentOf<'status'>): Promise<Rendered> {
    const found = await known(ask, typed);
    if (found === null) return unknown(ask, typed);
    const { request, session } = found;
    await sessions.touch(request.id);
    // How its thread works is said there.
    const card = cardOf(request, { ...session, introducesThread: false }, ask);
    if (await mayRead(request, ask)) return renderCard(card, ask.text);
    return renderConcealed(card, request.createdAt.getTime(), ask.text);
  }

  async function steer(ask: Ask, { kind, session: typed }: IntentOf<'stop' | 'archive'>) {
    const found = await known(ask, typed);
    if (found === null) return unknown(ask, typed);
    const refusal = await authority.steeringRefusal(found.request, ask);
    if (refusal !== null) return notice([refusal]);
    const { sessionId } = found.session;
    await steering.steer(ask, kind, { sessionId, always: true });
    return notice([ask.text.sessions[kind](await nameOf(found, ask))]);
  }

  async function sayingRefusal({ request, session }: Known, person: Person): Promise<string | null> {
    const refusal = await authority.steeringRefusal(request, person);
    return refusal ?? authority.writingRefusal(session, person.userId);
  }

  async function say(ask: Ask, { session: typed, text: message }: IntentOf<'say'>): Promise<Rendered> {
    const found = await known(ask, typed);
    if (found === null) return unknown(ask, typed);
    const refusal = await sayingRefusal(found, ask);
    if (refusal !== null) return notice([refusal]);
    const dedupeKey = `say:${ask.deliveryId}`;
    const { session } = found;
    await steering.reply(ask, { session, text: message, via: 'command', dedupeKey });
    return notice([ask.text.sessions.say(await nameOf(found, ask))]);
  }

  /** Only the one who is told may say where. */
  async function notify(
    ask: Ask,
    { where, session: typed }: IntentOf<'notify'> & { session: string },
  ): Promise<Rendered> {
    const found = await known(ask, typed);
    if (found === null) return unknown(ask, typed);
    const { request, session } = found;
    if (request.userId !== ask.userId) {
      return notice([ask.text.sessions.notYoursToSay(`<@${request.userId}>`)]);
    }
    await sessions.change(session.sessionId, { notify: where });
    return notice([ask.text.sessions.notify(await nameOf(found, ask), ask.text.settings.notify[where])]);
  }

  async function follow(ask: Ask, { session: typed }: IntentOf<'follow'>): Promise<Rendered> {
    await steering.follow(ask, bareSessionId(typed));
    return notice([ask.text.sessions.follow]);
  }

  async function link(ask: Ask, { slackUserId, devinUserId }: IntentOf<'link'>): Promise<Rendered> {
    await steering.link(ask, slackUserId, devinUserId);
    return notice([ask.text.sessions.link]);
  }

  function unknown({ text }: Ask, typed: string): Rendered {
    return notice([text.sessions.unknown(code(typed))]);
  }

  /** Nothing is told of any session before it is known that the person may hear of it. */
  function forThoseWhoMay<I>(run: (ask: Ask, intent: I) => Promise<Rendered>) {
    return async (ask: Ask, intent: I): Promise<Rendered> => {
      const refusal = await authority.refusalOf(ask);
      return refusal === null ? run(ask, intent) : notice([refusal]);
    };
  }

  return {
    list: forThoseWhoMay(list),
    pick: forThoseWhoMay(pick),
    status: forThoseWhoMay(status),
    steer: forThoseWhoMay(steer),
    say: forThoseWhoMay(say),
    notify: forThoseWhoMay(notify),
    follow: forThoseWhoMay(follow),
    link,
  };
}

function isUsable(act: IntentOf<'pick'>['act'], session: SessionRow): boolean {
  if (act === 'status') return true;
  if (act === 'archive') return session.archivedBy === null;
  return !isOver(session, session.phase);
}
