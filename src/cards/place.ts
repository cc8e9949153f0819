import type { CardPlace, Outbound } from '../slack/outbound.ts';
import { cardThread } from '../store/request-row.ts';
import type { SessionRequest } from '../store/request-row.ts';

/** It was there, and a person deleted it. */
export function wasDeleted({ cardChannelId: channelId, cardTs: ts }: SessionRequest): boolean {
  return channelId !== null && ts === null;
}

/** Where the card belongs: where the person asked, or with the person. null: there is no such place. */
export async function placeOf(
  request: SessionRequest,
  { directChannel }: Pick<Outbound, 'directChannel'>,
): Promise<CardPlace | null> {
  const { cardChannelId: before, cardElsewhere: elsewhere, channelId: asked, userId } = request;
  const threadTs = cardThread(request);
  if (before !== null) return { channelId: before, threadTs };
  if (elsewhere === null) return { channelId: asked, threadTs };
  const direct = await directChannel(userId);
  return direct === null ? null : { channelId: direct, threadTs };
}

/**
 * Whether there is a card, or one may come: not before it is known who asks, since a refusal leaves none behind; and
 * what is brought in places its own.
 */
export function hasCard(request: SessionRequest): boolean {
  const { source, identity, cardChannelId: channelId } = request;
  if (channelId !== null) return true;
  if (source === 'follow' || source === 'restored') return false;
  return identity !== null;
}
