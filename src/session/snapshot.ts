import { z } from 'zod';

/**
 * What Devin says about a session: parsed once, where it arrives (devin/) and where it is read back (store/). A new field
 * is a line here, its word in `text/` and nothing else. Keys that nothing reads are dropped, enums are open, and what the
 * reference calls optional is null if it is missing or can't be read.
 * https://docs.devin.ai/v3-openapi.yaml
 */

/** A schema for what is written in Devin's spelling (`status_detail`) and read in ours (`statusDetail`). */
export const fromWire = <T extends z.ZodType>(schema: T) => z.preprocess(camelKeys, schema);

/** The same in Devin's spelling: `statusDetail` becomes `status_detail`. Objects in lists too; not what objects hold. */
export function toWire(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [toSnake(key), itemsToWire(item)]));
}

export const optional = <T extends z.ZodType>(schema: T) => schema.nullable().default(null).catch(null);

const readable = (member: z.ZodType, most: number) => (all: unknown) =>
  Array.isArray(all) ? all.filter((one) => member.safeParse(one).success).slice(-most) : all;

/** A list without the members that can't be read: one harms only itself. Of more than `most`, the last ones. */
export const readableOnly = <T extends z.ZodType>(member: T, most = Infinity) =>
  z.preprocess(readable(member, most), z.array(member));

/** The last second of the year 9999. */
const LATEST_S = 253_402_300_799;

/** As seconds, it's the year 5138: Devin means milliseconds. */
const FIRST_IN_MS = 100_000_000_000;

/** A time that a date can hold and a database can keep. */
export const epochSeconds = z.preprocess(
  (time) => (typeof time === 'number' ? Math.floor(time < FIRST_IN_MS ? time : time / 1000) : time),
  z.int().transform((seconds) => Math.min(Math.max(0, seconds), LATEST_S)),
);

/** More, or less than none, can't be meant: sums and cards stay readable. */
const MOST_ACU = 1_000_000_000;
const acus = z.number().transform((used) => Math.min(Math.max(0, used), MOST_ACU));

/** Each is announced, once for its URL. The latest stay: Devin lists them in the order they were opened. */
const MOST_PULL_REQUESTS = 100;

const pullRequestSchema = fromWire(
  z.object({
    prUrl: z.string(),
    /** open, closed, merged, or what Devin says next. */
    prState: z.string().nullable().catch(null),
  }),
);

/** As every call answers it. Only get and list fill `statusDetail` and `structuredOutput`. */
export const sessionSnapshotSchema = z.object({
  /** Bare, whichever form Devin sent. An index can't hold a long one. */
  sessionId: z
    .string()
    .transform(toBareId)
    .pipe(z.string().regex(/^\S{1,255}$/)),
  /** Link people to this; never build one. */
  url: z.string(),
  status: z.string(),
  statusDetail: optional(z.string()),
  title: optional(z.string()),
  tags: readableOnly(z.string()),
  orgId: z.string(),
  createdAt: epochSeconds,
  updatedAt: epochSeconds,
  acusConsumed: acus,
  pullRequests: z.preprocess(
    readable(pullRequestSchema, MOST_PULL_REQUESTS),
    z.array(pullRequestSchema).transform((all) => [...new Map(all.map((one) => [one.prUrl, one])).values()]),
  ),
  /** The member it runs as. */
  userId: optional(z.string()),
  serviceUserId: optional(z.string()),
  playbookId: optional(z.string()),
  parentSessionId: optional(z.string()),
  isArchived: z.boolean().default(false).catch(false),
  structuredOutput: optional(z.record(z.string(), z.unknown())),
  devinMode: optional(z.string()),
});
export type SessionSnapshot = z.output<typeof sessionSnapshotSchema>;

const { tags, orgId, pullRequests, status, createdAt, updatedAt, acusConsumed } = sessionSnapshotSchema.shape;

const answeredSession = sessionSnapshotSchema.extend({
  tags: tags.catch([]),
  orgId: orgId.catch(''),
  pullRequests: pullRequests.catch([]),
});

/** A session as Devin answers it: it costs money even if a member isn't as the reference says. */
export const answeredSessionSchema = fromWire(answeredSession);

/** The same right after it was created, at `atS` in epoch seconds: an id and a URL are enough. */
export function createdSessionSchema(atS: number) {
  return fromWire(
    answeredSession.extend({
      status: status.catch('new'),
      createdAt: createdAt.catch(atS),
      updatedAt: updatedAt.catch(atS),
      acusConsumed: acusConsumed.catch(0),
    }),
  );
}

const PREFIX = 'devin-';

/**
 * A session's id as it is stored and compared: without the `devin-` that only some answers carry.
 * https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session
 */
export function toBareId(sessionId: string): string {
  return sessionId.startsWith(PREFIX) ? sessionId.slice(PREFIX.length) : sessionId;
}

/** A session's id as paths want it: with the prefix. */
export function toPathId(sessionId: string): string {
  return `${PREFIX}${toBareId(sessionId)}`;
}

/** Final: Devin takes no more messages for it. */
export const CLOSED = ['exit', 'error'] as const;

export function isClosed({ status }: Pick<SessionSnapshot, 'status'>): boolean {
  return CLOSED.some((closed) => closed === status);
}

export const pullRequestUrls = ({ pullRequests }: Pick<SessionSnapshot, 'pullRequests'>): string[] =>
  pullRequests.map(({ prUrl }) => prUrl);

function camelKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [toCamel(key), item]),
  );
}

function itemsToWire(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const items: unknown[] = value;
  return items.map((item) => (typeof item === 'object' && item !== null ? toWire(item) : item));
}

function toCamel(key: string): string {
  return key.replaceAll(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

export function toSnake(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
