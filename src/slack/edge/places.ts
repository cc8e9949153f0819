import type { AnswerTo } from '../../queue/index.ts';
import type { PlaceKind } from '../../session/context.ts';
import type { Began, Listen } from '../../session/preferences.ts';
import type { Envelopes } from '../../store/envelope.ts';
import { cardThread, type SessionRequest, type Requests } from '../../store/requests.ts';
import type { SessionRow } from '../../store/sessions.ts';
import type { Settings } from '../../store/settings.ts';
import type { PrivatePlace } from './outbound.ts';

/**
 * The kind of conversation that a command, a press or a shortcut comes from. Their payloads use these words for private
 * ones. null: not known.
 */
export function placeKindOf(channelName: string): PlaceKind | null {
  if (channelName === '') return null;
  if (channelName === 'directmessage') return 'direct';
  return channelName === 'privategroup' || channelName.startsWith('mpdm-') ? 'private' : 'public';
}

/** The ids of direct messages begin with a D; what kind a channel is, its id doesn't tell. */
export function isDirectMessage(channelId: string): boolean {
  return channelId.startsWith('D');
}

/** `listen`: which messages go to Devin, if someone chose for this thread. */
export type ListeningThread = Pick<SessionRow, 'channelId' | 'threadTs' | 'listen'>;

/** Who began the thread of a session, as far as the session alone can tell. */
export function beganBy(
  { channelId, threadTs }: Omit<ListeningThread, 'listen'>,
  request: SessionRequest,
): Began {
  if (isDirectMessage(channelId)) return 'direct';
  return cardThread(request) === threadTs ? 'people' : 'app';
}

/** Which messages of a session's thread go to Devin, if someone chose; and who started the thread. */
export type ThreadHere = { listen: Listen | null; began: Began };
type HereStore = {
  settings: Pick<Settings, 'preferencesFor'>;
  requests: Pick<Requests, 'isUnderCard'>;
};

export async function listenHere(
  { settings, requests }: HereStore,
  thread: ListeningThread,
  request: SessionRequest,
): Promise<ThreadHere> {
  const began = beganBy(thread, request);
  const [preferences, isUnderCard] = await Promise.all([
    thread.listen === null ? settings.preferencesFor(request) : thread,
    // The thread may start with another session's card.
    began === 'people' && requests.isUnderCard(thread.channelId, thread.threadTs),
  ]);
  return { listen: preferences.listen, began: isUnderCard ? 'app' : began };
}

const BY_CHANNEL_TYPE: ReadonlyMap<string | null, PlaceKind> = new Map([
  ['channel', 'public'],
  ['group', 'private'],
  ['mpim', 'private'],
  ['im', 'direct'],
]);

/** The same for an event. */
export function placeKindOfEvent(channelId: string, channelType: string | null): PlaceKind | null {
  return BY_CHANNEL_TYPE.get(channelType) ?? (isDirectMessage(channelId) ? 'direct' : null);
}

/** The name that a shortcut's payload would have for a conversation; an event has none. */
export function unnamedPlace(placeKind: PlaceKind | null): string {
  if (placeKind === 'direct') return 'directmessage';
  return placeKind === 'private' ? 'privategroup' : '';
}

/** Who asks for something, and where. `placeKind`: left out: not known. */
export type Origin = PrivatePlace & { teamId: string; channelId: string; placeKind?: PlaceKind | null };

/** Only the columns that say who asks, and where. */
export function placeColumns({
  teamId,
  userId,
  channelId,
  threadTs,
  placeKind = null,
}: Omit<Origin, 'responseUrl'>) {
  return { teamId, userId, channelId, threadTs, placeKind };
}

export type Place = Omit<PrivatePlace, 'responseUrl'> & Partial<Pick<PrivatePlace, 'responseUrl'>>;

/** Where the sender is answered privately. In a thread, a response URL would answer beside it. */
export function privatePlace({ userId, channelId, threadTs, responseUrl = null }: Place): PrivatePlace {
  return { userId, channelId, threadTs, responseUrl: threadTs === null ? responseUrl : null };
}

/** Where a job answers a person's command or press. */
export function answerPlace(
  envelopes: Pick<Envelopes, 'open'>,
  userId: string,
  { id, sealed, channelId, threadTs }: AnswerTo,
): PrivatePlace {
  return { userId, channelId, threadTs, responseUrl: envelopes.open(id, sealed)?.responseUrl ?? null };
}

/** `threadTs` null: it is in no thread, or starts one. */
export type MessagePlace = { channelId: string; ts: string; threadTs: string | null };

/** Where a request's card is; null: nowhere yet, or it was deleted. */
export function cardMessage(request: SessionRequest): MessagePlace | null {
  const { cardChannelId: channelId, cardTs: ts } = request;
  return channelId === null || ts === null ? null : { channelId, ts, threadTs: cardThread(request) };
}

/** The thread in which a request's session is followed: its card's, or the one under the card; null: no card yet. */
export function threadOfCard(request: SessionRequest): { channelId: string; threadTs: string } | null {
  const card = cardMessage(request);
  return card === null ? null : { channelId: card.channelId, threadTs: card.threadTs ?? card.ts };
}

/** The same as https://docs.slack.dev/reference/methods/chat.getPermalink, without a call for each message. */
export function permalink(workspaceUrl: string, { channelId, ts, threadTs }: MessagePlace): string {
  const address = new URL(`archives/${channelId}/p${ts.replace('.', '')}`, workspaceUrl);
  if (threadTs !== null) {
    address.searchParams.set('thread_ts', threadTs);
    address.searchParams.set('cid', channelId);
  }
  return address.href;
}

/** `/archives/<channel>/p<ts without its point>`, and `thread_ts` if the message is a reply. */
const PATH = /^\/archives\/([A-Z0-9]+)\/p(\d+)(\d{6})$/;

/** The thread of the message that an address points to. https://docs.slack.dev/reference/methods/chat.getPermalink */
export function readPermalink(address: string): { channelId: string; threadTs: string } | null {
  const url = URL.parse(address);
  const [, channelId, seconds, micros] = PATH.exec(url?.pathname ?? '') ?? [];
  if (channelId === undefined) return null;
  return { channelId, threadTs: url?.searchParams.get('thread_ts') ?? `${seconds}.${micros}` };
}
