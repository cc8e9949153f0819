import { z } from 'zod';
import { epochSeconds, fromWire, openEnum, optional, readableOnly } from '../session/snapshot.ts';

/**
 * Devin's answers. Their names end here: `has_next_page` is read as `hasNextPage`. Open, as a session's snapshot is.
 * https://docs.devin.ai/v3-openapi.yaml
 */

/** Cursor pagination. `endCursor` is null on the last page. https://docs.devin.ai/api-reference/concepts/pagination */
export const pageOf = <T extends z.ZodType>(item: T) =>
  fromWire(
    z.object({
      items: readableOnly(item),
      endCursor: z.string().nullable().default(null),
      hasNextPage: z.boolean().catch(false),
    }),
  );
export type Page<T> = { items: T[]; endCursor: string | null; hasNextPage: boolean };

/** In characters; the rest is cut off. */
const LONGEST_MESSAGE = 500_000;

export const sessionMessageSchema = fromWire(
  z.object({
    eventId: z.string(),
    source: openEnum(['devin', 'user']),
    message: z.string().transform((text) => text.slice(0, LONGEST_MESSAGE)),
    /** People wait for the words, whenever they were said. */
    createdAt: epochSeconds.catch(() => Math.floor(Date.now() / 1000)),
  }),
);
export type SessionMessage = z.output<typeof sessionMessageSchema>;

export const uploadedAttachmentSchema = fromWire(z.object({ url: z.string() }));
export type UploadedAttachment = z.output<typeof uploadedAttachmentSchema>;

export const sessionAttachmentSchema = fromWire(
  z.object({
    attachmentId: z.string(),
    name: z.string(),
    url: z.string(),
    source: openEnum(['devin', 'user']),
  }),
);
export type SessionAttachment = z.output<typeof sessionAttachmentSchema>;

/** The same in both lists of members, and for one member. */
export const memberSchema = fromWire(
  z.object({
    /** Opaque; may hold `|`. */
    userId: z.string(),
    email: optional(z.string()),
    name: optional(z.string()),
  }),
);

/** Whose key it is. */
export const selfSchema = fromWire(
  z.object({
    /** `service_user`, or another kind of principal. */
    principalType: z.string(),
    /** null: it is no service user's. */
    serviceUserId: optional(z.string()),
    /** null for a key of the whole enterprise, and sometimes for an organization's. */
    orgId: optional(z.string()),
  }),
);
export type Self = z.output<typeof selfSchema>;
