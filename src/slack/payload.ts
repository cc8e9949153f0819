import { z } from 'zod';
import { eventSchema, present } from './event-payload.ts';
import type { EventPayload } from './event-payload.ts';
import { INTERACTIONS } from './interaction-payload.ts';
import type { Interaction } from './interaction-payload.ts';
import { placeKindOf } from './places.ts';

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
