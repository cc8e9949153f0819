import { z } from 'zod';
import { quotedThreadSchema } from './prompt.ts';

/** A file that came with a Slack message. Its bytes need the bot's token. */
const slackFileSchema = z.object({
  id: z.string(),
  name: z.string(),
  mimetype: z.string(),
  /** Bytes, as Slack says. */
  size: z.number(),
  /** null if Slack has none, as for external or deleted files. */
  url: z.string().nullable(),
});
export type SlackFile = z.infer<typeof slackFileSchema>;

/** The relevant parts of a Slack message. `text` is readable except for `<@U…>`; names are looked up later. */
const slackMessageSchema = z.object({
  ts: z.string(),
  threadTs: z.string().nullable(),
  userId: z.string().nullable(),
  /** Name of the app that wrote it, if an app did; empty if the app has no name. */
  appName: z.string().nullable(),
  text: z.string(),
  files: z.array(slackFileSchema),
});
export type SlackMessage = z.infer<typeof slackMessageSchema>;

/** What is sent with the task: the picked message, the thread up to it, or all of the thread. */
const CONTEXT_CHOICES = ['message', 'until-here', 'thread'] as const;

/** The kind of conversation in which something was asked. */
export const PLACE_KINDS = ['public', 'private', 'direct'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

/** Unticked messages (`ts`) and files (id). */
export const withoutSchema = z.object({ messages: z.array(z.string()), files: z.array(z.string()) });
export type Without = z.infer<typeof withoutSchema>;

export const messageContextSchema = z.object({
  choice: z.enum(CONTEXT_CHOICES),
  channelId: z.string(),
  /** From Slack's payload: conversations without a name are `directmessage` or `privategroup`. */
  channelName: z.string(),
  /** Kept from the payload: if the app isn't a member, it can't be read again. */
  picked: slackMessageSchema,
  /** The picked message is the task, so it isn't quoted as well. */
  isTask: z.boolean().optional(),
  /** Its words fill in a form that nobody has sent yet. */
  isOffered: z.boolean().optional(),
  /** What not to send; left out: send the whole choice. */
  without: withoutSchema.optional(),
});
export type MessageContext = z.infer<typeof messageContextSchema>;

/** A file that didn't reach Devin, and why. */
const leftOutSchema = z.object({
  name: z.string(),
  reason: z.enum(['too-large', 'unreadable', 'no-permission', 'refused', 'too-many', 'thread-unreadable']),
});
export type LeftOut = z.infer<typeof leftOutSchema>;

/** A file of a reply. `leftOut`: why it didn't reach Devin; left out: it did, or wasn't sent yet. */
export const sentFileSchema = slackFileSchema.extend({ leftOut: leftOutSchema.shape.reason.optional() });
export type SentFile = z.infer<typeof sentFileSchema>;

/** The files at Devin, and those that aren't there. */
export const uploadsSchema = z.object({ urls: z.array(z.string()), leftOut: z.array(leftOutSchema) });

/** The parts of the conversation that are sent with the task. */
export const materialSchema = z.object({
  quoted: quotedThreadSchema.nullable(),
  /** `sha256`: of the bytes that an approval is for; left out: none was asked for. */
  files: z.array(slackFileSchema.extend({ sha256: z.string().optional() })),
  leftOut: z.array(leftOutSchema),
});
export type Material = z.infer<typeof materialSchema>;
