import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import type { DeliveryResult } from './outbound.ts';

/** What became of a call to Slack's Web API that threw. */
export type SlackFailure =
  /** Slack said no; nothing was done. */
  | { kind: 'refused'; code: string }
  | { kind: 'rate-limited'; retryAfterMs: number }
  /** No usable answer: it may or may not have been done. */
  | { kind: 'unclear' };

const MS_PER_S = 1000;

/**
 * With these Slack does not say no: some of it may have been done, or will be when it is tried again.
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors
 */
const UNCLEAR = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);

/** Rethrows what is not a failure of the Web API. */
export function slackFailure(error: unknown): SlackFailure {
  if (error instanceof WebAPIPlatformError) {
    const { error: code } = error.data;
    return UNCLEAR.has(code) ? { kind: 'unclear' } : { kind: 'refused', code };
  }
  if (error instanceof WebAPIRateLimitedError) {
    return { kind: 'rate-limited', retryAfterMs: error.retryAfter * MS_PER_S };
  }
  if (error instanceof WebAPIHTTPError || error instanceof WebAPIRequestError) return { kind: 'unclear' };
  throw error;
}

/** Fails the job while Slack cannot be reached: the queue tries it again. */
export function throwIfRetryable(result: DeliveryResult): void {
  if (result === 'retryable') throw new Error('Slack took no private notice for now');
}

/** Slack's codes for a thread that takes no messages, now or ever. https://docs.slack.dev/reference/methods/chat.postMessage */
const PLACE = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'thread_not_found',
  'message_not_found',
  'cannot_reply_to_message',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'restricted_action_thread_locked',
  'user_disabled',
  'is_inactive',
]);

/** Codes for what a message is made of: the same again would be refused again. */
const CONTENT = new Set([
  'msg_too_long',
  'msg_blocks_too_long',
  'no_text',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_too_large',
  'markdown_text_conflict',
  'cant_update_message',
  'edit_window_closed',
]);

/** `other`: something for an app admin to fix, or Slack is in trouble. */
export function refusalKind(code: string): 'place' | 'content' | 'other' {
  if (PLACE.has(code)) return 'place';
  return CONTENT.has(code) ? 'content' : 'other';
}
