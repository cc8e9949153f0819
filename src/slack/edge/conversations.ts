import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { pages } from '../../bounds.ts';
import { remembered } from '../../time.ts';
import { slackFailure, unlessRefused } from './errors.ts';
import { isDirectMessage } from './places.ts';

/**
 * Whether a person may read a conversation and have something written there. `in`: it is public, or they are a member.
 * `unseen`: the app can't tell, since it isn't in it, or it is a direct message that isn't theirs with the app.
 * `untold`: Slack refuses to say, for want of a scope, for example.
 */
export type Presence = 'in' | 'out' | 'unseen' | 'untold';

/** Whether it must be taken for a conversation that a person isn't in. */
export function isOutside(presence: Presence): boolean {
  return presence === 'out' || presence === 'untold';
}

/** Whether a person may act on a session from outside its conversation. `isTheirs`: they asked for it. */
export function isLetIn(presence: Presence, isTheirs: boolean): boolean {
  return presence === 'in' || (presence === 'unseen' && isTheirs);
}

export type InConversation = { channelId: string; userId: string };

/** Throws if Slack can't be asked. */
export type PresenceOf = (asked: InConversation) => Promise<Presence>;

const MAX_KNOWN = 10_000;
/** Slack takes less than 1,000. https://docs.slack.dev/reference/methods/conversations.members */
const PAGE = 999;

type DescribedPlace = { name: string; isPrivate: boolean; isShared: boolean };

const describedSchema = z.object({
  channel: z.looseObject({
    name: z.string().default(''),
    is_private: z.boolean().optional(),
    is_channel: z.boolean().default(false),
    is_ext_shared: z.boolean().default(false),
    is_org_shared: z.boolean().default(false),
  }),
});

async function describe(client: WebClient, channelId: string): Promise<DescribedPlace> {
  const { channel } = describedSchema.parse(await client.conversations.info({ channel: channelId }));
  return {
    name: channel.name,
    // If Slack doesn't say, only a channel counts as public.
    isPrivate: channel.is_private ?? !channel.is_channel,
    isShared: channel.is_ext_shared || channel.is_org_shared,
  };
}

/** Asks Slack who is in a conversation now; the answer counts for a minute. */
export function createPresence({
  client,
  directChannel,
  now,
}: {
  client: WebClient;
  /** A person's direct messages with the app; null: they can't have any. */
  directChannel: (userId: string) => Promise<string | null>;
  now: () => number;
}): PresenceOf {
  async function fresh({ channelId, userId }: InConversation): Promise<Presence> {
    // A direct message has two members, and the app sees only its own. Describing it would need im:read.
    if (isDirectMessage(channelId)) return (await directChannel(userId)) === channelId ? 'in' : 'unseen';
    try {
      if (!(await describe(client, channelId)).isPrivate) return 'in';
      return (await isMember(client, { channelId, userId })) ? 'in' : 'out';
    } catch (error) {
      const failure = slackFailure(error);
      if (failure.kind !== 'refused') throw error;
      return failure.code === 'channel_not_found' ? 'unseen' : 'untold';
    }
  }

  const keyOf = ({ channelId, userId }: InConversation): string => `${channelId}:${userId}`;
  return remembered(fresh, { keyOf, most: MAX_KNOWN, now });
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

/** null: the app may not see it. Throws if Slack can't be asked. */
export type DescribePlace = (channelId: string) => Promise<DescribedPlace | null>;

/** A conversation's name and whether it is private or shared; an answer counts for a minute. */
export function createDescribePlace({
  client,
  now,
}: {
  client: WebClient;
  now: () => number;
}): DescribePlace {
  const fresh = async (channelId: string): Promise<DescribedPlace | null> =>
    unlessRefused(describe(client, channelId));
  return remembered(fresh, { keyOf: (channelId) => channelId, most: MAX_KNOWN, now });
}
