import type { SlashCommand } from '@slack/bolt';
import type { IntentOf } from '../../../session/intent.ts';
import { bareSessionId } from '../../../session/session-id.ts';
import type { Listing } from '../../../store/listing.ts';
import type { SessionRequest } from '../../../store/request-row.ts';
import type { Requests } from '../../../store/requests.ts';
import type { SessionRow, Sessions } from '../../../store/sessions.ts';
import type { Settings } from '../../../store/settings.ts';
import type { Text } from '../../../text/index.ts';
import { notice } from '../../blocks/notices.ts';
import { linkedTitle, renderCard } from '../../blocks/session-card.ts';
import { renderConcealed, renderSessionList } from '../../blocks/session-list.ts';
import { code } from '../../blocks/text.ts';
import { cardView } from '../../card-view.ts';
import { maySee } from '../../may-see.ts';
import type { Rendered } from '../../blocks/objects.ts';
import type { People } from '../../people.ts';
import type { SteeringIntake } from '../../steering-intake.ts';
import { createPolicyRefusal } from '../../steering-policy.ts';
import { askedByCommand } from '../asked.ts';

export type SessionCommandDeps = {
  /** The slash command's name. */
  command: string;
  requests: Pick<Requests, 'find'>;
  sessions: Pick<Sessions, 'find' | 'ofRequest' | 'change'>;
  listing: Listing;
  defaults: Pick<Settings, 'preferencesFor'>;
  people: Pick<People, 'find'>;
  steering: SteeringIntake;
  now: () => number;
  text: Text;
};

type Known = { request: SessionRequest; session: SessionRow };
type Viewer = { userId: string; channelId: string };

const PER_PAGE = 10;

/** Sub-commands on sessions. Each writes down what is asked for and gives the private answer. */
export function createSessionCommands(deps: SessionCommandDeps) {
  const { requests, sessions, listing, people, steering, text } = deps;
  const refused = createPolicyRefusal(deps.defaults, text);

  const cardOf = (request: SessionRequest, session: SessionRow | null) =>
    cardView({ request, session, nowMs: deps.now() }, text);

  /** null: there is none, or it belongs to another workspace. */
  async function known(payload: SlashCommand, typed: string): Promise<Known | null> {
    const session = await sessions.find(bareSessionId(typed));
    const request = session === null ? null : await requests.find(session.request_id);
    if (session === null || request === null || request.team_id !== payload.team_id) return null;
    return { request, session };
  }

  /** What others asked for is for full members of the workspace. */
  async function isMember(userId: string): Promise<boolean> {
    return (await people.find(userId))?.kind === 'member';
  }

  async function entry(requestId: string, viewer: Viewer) {
    const [request, session] = await Promise.all([requests.find(requestId), sessions.ofRequest(requestId)]);
    if (request === null) return [];
    const askedAtMs = request.created_at.getTime();
    return [{ card: cardOf(request, session), askedAtMs, isShown: maySee(request, viewer) }];
  }

  /** What a session is called where it is acted on: its id where its title is not for the person. */
  function nameOf({ request, session }: Known, payload: SlashCommand): string {
    if (!maySee(request, viewerOf(payload))) return code(session.session_id);
    return linkedTitle(cardOf(request, session), text);
  }

  async function list(payload: SlashCommand, { whose: asked, page }: IntentOf<'list'>): Promise<Rendered> {
    const { team_id: teamId, user_id: viewerId } = payload;
    const whose = asked === 'all' && (await isMember(viewerId)) ? 'all' : 'mine';
    const offset = (page - 1) * PER_PAGE;
    const found = await listing.page({ teamId, viewerId, whose, offset, limit: PER_PAGE });
    const viewer = viewerOf(payload);
    const entries = await Promise.all(found.requestIds.map(async (id) => entry(id, viewer)));
    const next = [deps.command, 'list', ...(whose === 'all' ? ['all'] : []), page + 1].join(' ');
    const pages = Math.ceil(found.total / PER_PAGE);
    return renderSessionList({ whose, page, pages, entries: entries.flat(), next }, text);
  }

  async function status(payload: SlashCommand, { session: typed }: IntentOf<'status'>): Promise<Rendered> {
    const found = await known(payload, typed);
    const isMine = found?.request.user_id === payload.user_id;
    if (found === null || !(isMine || (await isMember(payload.user_id)))) return unknown(typed);
    const { request, session } = found;
    const card = cardOf(request, session);
    if (maySee(request, viewerOf(payload))) return renderCard(card, text);
    return renderConcealed(card, request.created_at.getTime(), text);
  }

  async function steer(payload: SlashCommand, { kind, session: typed }: IntentOf<'stop' | 'archive'>) {
    const found = await known(payload, typed);
    if (found === null) return unknown(typed);
    const { session_id: sessionId } = found.session;
    await steering.steer(askedByCommand(payload), kind, { sessionId, always: true });
    return notice([text.sessions[kind](nameOf(found, payload))]);
  }

  async function say(
    payload: SlashCommand,
    { session: typed, text: message }: IntentOf<'say'>,
  ): Promise<Rendered> {
    const found = await known(payload, typed);
    if (found === null) return unknown(typed);
    const refusal = await refused(found.request, payload.user_id);
    if (refusal !== null) return notice([refusal]);
    const dedupeKey = `say:${payload.trigger_id}`;
    const { session } = found;
    await steering.reply(askedByCommand(payload), { session, text: message, via: 'command', dedupeKey });
    return notice([text.sessions.say(nameOf(found, payload))]);
  }

  /** Only the one who is told may say where. */
  async function notify(
    payload: SlashCommand,
    { where, session: typed }: IntentOf<'notify'> & { session: string },
  ): Promise<Rendered> {
    const found = await known(payload, typed);
    if (found === null) return unknown(typed);
    const { request, session } = found;
    if (request.user_id !== payload.user_id) {
      return notice([text.sessions.notYoursToSay(`<@${request.user_id}>`)]);
    }
    await sessions.change(session.session_id, { notify: where });
    return notice([text.sessions.notify(nameOf(found, payload), text.settings.notify[where])]);
  }

  async function follow(payload: SlashCommand, { session: typed }: IntentOf<'follow'>): Promise<Rendered> {
    await steering.follow(askedByCommand(payload), bareSessionId(typed));
    return notice([text.sessions.follow]);
  }

  async function link(
    payload: SlashCommand,
    { slackUserId, devinUserId }: IntentOf<'link'>,
  ): Promise<Rendered> {
    await steering.link(askedByCommand(payload), slackUserId, devinUserId);
    return notice([text.sessions.link]);
  }

  function unknown(typed: string): Rendered {
    return notice([text.sessions.unknown(code(typed))]);
  }

  return { list, status, steer, say, notify, follow, link };
}

function viewerOf({ user_id: userId, channel_id: channelId }: SlashCommand): Viewer {
  return { userId, channelId };
}
