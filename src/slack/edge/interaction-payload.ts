import { z } from 'zod';
import { readMenuValue, slackTs } from './ids.ts';
import { readMessage, readOwnWords } from './messages.ts';
import { placeKindOf } from './places.ts';

/** What people do in messages and views. https://docs.slack.dev/reference/interaction-payloads */
export type Interaction = Press | Submission | Shortcut | Search | typeof IGNORED;

/**
 * `teamId`: the workspace it comes from. `homeTeamId`: the workspace that the person is a member of, which is another
 * one for people of other organizations in a shared channel.
 */
type Sender = { teamId: string; userId: string; homeTeamId: string };

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

/** An id, an address or a name: empty is missing. */
export const present = z.string().min(1);
export const optional = present.nullish().catch(null).default(null);

const IGNORED = { kind: 'ignored' } as const;

const interactionSchema = z.looseObject({
  // Slack leaves it out if a whole organization installed the app: see `bolt.ts`.
  team: z.looseObject({ id: present }),
  /** Slack's own types say that `team_id` can be missing: the person is then of the workspace it comes from. */
  user: z.looseObject({ id: present, team_id: optional }),
});

function senderOf({ team, user }: z.infer<typeof interactionSchema>): Sender {
  return { teamId: team.id, userId: user.id, homeTeamId: user.team_id ?? team.id };
}

const channelSchema = z.looseObject({ id: present, name: z.string().default('') });
/** Block id, then action id, then the element's value in its own shape. */
const valuesSchema = z.record(z.string(), z.record(z.string(), z.unknown()));
const labelSchema = z.looseObject({ text: z.string() });
/** Only needed to draw the button or the modal again. */
const shownSchema = labelSchema.default({ text: '…' });

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
    title: shownSchema,
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
    action_ts: optional,
    value: z.string().nullable().default(null),
    text: shownSchema,
  })
  .transform(({ action_id: actionId, action_ts: actionTs, value, text }) => ({
    actionId,
    actionTs,
    value,
    label: text.text,
  }));
/** Another choice in a menu, read as the button that would make it. Slack sends nothing for the one that is shown. */
const selectSchema = z
  .looseObject({
    type: z.literal('static_select'),
    action_id: present,
    action_ts: optional,
    selected_option: z.looseObject({ text: shownSchema, value: z.string() }),
  })
  .transform(({ action_id: actionId, action_ts: actionTs, selected_option: { text, value } }) => ({
    actionId,
    actionTs,
    value,
    label: text.text,
  }));
/** An option of the card's menu, read as the button it names. */
const menuSchema = z
  .looseObject({
    type: z.literal('overflow'),
    action_ts: optional,
    selected_option: z.looseObject({ text: shownSchema, value: z.string() }),
  })
  .transform(({ action_ts: actionTs, selected_option: { text, value } }) => ({
    ...readMenuValue(value),
    actionTs,
    label: text.text,
  }));
const otherElementSchema = z
  .looseObject({ type: z.string().refine((type) => !['button', 'overflow', 'static_select'].includes(type)) })
  .transform(() => null);

const containerSchema = z.looseObject({ message_ts: optional, thread_ts: optional });

const pressSchema = interactionSchema
  .extend({
    actions: z.tuple([z.union([buttonSchema, selectSchema, menuSchema, otherElementSchema])], z.unknown()),
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
      /** One press: Slack's trigger belongs to no other. */
      actionTs: action.actionTs ?? body.trigger_id,
      channelId: channel?.id ?? null,
      placeKind: channel === undefined ? null : placeKindOf(channel.name),
      messageTs,
      /** null: what was pressed is in no thread, or starts one. */
      threadTs: threadTs === messageTs ? null : threadTs,
      /** null: in a view. */
      responseUrl: body.response_url,
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
    message: readMessage(message),
    ownWords: readOwnWords(message),
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
export const INTERACTIONS: ReadonlyMap<string, z.ZodType<Interaction>> = new Map<
  string,
  z.ZodType<Interaction>
>([
  ['block_actions', pressSchema],
  ['view_submission', submissionSchema],
  ['message_action', shortcutSchema],
  ['block_suggestion', searchSchema],
]);
