import { z } from 'zod';

/** A file that came with a Slack message. Its bytes need the bot's token. */
export const slackFileSchema = z.object({
  id: z.string(),
  name: z.string(),
  mimetype: z.string(),
  /** Bytes, as Slack says. */
  size: z.number(),
  /** null where Slack has none to give (external or deleted files). */
  url: z.string().nullable(),
});
export type SlackFile = z.infer<typeof slackFileSchema>;

/** What matters of one Slack message. `text` is readable, but for `<@U…>`, whose name is looked up later. */
const slackMessageSchema = z.object({
  ts: z.string(),
  threadTs: z.string().nullable(),
  userId: z.string().nullable(),
  /** Name of the app that wrote it, if an app did; empty: the app has none. */
  appName: z.string().nullable(),
  text: z.string(),
  files: z.array(slackFileSchema),
});
export type SlackMessage = z.infer<typeof slackMessageSchema>;

/** What is sent with the task: the picked message, the thread up to it, or all of the thread. */
export const CONTEXT_CHOICES = ['message', 'until-here', 'thread'] as const;
export type ContextChoice = (typeof CONTEXT_CHOICES)[number];

/** What sort of conversation something was asked in. */
export const PLACE_KINDS = ['public', 'private', 'direct'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

/** Messages, by their `ts`, and files, by their id, that were unticked. */
export const withoutSchema = z.object({ messages: z.array(z.string()), files: z.array(z.string()) });
export type Without = z.infer<typeof withoutSchema>;

/** Which messages of which conversation a request is about. */
export const messageContextSchema = z.object({
  choice: z.enum(CONTEXT_CHOICES),
  channelId: z.string(),
  /** As Slack's payload has it: `directmessage` and `privategroup` stand for conversations without a name. */
  channelName: z.string(),
  /** Kept from the payload: where the app is not a member, it cannot be read again. */
  picked: slackMessageSchema,
  /** What of the thread is not to be sent; left out: all of it is. */
  without: withoutSchema.optional(),
});
export type MessageContext = z.infer<typeof messageContextSchema>;
