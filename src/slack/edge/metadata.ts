import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What a message carries so that it can be found again if Slack's answer to posting it is lost. */
export type MessageMetadata = { event_type: string; event_payload: Record<string, string> };

const CARD_EVENT = 'devin_session';
const MESSAGE_EVENT = 'devin_message';
const MILESTONE_EVENT = 'devin_milestone';

/** What identifies a message among the others of its event, by event. */
const IDENTIFYING = new Map<string, readonly string[]>();

/** Makes the metadata of an event's messages. */
function identifiedBy<const Names extends readonly string[]>(event_type: string, ...names: Names) {
  IDENTIFYING.set(event_type, names);
  return (...values: { [At in keyof Names]: string | number }): MessageMetadata => ({
    event_type,
    event_payload: Object.fromEntries(names.map((name, at) => [name, String(values[at])])),
  });
}

export const cardMetadata = identifiedBy(CARD_EVENT, 'request_id');
/** `part`: a long message becomes several in Slack. */
export const messageMetadata = identifiedBy(MESSAGE_EVENT, 'session_id', 'event_id', 'part');
export const milestoneMetadata = identifiedBy(MILESTONE_EVENT, 'session_id', 'milestone');
/** The greeting in a channel that the app was invited to. */
export const greetingMetadata = identifiedBy('devin_greeting', 'channel_id');
/** How a request without a session ended. `at`: the number of the attempt. */
export const outcomeMetadata = identifiedBy('devin_outcome', 'request_id', 'at');
/** An alert for an owner of the policy. */
export const alertMetadata = identifiedBy('devin_budget', 'alert', 'owner');
/** To a member whose account another person may use. */
export const sharedMetadata = identifiedBy('devin_shared_account', 'user_id', 'devin_user_id');
/** To a person whom a workspace admin linked. */
export const linkedMetadata = identifiedBy('devin_linked', 'user_id', 'change');
/** The question to an approver, in that person's direct messages. */
export const approvalMetadata = identifiedBy('devin_approval', 'request_id', 'number');

/** What a card shows that Devin doesn't know. */
type CardOwner = {
  id: string;
  userId: string;
  draft: { values: { repos?: string[] | undefined; max_acu_limit?: number | undefined } };
};
/** Slack limits the size of metadata; longer lists are left out. */
const REPOS_LENGTH = 1000;

/** A card's metadata with what restores it after the database is lost. */
export function fullCardMetadata({ id, userId: requester, draft: { values } }: CardOwner): MessageMetadata {
  const repos = (values.repos ?? []).join(',');
  const acuLimit = values.max_acu_limit;
  const { event_type, event_payload } = cardMetadata(id);
  return {
    event_type,
    event_payload: {
      ...event_payload,
      requester,
      ...(repos !== '' && repos.length <= REPOS_LENGTH && { repos }),
      ...(acuLimit !== undefined && { acu_limit: String(acuLimit) }),
    },
  };
}

const metadataSchema = z.object({
  event_type: z.string(),
  event_payload: z.record(z.string(), z.unknown()),
});

type MessageParts = {
  metadata?: unknown;
  blocks?: readonly { block_id?: string | undefined }[] | undefined;
};

/** Whether a message carries this metadata, in its own or in a block id. Its own may hold more. */
export function hasMetadata({ metadata: own, blocks = [] }: MessageParts, wanted: MessageMetadata): boolean {
  const blockId = metadataBlockId(wanted);
  return includes(own, wanted) || blocks.some((block) => block.block_id === blockId);
}

function includes(own: unknown, { event_type, event_payload }: MessageMetadata): boolean {
  const { data } = metadataSchema.safeParse(own);
  if (data?.event_type !== event_type) return false;
  return Object.entries(event_payload).every(([name, value]) => data.event_payload[name] === value);
}

const BLOCK_ID_LENGTH = 255;
const BETWEEN_VALUES = ' ';

/** The same as a block id, which Slack returns even if the app may not read metadata. */
export function metadataBlockId({ event_type, event_payload }: MessageMetadata): string {
  const names = IDENTIFYING.get(event_type) ?? [];
  const whole = [event_type, ...names.map((name) => event_payload[name])].join(BETWEEN_VALUES);
  if (whole.length <= BLOCK_ID_LENGTH) return whole;
  return `${event_type}${BETWEEN_VALUES}${createHash('sha256').update(whole).digest('base64url')}`;
}

/** null: not metadata of this app, or it was too long for a block id. */
export function readBlockMetadata(blocks: readonly { block_id?: string | undefined }[]): ReadMetadata | null {
  for (const { block_id: blockId = '' } of blocks) {
    const [event_type = '', ...values] = blockId.split(BETWEEN_VALUES);
    const names = IDENTIFYING.get(event_type);
    if (names?.length !== values.length) continue;
    const event_payload = Object.fromEntries(names.map((name, at) => [name, values[at]]));
    return readMetadata({ event_type, event_payload });
  }
  return null;
}

const ownMetadataSchema = z.union([
  z
    .object({
      event_type: z.literal(CARD_EVENT),
      event_payload: z.object({
        request_id: z.string(),
        requester: z.string().nullable().default(null),
        repos: z.string().optional(),
        acu_limit: z.coerce.number().nullable().default(null),
      }),
    })
    .transform(({ event_payload: { request_id: requestId, requester, repos, acu_limit: acuLimit } }) => ({
      kind: 'card' as const,
      requestId,
      requester,
      repos: repos?.split(',') ?? [],
      acuLimit,
    })),
  z
    .object({
      event_type: z.literal(MESSAGE_EVENT),
      event_payload: z.object({ session_id: z.string(), event_id: z.string() }),
    })
    .transform(({ event_payload: { session_id: sessionId, event_id: eventId } }) => ({
      kind: 'message' as const,
      sessionId,
      eventId,
    })),
  z
    .object({
      event_type: z.literal(MILESTONE_EVENT),
      event_payload: z.object({ session_id: z.string(), milestone: z.string() }),
    })
    .transform(({ event_payload: { session_id: sessionId, milestone: key } }) => ({
      kind: 'milestone' as const,
      sessionId,
      key,
    })),
]);

export type ReadMetadata = z.output<typeof ownMetadataSchema>;

/** null: not metadata of this app. */
export function readMetadata(own: unknown): ReadMetadata | null {
  return ownMetadataSchema.safeParse(own).data ?? null;
}
