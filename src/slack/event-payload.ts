import { z } from 'zod';
import { readMessage } from './messages.ts';
import { placeKindOfEvent } from './places.ts';

/** Events of Slack that this app acts on. https://docs.slack.dev/apis/events-api/ */
export type EventPayload = (z.output<typeof knownSchema> & { teamId: string }) | { kind: 'ignored' };

export type Message = Extract<EventPayload, { kind: 'message' }>;
export type Edit = Extract<EventPayload, { kind: 'edit' }>;

/** An id, an address or a name: empty is missing. */
export const present = z.string().min(1);
export const optional = present.nullish().catch(null).default(null);
/** Seconds since 1970, which put messages in order. */
export const slackTs = z.string().regex(/^\d+\.\d+$/);

const authorSchema = z.looseObject({
  ts: slackTs,
  thread_ts: optional,
  user: present,
  text: z.string().default(''),
  /** Set for messages of apps, such as this one and Devin's own: sent to Devin, they would go in circles. */
  bot_id: z.never().optional(),
});

/** A person's message. https://docs.slack.dev/reference/events/message */
const messageSchema = authorSchema
  .extend({
    type: z.literal('message'),
    channel: present,
    channel_type: optional,
    subtype: z.enum(['file_share', 'thread_broadcast']).optional(),
    parent_user_id: optional,
  })
  .transform((event) => ({
    kind: 'message' as const,
    userId: event.user,
    channelId: event.channel,
    placeKind: placeKindOfEvent(event.channel_type),
    ts: event.ts,
    /** null: it is in no thread, or starts one. */
    threadTs: event.thread_ts === event.ts ? null : event.thread_ts,
    /** Who started the thread; null: Slack doesn't say. */
    parentUserId: event.parent_user_id,
    /** As Slack sent it. */
    slackText: event.text,
    message: readMessage(event),
  }));

/** A person edited a reply. https://docs.slack.dev/reference/events/message/message_changed */
const editSchema = z
  .looseObject({
    type: z.literal('message'),
    subtype: z.literal('message_changed'),
    channel: present,
    // Without `edited`, Slack has only unfurled a link.
    message: authorSchema.extend({ thread_ts: present, edited: z.looseObject({ ts: slackTs }) }),
  })
  .transform(({ channel: channelId, message }) => ({
    kind: 'edit' as const,
    userId: message.user,
    channelId,
    threadTs: message.thread_ts,
    ts: message.ts,
    slackText: message.text,
    editedTs: message.edited.ts,
  }));

/** https://docs.slack.dev/reference/events/message/message_deleted */
const deletionSchema = z
  .looseObject({
    type: z.literal('message'),
    subtype: z.literal('message_deleted'),
    channel: present,
    deleted_ts: slackTs,
  })
  .transform(({ channel: channelId, deleted_ts: ts }) => ({ kind: 'deletion' as const, channelId, ts }));

/**
 * The other tab is the person's conversation with the app, which `channel` is.
 * https://docs.slack.dev/reference/events/app_home_opened
 */
const homeSchema = z
  .looseObject({
    type: z.literal('app_home_opened'),
    tab: z.literal('home'),
    user: present,
    channel: present,
  })
  .transform(({ user: userId, channel: channelId }) => ({ kind: 'home-opened' as const, userId, channelId }));

/** https://docs.slack.dev/reference/events/member_joined_channel */
const joinedSchema = z
  .looseObject({ type: z.literal('member_joined_channel'), user: present, channel: present })
  .transform(({ user: userId, channel: channelId }) => ({ kind: 'joined' as const, userId, channelId }));

/** https://docs.slack.dev/reference/events/user_change */
const profileSchema = z
  .looseObject({ type: z.literal('user_change'), user: z.looseObject({ id: present }) })
  .transform(({ user }) => ({ kind: 'profile-change' as const, userId: user.id }));

const knownSchema = z.union([
  messageSchema,
  editSchema,
  deletionSchema,
  homeSchema,
  joinedSchema,
  profileSchema,
]);

/** Anything else is of no interest here, and what cannot be read should not come again. */
export const eventSchema = z
  .looseObject({ team_id: present, event: knownSchema.nullable().catch(null) })
  .transform(({ team_id: teamId, event }): EventPayload =>
    event === null ? { kind: 'ignored' } : { ...event, teamId },
  );
