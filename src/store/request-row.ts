import { randomBytes } from 'node:crypto';
import type { Selectable, Updateable } from 'kysely';
import { z } from 'zod';
import { approvalSchema, replacesSchema } from '../session/approval.ts';
import type { Replaces } from '../session/approval.ts';
import { messageContextSchema, PLACE_KINDS, slackFileSchema } from '../session/context.ts';
import type { MessageContext, PlaceKind } from '../session/context.ts';
import { VALUE_SOURCES } from '../session/defaults.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import { failureSchema } from '../session/failure.ts';
import { storedDraftSchema } from '../session/fields.ts';
import { identitySchema } from '../session/identity.ts';
import { quotedThreadSchema } from '../session/prompt.ts';
import { REQUEST_STATES } from '../session/request.ts';
import { json } from './database.ts';
import type { SessionRequestsTable } from './tables.ts';

/** Files that did not reach Devin, and why. */
const leftOutSchema = z.object({
  name: z.string(),
  reason: z.enum([
    'too-large',
    'sign-in-page',
    'unreadable',
    'no-permission',
    'refused',
    'too-many',
    'thread-unreadable',
    'thread-too-long',
    'thread-not-theirs',
  ]),
});
export type LeftOut = z.infer<typeof leftOutSchema>;

export const effectiveDraftSchema = z.object({
  values: storedDraftSchema,
  sources: z.partialRecord(z.string(), z.enum(VALUE_SOURCES)),
});

const uploadsSchema = z.object({ urls: z.array(z.string()), leftOut: z.array(leftOutSchema) });

/** What of the conversation goes with the task. */
const materialSchema = z.object({
  quoted: quotedThreadSchema.nullable(),
  files: z.array(slackFileSchema),
  leftOut: z.array(leftOutSchema),
});

export type Material = z.infer<typeof materialSchema>;

/** Why a request waits, while it does. */
const WAITING = ['busy', 'down', 'looking'] as const;

const requestSchema = z.object({
  id: z.string(),
  dedupeKey: z.string(),
  state: z.enum(REQUEST_STATES),
  source: z.enum(['command', 'form', 'follow', 'restored']),
  teamId: z.string(),
  userId: z.string(),
  channelId: z.string(),
  threadTs: z.string().nullable(),
  /** null: not known, so it is taken for private. */
  placeKind: z.enum(PLACE_KINDS).nullable(),
  draft: effectiveDraftSchema,
  context: messageContextSchema.nullable(),
  slackFileIds: z.array(z.string()),
  sealed: z.string().nullable(),
  hadSecrets: z.boolean(),
  secretNames: z.array(z.string()),
  identity: identitySchema.nullable(),
  cardChannelId: z.string().nullable(),
  cardTs: z.string().nullable(),
  cardElsewhere: z.string().nullable(),
  cardStale: z.boolean(),
  cardShown: z.string().nullable(),
  cardClass: z.number(),
  cardPrepaid: z.boolean(),
  prompt: z.string().nullable(),
  uploads: uploadsSchema.nullable(),
  waiting: z.enum(WAITING).nullable(),
  sentAt: z.date().nullable(),
  sessionId: z.string().nullable(),
  failure: failureSchema.nullable(),
  rule: z.string().nullable(),
  resumedAt: z.date().nullable(),
  checkedAt: z.date().nullable(),
  /** Every approval it was held up for, oldest first. */
  approvals: z.array(approvalSchema),
  /** Rules whose approval counts for it as it is in `approvedAs`. */
  approved: z.array(z.string()),
  approvedAs: z.string().nullable(),
  /** While it awaits an approval: until then, by the database's clock. */
  approvalUntil: z.date().nullable(),
  /** Fixed before an approval was asked for; null: it is read when it is sent. */
  material: materialSchema.nullable(),
  /** Of another request, which this one changes for an approver; null: none. */
  replaces: replacesSchema.nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
/** One request for a session, from the moment Slack was answered. Column names, parsed. */
export type SessionRequest = z.infer<typeof requestSchema>;

export type NewRequest = {
  id: string;
  dedupeKey: string;
  source: SessionRequest['source'];
  teamId: string;
  userId: string;
  channelId: string;
  threadTs: string | null;
  /** Left out: not known. */
  placeKind?: PlaceKind | null | undefined;
  draft: EffectiveDraft;
  context: MessageContext | null;
  slackFileIds: string[];
  sealed: string | null;
  /** What session secrets are called; their values are only in `sealed`. */
  secretNames?: readonly string[];
  replaces?: Replaces | null;
};

/** What a transition may change besides the state. JSON columns take plain values. */
export type RequestChanges = Partial<
  Pick<
    SessionRequest,
    | 'sealed'
    | 'identity'
    | 'draft'
    | 'cardChannelId'
    | 'cardTs'
    | 'cardElsewhere'
    | 'cardStale'
    | 'prompt'
    | 'uploads'
    | 'waiting'
    | 'sentAt'
    | 'sessionId'
    | 'failure'
    | 'context'
    | 'rule'
    | 'resumedAt'
    | 'checkedAt'
    | 'approvals'
    | 'approved'
    | 'approvedAs'
    | 'material'
  >
>;

/** The thread the card is in; null: it is a message of its own, as in a direct message. */
export function cardThread(request: Pick<SessionRequest, 'cardElsewhere' | 'threadTs'>): string | null {
  return request.cardElsewhere === null ? request.threadTs : null;
}

/** When a person last asked for it. */
export function askedAt({ resumedAt, createdAt }: Pick<SessionRequest, 'resumedAt' | 'createdAt'>): Date {
  return resumedAt ?? createdAt;
}

type Said = { teamId: string; channelId: string; ts: string };

/** The key of a request that one message asks for. */
export function messageKey({ teamId, channelId, ts }: Said): string {
  return `thread:${teamId}:${channelId}:${ts}`;
}

/** The message that a request is about, or that asked for it; null: there is none. */
export function askingMessage({
  context,
  dedupeKey,
}: Pick<SessionRequest, 'context' | 'dedupeKey'>): string | null {
  return context?.picked.ts ?? /^thread:[^:]*:[^:]*:(\d+\.\d+)$/.exec(dedupeKey)?.[1] ?? null;
}

/** The message that asked begins the thread of its card: until the card is there, nothing can be told in it. */
export function beginsThread(
  request: Pick<SessionRequest, 'dedupeKey' | 'teamId' | 'channelId' | 'threadTs'>,
): boolean {
  const { teamId, channelId, threadTs: ts } = request;
  return ts !== null && request.dedupeKey === messageKey({ teamId, channelId, ts });
}

/** Short, unguessable, and fit for a Devin tag. */
export function newId(): string {
  return randomBytes(9).toString('base64url').replaceAll(/[_-]/g, 'x').toLowerCase();
}

export function toRow(request: NewRequest) {
  const { secretNames = [] } = request;
  return {
    id: request.id,
    dedupeKey: request.dedupeKey,
    source: request.source,
    teamId: request.teamId,
    userId: request.userId,
    channelId: request.channelId,
    threadTs: request.threadTs,
    placeKind: request.placeKind ?? null,
    draft: json(request.draft),
    context: json(request.context),
    slackFileIds: json(request.slackFileIds),
    sealed: request.sealed,
    hadSecrets: secretNames.length > 0,
    secretNames: json(secretNames),
    replaces: json(request.replaces),
  };
}

const JSON_COLUMNS = ['identity', 'draft', 'uploads', 'failure', 'context', 'material'] as const;

export function toColumns(changes: RequestChanges): Updateable<SessionRequestsTable> {
  const { identity, draft, uploads, failure, context, material, approvals, approved, ...plain } = changes;
  const columns: Updateable<SessionRequestsTable> = plain;
  const values = { identity, draft, uploads, failure, context, material };
  for (const column of JSON_COLUMNS) if (values[column] !== undefined) columns[column] = json(values[column]);
  if (approvals !== undefined) columns.approvals = JSON.stringify(approvals);
  if (approved !== undefined) columns.approved = JSON.stringify(approved);
  return columns;
}

export function parse(row: Selectable<SessionRequestsTable>): SessionRequest {
  return requestSchema.parse(row);
}
