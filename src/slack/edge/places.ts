import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { pages } from '../../bounds.ts';
import type { PlaceKind } from '../../session/context.ts';
import type { Began, EffectivePreferences } from '../../session/preferences.ts';
import { cardThread, type SessionRequest, type Requests } from '../../store/requests.ts';
import type { SessionRow } from '../../store/sessions.ts';
import type { Settings } from '../../store/settings.ts';
import { remembered } from '../../time.ts';
import { refusalCode, unlessRefused } from './errors.ts';
import type { PrivatePlace } from './outbound.ts';

/** Where a command, a press or a shortcut comes from, by the words of its payload. null: not known. */
export function placeKindOf(channelName: string): PlaceKind | null {
  if (channelName === '') return null;
  if (channelName === 'directmessage') return 'direct';
  return channelName === 'privategroup' || channelName.startsWith('mpdm-') ? 'private' : 'public';
}

/** The ids of direct messages begin with a D; what kind a channel is, its id doesn't tell. */
export function isDirectMessage(channelId: string): boolean {
  return channelId.startsWith('D');
}

/** Who began the thread of a session, as far as the session alone can tell. */
export function beganBy(
  { channelId, threadTs }: Pick<SessionRow, 'channelId' | 'threadTs'>,
  request: SessionRequest,
): Began {
  if (isDirectMessage(channelId)) return 'direct';
  return cardThread(request) === threadTs ? 'people' : 'app';
}

/** Which messages of a session's thread go to Devin, if someone chose; and who started the thread. */
export type ThreadHere = { listen: EffectivePreferences['listen']; began: Began };

export async function listenHere(
  {
    settings,
    requests,
  }: { settings: Pick<Settings, 'preferencesFor'>; requests: Pick<Requests, 'isUnderCard'> },
  thread: Pick<SessionRow, 'channelId' | 'threadTs' | 'listen'>,
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

/** `threadTs` null: it is in no thread, or starts one. */
export type MessagePlace = { channelId: string; ts: string; threadTs: string | null };

/** Where a request's card is; null: nowhere yet. */
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

/**
 * Whether a person may read a conversation and have something written there. `in`: it is public, or they are a member.
 * `unseen`: the app can't tell, since it isn't in it, or it is a direct message that isn't theirs with the app. `out`: also
 * if Slack refuses to say, for want of a scope, for example.
 */
export type Presence = 'in' | 'out' | 'unseen';

/** Whether a person may act on a session from outside its conversation. `isTheirs`: they asked for it. */
export function isLetIn(presence: Presence, isTheirs: boolean): boolean {
  return presence === 'in' || (presence === 'unseen' && isTheirs);
}

export type InConversation = { channelId: string; userId: string };

/** Slack takes less than 1,000. https://docs.slack.dev/reference/methods/conversations.members */
const PAGE = 999;

const describedSchema = z.object({
  channel: z.looseObject({
    name: z.string().default(''),
    is_private: z.boolean().optional(),
    is_channel: z.boolean().default(false),
    is_ext_shared: z.boolean().default(false),
    is_org_shared: z.boolean().default(false),
  }),
});

export type Conversations = ReturnType<typeof createConversations>;

/** What Slack says about conversations and who is in them. Each answer counts for a minute. All throw if Slack can't be asked. */
export function createConversations(c: {
  client: WebClient;
  /** A person's direct messages with the app; null: they can't have any. */
  directChannel: (userId: string) => Promise<string | null>;
  now: () => number;
}) {
  async function describe(channelId: string) {
    const { channel } = describedSchema.parse(await c.client.conversations.info({ channel: channelId }));
    return {
      name: channel.name,
      // If Slack doesn't say, only a channel counts as public.
      isPrivate: channel.is_private ?? !channel.is_channel,
      isShared: channel.is_ext_shared || channel.is_org_shared,
    };
  }

  async function presence({ channelId, userId }: InConversation): Promise<Presence> {
    // A direct message has two members, and the app sees only its own. Describing it would need im:read.
    if (isDirectMessage(channelId)) return (await c.directChannel(userId)) === channelId ? 'in' : 'unseen';
    try {
      if (!(await describe(channelId)).isPrivate) return 'in';
      return (await isMember(c.client, { channelId, userId })) ? 'in' : 'out';
    } catch (error) {
      const code = refusalCode(error);
      if (code === null) throw error;
      return code === 'channel_not_found' ? 'unseen' : 'out';
    }
  }

  const visible = async (channelId: string) => unlessRefused(describe(channelId));
  const keyOf = ({ channelId, userId }: InConversation): string => `${channelId}:${userId}`;
  return {
    presence: remembered(presence, { keyOf, now: c.now }),
    /** null: the app may not see it. */
    describePlace: remembered(visible, { keyOf: (channelId) => channelId, now: c.now }),
  };
}

async function isMember(client: WebClient, { channelId, userId }: InConversation): Promise<boolean> {
  const read = async (cursor: string | null) =>
    client.conversations.members({ channel: channelId, limit: PAGE, ...(cursor !== null && { cursor }) });
  for await (const { members } of pages({ read, next: cursorAfter }))
    if (members?.includes(userId) === true) return true;
  return false;
}

type SlackPage = { response_metadata?: { next_cursor?: string | undefined } | undefined };

export const cursorAfter = ({ response_metadata: next }: SlackPage): string | undefined => next?.next_cursor;
