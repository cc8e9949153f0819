import { z } from 'zod';
import { readMenuValue, slackTs } from './ids.ts';
import { readMessage } from './messages.ts';
import { placeKindOf, placeKindOfEvent } from './places.ts';

/** A delivery's body, before it is read. */
export const bodySchema = z.record(z.string(), z.unknown());
export type Body = z.output<typeof bodySchema>;

/** The one reader of what Slack sends: who, where, which message. What Slack leaves out is null, never ''. */
export type Payload =
  | Command
  | Press
  | Submission
  | Shortcut
  | Search
  | EventPayload
  /** Of no interest here. */
  | typeof IGNORED
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
  const schema = INTERACTIONS.get(type ?? '');
  return schema === undefined ? { kind: 'malformed', problem: 'of no known type' } : parsed(schema, body);
}

function parsed(schema: z.ZodType<Payload>, body: unknown): Payload {
  const { data, error } = schema.safeParse(body);
  if (data !== undefined) return data;
  // Paths only: what people wrote doesn't belong in the log.
  const missing = error?.issues.map(({ path }) => path.join('.')).join(', ');
  return { kind: 'malformed', problem: `not as expected: ${missing}` };
}

const IGNORED = { kind: 'ignored' } as const;

/** An id, an address or a name: empty is missing. */
const present = z.string().min(1);
const optional = present.nullish().catch(null).default(null);

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
type EventPayload = z.output<typeof knownSchema> & { teamId: string };

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
    placeKind: placeKindOfEvent(event.channel, event.channel_type),
    ts: event.ts,
    /** null: it is in no thread, or starts one. */
    threadTs: event.thread_ts === event.ts ? null : event.thread_ts,
    /** Who started the thread; null: Slack doesn't say. */
    parentUserId: event.parent_user_id,
    ...readMessage(event),
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
    ...readMessage(message),
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
  profileSchema,
]);

/** Anything else is of no use here, and what can't be read shouldn't be delivered again. */
const eventSchema = z
  .looseObject({ team_id: present, event: knownSchema.nullable().catch(null) })
  .transform(({ team_id: teamId, event }) => (event === null ? IGNORED : { ...event, teamId }));

/**
 * A button, or an option of the card's menu.
 * https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 */
export type Press = Extract<z.output<typeof pressSchema>, { kind: 'press' }>;

/** A modal that was sent. https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
export type Submission = z.output<typeof submissionSchema>;

/** A message shortcut. https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload */
export type Shortcut = z.output<typeof shortcutSchema>;

/** Someone types into a select menu. https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload */
export type Search = z.output<typeof searchSchema>;

/** What people do in messages and views. https://docs.slack.dev/reference/interaction-payloads */
const interactionSchema = z.looseObject({
  // Slack leaves it out if a whole organization installed the app: see `bolt.ts`.
  team: z.looseObject({ id: present }),
  /** Slack's own types say that `team_id` can be missing: the person is then of the workspace it comes from. */
  user: z.looseObject({ id: present, team_id: optional }),
});

/**
 * `teamId`: the workspace it comes from. `homeTeamId`: the workspace that the person is a member of, which is another
 * one for people of other organizations in a shared channel.
 */
function senderOf({ team, user }: z.infer<typeof interactionSchema>) {
  return { teamId: team.id, userId: user.id, homeTeamId: user.team_id ?? team.id };
}

const channelSchema = z.looseObject({ id: present, name: z.string().default('') });
/** Block id, then action id, then the element's value in its own shape. */
const valuesSchema = z.record(z.string(), z.record(z.string(), z.unknown()));
const labelSchema = z.looseObject({ text: z.string() });

const blockSchema = z
  .looseObject({ type: z.string(), block_id: z.string().optional() })
  .transform(({ block_id, ...block }) => ({ ...block, ...(block_id !== undefined && { block_id }) }));

/** A view with what is entered in it, and what it takes to draw it again as it is. */
const viewSchema = z
  .looseObject({
    id: present,
    callback_id: z.string().default(''),
    private_metadata: z.string().default(''),
    state: z.looseObject({ values: valuesSchema }).default({ values: {} }),
    title: labelSchema.default({ text: '…' }),
    submit: labelSchema.nullish(),
    blocks: z.array(blockSchema).default([]),
  })
  .transform(({ id, callback_id: callbackId, private_metadata: metadata, state, title, submit, blocks }) => ({
    id,
    callbackId,
    metadata,
    values: state.values,
    title: title.text,
    submit: submit?.text ?? null,
    blocks,
  }));
export type OpenView = z.output<typeof viewSchema>;

const buttonSchema = z
  .looseObject({
    type: z.literal('button'),
    action_id: present,
    value: z.string().nullable().default(null),
  })
  .transform(({ action_id: actionId, value }) => ({ actionId, value }));
/** An option, read as the button that it stands for: of a menu by its id, of the card's menu by its value. */
const optionSchema = z
  .looseObject({
    type: z.enum(['static_select', 'overflow']),
    action_id: present,
    selected_option: z.looseObject({ value: z.string() }),
  })
  .transform(({ type, action_id: actionId, selected_option: { value } }) =>
    type === 'overflow' ? readMenuValue(value) : { actionId, value },
  );

const containerSchema = z.looseObject({ message_ts: optional, thread_ts: optional });

const pressSchema = interactionSchema
  .extend({
    // Nothing happens at any other element.
    actions: z.tuple([z.union([buttonSchema, optionSchema]).nullable().catch(null)], z.unknown()),
    channel: channelSchema.optional(),
    container: containerSchema.default({ message_ts: null, thread_ts: null }),
    response_url: optional,
    trigger_id: present,
    view: viewSchema.optional(),
  })
  .transform(({ channel, container, view, ...body }) => {
    const [action] = body.actions;
    if (action === null) return IGNORED;
    const { message_ts: messageTs, thread_ts: threadTs } = container;
    return {
      kind: 'press' as const,
      ...senderOf(body),
      ...action,
      channelId: channel?.id ?? null,
      placeKind: channel === undefined ? null : placeKindOf(channel.name),
      messageTs,
      /** null: what was pressed is in no thread, or starts one. */
      threadTs: threadTs === messageTs ? null : threadTs,
      /** null: in a view. */
      responseUrl: body.response_url,
      /** One press: Slack's trigger belongs to no other. */
      triggerId: body.trigger_id,
      view: view ?? null,
    };
  });

const submissionSchema = interactionSchema
  .extend({ view: viewSchema })
  .transform(({ view, ...body }) => ({ kind: 'submission' as const, ...senderOf(body), view }));

const shortcutSchema = interactionSchema
  .extend({
    channel: channelSchema,
    trigger_id: present,
    response_url: present,
    message: z.looseObject({ ts: slackTs }),
  })
  .transform(({ channel, message, ...body }) => ({
    kind: 'shortcut' as const,
    ...senderOf(body),
    channelId: channel.id,
    channelName: channel.name,
    placeKind: placeKindOf(channel.name),
    triggerId: body.trigger_id,
    responseUrl: body.response_url,
    ...readMessage(message),
  }));

const searchSchema = interactionSchema
  .extend({
    action_id: present,
    value: z.string().default(''),
    view: z.looseObject({ private_metadata: optional }).optional(),
  })
  .transform(({ action_id: actionId, value, view, ...body }) => ({
    kind: 'search' as const,
    ...senderOf(body),
    actionId,
    typed: value.trim(),
    metadata: view?.private_metadata ?? null,
  }));

/** By Slack's `type`. */
const INTERACTIONS: ReadonlyMap<string, z.ZodType<Payload>> = new Map<string, z.ZodType<Payload>>([
  ['block_actions', pressSchema],
  ['view_submission', submissionSchema],
  ['message_action', shortcutSchema],
  ['block_suggestion', searchSchema],
]);
