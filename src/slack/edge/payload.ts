import { z } from 'zod';
import { slackTs } from './ids.ts';
import { INTERACTIONS, optional, present, type Interaction } from './interaction-payload.ts';
import { readSaid } from './messages.ts';
import { placeKindOf, placeKindOfEvent } from './places.ts';

/** The one reader of what Slack sends: who, where, which message. What Slack leaves out is null, never ''. */
export type Payload =
  | Command
  /** Also `ignored`: what is of no interest here. */
  | Interaction
  | EventPayload
  /** Without what it must have. */
  | { kind: 'malformed'; problem: string };

export type PayloadOf<Kind extends Payload['kind']> = Extract<Payload, { kind: Kind }>;

/** A slash command. https://docs.slack.dev/interactivity/implementing-slash-commands */
export type Command = z.output<typeof commandSchema>;

const typeSchema = z.looseObject({ type: z.string().optional(), command: z.string().optional() });

export function readPayload(body: unknown): Payload {
  const { type, command } = typeSchema.safeParse(body).data ?? {};
  if (command !== undefined) return parsed(commandSchema, body);
  if (type === 'event_callback') return parsed(eventSchema, body);
  const schema = type === undefined ? undefined : INTERACTIONS.get(type);
  return schema === undefined ? { kind: 'ignored' } : parsed(schema, body);
}

function parsed(schema: z.ZodType<Payload>, body: unknown): Payload {
  const { data, error } = schema.safeParse(body);
  if (data !== undefined) return data;
  // Paths only: what people wrote doesn't belong in the log.
  const missing = error?.issues.map(({ path }) => path.join('.')).join(', ');
  return { kind: 'malformed', problem: `not as expected: ${missing}` };
}

const commandSchema = z
  .looseObject({
    command: present,
    team_id: present,
    user_id: present,
    channel_id: present,
    channel_name: z.string().default(''),
    text: z.string().default(''),
    trigger_id: present,
    response_url: present,
  })
  .transform((body) => ({
    kind: 'command' as const,
    name: body.command,
    teamId: body.team_id,
    userId: body.user_id,
    channelId: body.channel_id,
    placeKind: placeKindOf(body.channel_name),
    /** As Slack sent it. */
    text: body.text,
    triggerId: body.trigger_id,
    responseUrl: body.response_url,
  }));

/** Events of Slack that this app acts on. https://docs.slack.dev/apis/events-api/ */
type EventPayload = (z.output<typeof knownSchema> & { teamId: string }) | { kind: 'ignored' };

export type Message = Extract<EventPayload, { kind: 'message' }>;
export type Edit = Extract<EventPayload, { kind: 'edit' }>;

const authorSchema = z.looseObject({
  ts: slackTs,
  thread_ts: optional,
  user: present,
  text: z.string().default(''),
  /** Set for messages of apps, such as this one and Devin's own: sent to Devin, they would go in circles. */
  bot_id: z.never().optional(),
});

/**
 * A person's message. One that mentions the app comes a second time, or only so, if the Slack app is subscribed to that,
 * and then with each edit, too, which is `message_changed`.
 * https://docs.slack.dev/reference/events/message, https://docs.slack.dev/reference/events/app_mention
 */
const messageSchema = authorSchema
  .extend({
    type: z.enum(['message', 'app_mention']),
    channel: present,
    channel_type: optional,
    subtype: z.enum(['file_share', 'thread_broadcast']).optional(),
    parent_user_id: optional,
    edited: z.unknown().optional(),
  })
  .refine(({ type, edited }) => type === 'message' || edited === undefined)
  .transform((event) => ({
    kind: 'message' as const,
    userId: event.user,
    channelId: event.channel,
    placeKind: placeKindOfEvent(event.channel, event.channel_type),
    ts: event.ts,
    /** null: it is in no thread, or starts one. */
    threadTs: event.thread_ts === event.ts ? null : event.thread_ts,
    /** Who started the thread; null: Slack doesn't say. */
    parentUserId: event.parent_user_id,
    ...readSaid(event),
  }));

/** A person edited a message. https://docs.slack.dev/reference/events/message/message_changed */
const editSchema = z
  .looseObject({
    type: z.literal('message'),
    subtype: z.literal('message_changed'),
    channel: present,
    message: authorSchema.extend({ edited: z.looseObject({ ts: slackTs }) }),
    previous_message: z
      .looseObject({ edited: z.looseObject({ ts: slackTs }) })
      .optional()
      .catch(undefined),
  })
  // Without a new `edited`, Slack has only unfurled a link.
  .refine(({ message, previous_message: before }) => message.edited.ts !== before?.edited.ts)
  .transform(({ channel: channelId, message }) => ({
    kind: 'edit' as const,
    userId: message.user,
    channelId,
    /** The thread it is in, or starts. */
    threadTs: message.thread_ts ?? message.ts,
    ts: message.ts,
    ...readSaid(message),
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

/** If a message that was deleted has replies, Slack leaves this one in its place. */
const tombstoneSchema = z
  .looseObject({
    type: z.literal('message'),
    subtype: z.literal('message_changed'),
    channel: present,
    message: z.looseObject({ subtype: z.literal('tombstone'), ts: slackTs }),
  })
  .transform(({ channel: channelId, message: { ts } }) => ({ kind: 'deletion' as const, channelId, ts }));

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

/** https://docs.slack.dev/reference/events/channel_unarchive, and `group_unarchive` for a private channel */
const unarchivedSchema = z
  .looseObject({ type: z.enum(['channel_unarchive', 'group_unarchive']), channel: present })
  .transform(({ channel: channelId }) => ({ kind: 'unarchived' as const, channelId }));

/** A private channel is being shared with another organization. https://docs.slack.dev/reference/events/channel_id_changed */
const renumberedSchema = z
  .looseObject({
    type: z.literal('channel_id_changed'),
    old_channel_id: present,
    new_channel_id: present,
  })
  .transform(({ old_channel_id: from, new_channel_id: to }) => ({ kind: 'channel-id' as const, from, to }));

/** https://docs.slack.dev/reference/events/user_change */
const profileSchema = z
  .looseObject({ type: z.literal('user_change'), user: z.looseObject({ id: present }) })
  .transform(({ user }) => ({ kind: 'profile-change' as const, userId: user.id }));

const knownSchema = z.union([
  messageSchema,
  tombstoneSchema,
  editSchema,
  deletionSchema,
  homeSchema,
  joinedSchema,
  unarchivedSchema,
  renumberedSchema,
  profileSchema,
]);

/** Anything else is of no use here, and what can't be read shouldn't be delivered again. */
const eventSchema = z
  .looseObject({ team_id: present, event: knownSchema.nullable().catch(null) })
  .transform(({ team_id: teamId, event }): EventPayload =>
    event === null ? { kind: 'ignored' } : { ...event, teamId },
  );
