import { z } from 'zod';
import { failureSchema } from './failure.ts';
import { ceilingSchema } from './policy/limits.ts';

/** What Devin gets: a message, or a correction of one. */
export const REPLY_KINDS = ['reply', 'correction'] as const;

/** What a person can say in a session's thread, as the whole message. Each does something here. */
export const THREAD_WORDS = ['mute', 'unmute', 'sleep', 'archive', 'exit', 'stop', 'help'] as const;
export type ThreadWord = (typeof THREAD_WORDS)[number];

/** How something was said outside the thread: in a box that a button opened, or by a command. */
export const REPLY_WAYS = ['box', 'command'] as const;
export type ReplyWay = (typeof REPLY_WAYS)[number];

/**
 * `held`: until its author says that Devin should have it. `sending` is on disk before the POST leaves: a reply found in it
 * lost its answer. `skipped`: not for Devin.
 */
export const REPLY_STATES = [
  'held',
  'accepted',
  'sending',
  'delivered',
  'failed',
  'unknown',
  'skipped',
] as const;
export type ReplyState = (typeof REPLY_STATES)[number];

/** It would wake the session, and what that may still use doesn't fit in a budget. `owners`: of the policy, by id. */
const overBudgetSchema = z.object({
  kind: z.literal('over-budget'),
  ceiling: ceilingSchema,
  rest: z.number(),
  owners: z.array(z.string()),
});
export type OverBudget = z.infer<typeof overBudgetSchema>;

export const replyFailureSchema = z.union([
  overBudgetSchema,
  failureSchema,
  /** The session is over and accepts no messages. */
  z.object({ kind: z.literal('ended') }),
  /** Its request ended without one. */
  z.object({ kind: z.literal('not-started') }),
  /** Devin keeps the session in the archive, where a message doesn't wake it. */
  z.object({ kind: z.literal('archived'), detail: z.string().nullable() }),
  /** Only the requester, or only members, may steer it. */
  z.object({ kind: z.enum(['requester-only', 'members-only']) }),
  /** It was not written in the thread, and the author is not in its conversation. */
  z.object({ kind: z.literal('not-in-conversation') }),
]);
export type ReplyFailure = z.infer<typeof replyFailureSchema>;

const REFUSALS: ReadonlySet<ReplyFailure['kind']> = new Set([
  'identity',
  'requester-only',
  'members-only',
  'not-in-conversation',
]);

/** The author may not say it to the session: sending it again changes nothing. */
export function isRefusedReply({ kind }: ReplyFailure): boolean {
  return REFUSALS.has(kind);
}

/** What Devin reads. */
export function composeReply({
  kind,
  text,
  files,
  author,
}: {
  kind: (typeof REPLY_KINDS)[number];
  text: string;
  /** Names of the files sent with it. */
  files: readonly string[];
  /** The author, if Devin wouldn't know otherwise. */
  author: string | null;
}): string {
  const words = text.trim() === '' ? `Files: ${files.join(', ')}` : text.trim();
  const whole = kind === 'correction' ? `Correction of my earlier message: ${words}` : words;
  return author === null ? whole : `${author}: ${whole}`;
}

/** In Devin's older convention, a line of the text for each file. */
const FILE_LINE = /^ATTACHMENT:\s*"?https?:\/\/\S+$/gm;

/** What may have been sent as a message that Devin lists, which may name its files. */
export function sentAs(message: string): string[] {
  return [message.trim(), message.replaceAll(FILE_LINE, '').trim()];
}
