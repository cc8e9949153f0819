import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { PlaceKind } from '../session/context.ts';
import { slackFailure } from './errors.ts';
import { forAMinute } from './people.ts';

/** A conversation as Slack describes it. */
type DescribedPlace = { name: string; isPrivate: boolean; isShared: boolean };

/** null: the app may not see it. Throws when Slack cannot be asked. */
export type DescribePlace = (channelId: string) => Promise<DescribedPlace | null>;

const MAX_KNOWN = 10_000;

const infoSchema = z.object({
  channel: z.looseObject({
    name: z.string().default(''),
    is_private: z.boolean(),
    is_ext_shared: z.boolean().default(false),
    is_org_shared: z.boolean().default(false),
  }),
});

/** What a conversation is called, and with whom it is shared; an answer counts for a minute. */
export function createPlaces({ client, now }: { client: WebClient; now: () => number }): DescribePlace {
  async function fresh(channelId: string): Promise<DescribedPlace | null> {
    try {
      const { channel } = infoSchema.parse(await client.conversations.info({ channel: channelId }));
      const isShared = channel.is_ext_shared || channel.is_org_shared;
      return { name: channel.name, isPrivate: channel.is_private, isShared };
    } catch (error) {
      if (error instanceof z.ZodError || slackFailure(error).kind !== 'refused') throw error;
      return null;
    }
  }

  return forAMinute(fresh, { keyOf: (channelId) => channelId, most: MAX_KNOWN, now });
}

/**
 * What sort of conversation a command or a shortcut came from. Their payloads name private ones by these words.
 * null: not known.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function placeKindOf(channelName: string): PlaceKind | null {
  if (channelName === '') return null;
  if (channelName === 'directmessage') return 'direct';
  return channelName === 'privategroup' || channelName.startsWith('mpdm-') ? 'private' : 'public';
}

const OF_EVENT: ReadonlyMap<string, PlaceKind> = new Map([
  ['channel', 'public'],
  ['group', 'private'],
  ['mpim', 'private'],
  ['im', 'direct'],
]);

/** The same for an event. https://docs.slack.dev/reference/events/message */
export function placeKindOfEvent(channelType: string | undefined): PlaceKind | null {
  return OF_EVENT.get(channelType ?? '') ?? null;
}

/** The name that a shortcut's payload would have for a conversation; an event has none. */
export function unnamedPlace(placeKind: PlaceKind | null): string {
  if (placeKind === 'direct') return 'directmessage';
  return placeKind === 'private' ? 'privategroup' : '';
}
