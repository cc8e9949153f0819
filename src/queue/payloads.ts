import { z } from 'zod';
import { PLACE_KINDS } from '../session/context.ts';
import { USAGE_BY, USAGE_SCOPES } from '../session/usage.ts';

/**
 * Where a person who used a button or a command is told how it went; without one, in the session's thread. `sealed`:
 * the response URL and words that aren't for everyone, encrypted under the id.
 */
const answerToSchema = z.object({
  id: z.string(),
  channelId: z.string().nullable(),
  threadTs: z.string().nullable(),
  sealed: z.string().nullable(),
  /** Told also when all went well: there is no card in view that shows it. */
  always: z.boolean(),
});
export type AnswerTo = z.infer<typeof answerToSchema>;

/** Who acts. `messageTs`: of the message in the thread that says so; left out: it was a button, a dialog or a command. */
const actor = { userId: z.string(), answerTo: answerToSchema, messageTs: z.string().optional() };
const onRequest = { ...actor, requestId: z.string() };

/** What people want done or shown, as it is saved before Slack is answered. */
const actSchema = z.discriminatedUnion('kind', [
  z.object({ ...onRequest, kind: z.enum(['stop', 'archive', 'sleep']) }),
  z.object({ ...onRequest, kind: z.enum(['mute', 'unmute', 'listen-thread', 'listen-mentions']) }),
  /** Take a request back before it is sent. */
  z.object({ ...onRequest, kind: z.literal('cancel') }),
  z.object({ ...onRequest, kind: z.enum(['approve', 'decline']), number: z.number() }),
  /** A button of a card that ended, or is held. `resumedAtMs`: when that attempt began again; null: it was the first. */
  z.object({
    ...onRequest,
    kind: z.enum(['try-again', 'start-now', 'check-again', 'start-anyway']),
    resumedAtMs: z.number().nullable(),
  }),
  /** Bring a session that was started elsewhere into a channel. */
  z.object({
    ...actor,
    kind: z.literal('follow'),
    sessionId: z.string(),
    teamId: z.string(),
    placeKind: z.enum(PLACE_KINDS).nullish(),
  }),
  /** Link a person to a member of the Devin organization; null: remove the link. */
  z.object({
    ...actor,
    kind: z.literal('link'),
    teamId: z.string(),
    personId: z.string(),
    devinUserId: z.string().nullable(),
  }),
  /** See what was used, and what is left of budgets. */
  z.object({
    ...actor,
    kind: z.literal('usage'),
    teamId: z.string(),
    scope: z.enum(USAGE_SCOPES),
    by: z.enum(USAGE_BY),
    days: z.number(),
  }),
]);

/** Every kind of job and what it carries: ids only, so that nothing secret is kept in the queue. */
const schemas = {
  /** Take a request as far as it goes. */
  'create-session': z.object({ requestId: z.string() }),
  /** Make a message say what the rows say. */
  show: z.object({ key: z.string() }),
  /** A channel takes messages again: show there what Slack refused. */
  'reopen-channel': z.object({ channelId: z.string() }),
  /** Tell the person who asked something privately. */
  'tell-person': z.object({
    requestId: z.string(),
    notice: z.enum(['refused', 'card-elsewhere', 'no-card', 'slow']),
  }),
  /** Fetch what was said in a session and what it made, then post what its thread doesn't show yet. */
  'relay-from-devin': z.object({ sessionId: z.string() }),
  /** Take to Devin what was said in the thread or in a box, in order. */
  'relay-to-devin': z.object({ sessionId: z.string() }),
  /** Show the author where something they said is: taken, at Devin, or neither. */
  'tell-reply': z.object({ replyId: z.string() }),
  /** Do what a person asked for, if they may. */
  act: actSchema,
};

export type JobName = keyof typeof schemas;
export type Jobs = { [Name in JobName]: z.infer<(typeof schemas)[Name]> };
export type Notice = Jobs['tell-person']['notice'];

export const payloads: { [Name in JobName]: z.ZodType<Jobs[Name]> } = schemas;
export const JOB_NAMES = Object.keys(payloads);

/** What a job is about, by these of its fields: one waits for each key of its kind. Left out: each that was enqueued runs. */
export const keyFields: { readonly [Name in JobName]?: readonly (keyof Jobs[Name])[] } = {
  'create-session': ['requestId'],
  show: ['key'],
  'reopen-channel': ['channelId'],
  'relay-from-devin': ['sessionId'],
  'relay-to-devin': ['sessionId'],
  'tell-reply': ['replyId'],
};
