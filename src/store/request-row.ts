import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { approvalSchema } from '../session/approval.ts';
import { materialSchema, messageContextSchema, PLACE_KINDS, uploadsSchema } from '../session/context.ts';
import { VALUE_SOURCES } from '../session/defaults.ts';
import { failureSchema } from '../session/failure.ts';
import { storedDraftSchema } from '../session/fields.ts';
import { identitySchema } from '../session/identity.ts';
import { REQUEST_STATES } from '../session/request.ts';
import { fingerprintOf, withJson, type Columns } from './sql.ts';

export const effectiveDraftSchema = z.object({
  values: storedDraftSchema,
  sources: z.partialRecord(z.string(), z.enum(VALUE_SOURCES)),
  names: z.record(z.string(), z.string()).optional(),
});

/** Why a request waits. */
const WAITING = ['busy', 'down', 'slack', 'looking'] as const;

export const requestSchema = z.object({
  id: z.string(),
  /** From Slack: a second delivery finds it taken and changes nothing. */
  dedupeKey: z.string(),
  state: z.enum(REQUEST_STATES),
  source: z.enum(['command', 'form', 'follow', 'restored']),
  teamId: z.string(),
  userId: z.string(),
  channelId: z.string(),
  threadTs: z.string().nullable(),
  /** null: unknown, so it counts as private. */
  placeKind: z.enum(PLACE_KINDS).nullable(),
  draft: effectiveDraftSchema,
  context: messageContextSchema.nullable(),
  slackFileIds: z.array(z.string()),
  /** Session secrets and the response URL, encrypted; null once the request has ended. */
  sealed: z.string().nullable(),
  hadSecrets: z.boolean(),
  /** Names of session secrets; their values are only in `sealed`. */
  secretNames: z.array(z.string()),
  identity: identitySchema.nullable(),
  cardChannelId: z.string().nullable(),
  cardTs: z.string().nullable(),
  /** Slack's error code, if the card couldn't be posted where the person asked. */
  cardElsewhere: z.string().nullable(),
  prompt: z.string().nullable(),
  uploads: uploadsSchema.nullable(),
  waiting: z.enum(WAITING).nullable(),
  /** Until then it can be canceled with a press; null: it starts at once. */
  heldUntil: z.date().nullable(),
  sentAt: z.date().nullable(),
  sessionId: z.string().nullable(),
  failure: failureSchema.nullable(),
  /** The policy's rule under which it was sent; null: none, or not sent. */
  rule: z.string().nullable(),
  /** When a person last restarted it after it had ended. */
  resumedAt: z.date().nullable(),
  /** When a person last searched for its session without finding it. */
  checkedAt: z.date().nullable(),
  /** Every approval it waited for, oldest first; see session/approval.ts. */
  approvals: z.array(approvalSchema),
  /** Rules whose approval counts for this attempt, if nothing that was shown has changed. */
  approved: z.array(z.string()),
  /** When its pending approval expires, by the database's clock. */
  approvalUntil: z.date().nullable(),
  /** Fixed before an approval is requested; null: read when it is sent. */
  material: materialSchema.nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
/** One request for a session, from the moment Slack is answered. */
export type SessionRequest = z.infer<typeof requestSchema>;

export type SessionRequestsTable = Columns<
  SessionRequest,
  'state' | 'secretNames' | 'approvals' | 'approved' | 'createdAt' | 'updatedAt'
> & {
  /** When its text was removed because of its age. */
  textRemovedAt: Date | null;
  /** Of what was asked for, and where; null: its text was removed. */
  twinKey: string | null;
};

export type NewRequest = Pick<
  SessionRequest,
  | 'id'
  | 'dedupeKey'
  | 'source'
  | 'teamId'
  | 'userId'
  | 'channelId'
  | 'threadTs'
  | 'draft'
  | 'context'
  | 'slackFileIds'
  | 'sealed'
> & {
  /** Left out: unknown. */
  placeKind?: SessionRequest['placeKind'] | undefined;
  secretNames?: readonly string[];
};

/** What a transition can change besides the state. JSON columns take plain values. */
export type RequestChanges = Partial<
  Omit<SessionRequest, 'id' | 'dedupeKey' | 'state' | 'source' | 'createdAt' | 'updatedAt' | 'approvalUntil'>
>;

/** The thread of the card; null: it isn't in one, as in a direct message. */
export function cardThread(request: Pick<SessionRequest, 'cardElsewhere' | 'threadTs'>): string | null {
  return request.cardElsewhere === null ? request.threadTs : null;
}

/** When a person last asked for it. */
export function askedAt({ resumedAt, createdAt }: Pick<SessionRequest, 'resumedAt' | 'createdAt'>): Date {
  return resumedAt ?? createdAt;
}

/** The same if one person asks for the same task and options about the same message in one conversation. */
export function twinKey(request: NewRequest): string {
  const { teamId, userId, channelId, draft, slackFileIds } = request;
  return fingerprintOf([teamId, userId, channelId, draft.values, subjectOf(request), slackFileIds]);
}

/** The message it is about; or, if that message asked for the session, its thread and what comes with its task. */
function subjectOf({ teamId, channelId, dedupeKey, draft, context }: NewRequest): unknown {
  if (context === null) return null;
  const { ts, threadTs, text, files } = context.picked;
  const isAsking = dedupeKey === messageKey({ teamId, channelId, ts });
  const forwarded = text.split(draft.values.prompt ?? text).at(-1);
  return isAsking ? [threadTs, forwarded, files.map(({ id }) => id)] : ts;
}

/** What Slack knows a message by. */
export type MessageRef = { teamId: string; channelId: string; ts: string };

/** The dedupe key of a request, or a reply, made by a message. */
export function messageKey({ teamId, channelId, ts }: MessageRef): string {
  return `thread:${teamId}:${channelId}:${ts}`;
}

/** Whether a message asked for it, and not a command or a form. */
export const isSaid = ({ dedupeKey }: Pick<SessionRequest, 'dedupeKey'>): boolean =>
  dedupeKey.startsWith('thread:');

const OFFER_ID_LENGTH = 24;

/** The id of the form that is offered with a message. */
export function offerId(message: MessageRef): string {
  return createHash('sha256').update(messageKey(message)).digest('hex').slice(0, OFFER_ID_LENGTH);
}

/** The dedupe key of a request for what was offered, as it was written. */
export const offeredKey = (formId: string): string => `offered:${formId}`;

/** The message that a request is about, or that asked for it; null: none. */
export function askingMessage(request: Pick<SessionRequest, 'context' | 'dedupeKey'>): string | null {
  const { context, dedupeKey } = request;
  return context?.picked.ts ?? /^thread:[^:]*:[^:]*:(\d+\.\d+)$/.exec(dedupeKey)?.[1] ?? null;
}

/** Whether its thread has a reply, as far as is known: without one, Slack shows no private notice there. */
export function hasReplies({
  cardTs,
  context,
  ...request
}: Pick<SessionRequest, 'cardTs' | 'cardElsewhere' | 'threadTs' | 'context'>): boolean {
  const { ts, threadTs = null } = context?.picked ?? {};
  return (cardTs !== null && cardThread(request) !== null) || (threadTs !== null && threadTs !== ts);
}

/** Short, unguessable, and fit for a Devin tag. */
export function newId(): string {
  return randomBytes(9).toString('base64url').replaceAll(/[_-]/g, 'x').toLowerCase();
}

export function toRow(request: NewRequest) {
  const { secretNames = [], placeKind = null } = request;
  const hadSecrets = secretNames.length > 0;
  const row = { ...request, secretNames, placeKind, hadSecrets, twinKey: twinKey(request) };
  return withJson(row);
}

export function toColumns(changes: RequestChanges) {
  return withJson(changes);
}
