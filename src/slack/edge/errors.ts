import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { TooLargeError } from '../../bounds.ts';
import { backOffMs, Later, retryWindow } from '../../queue/index.ts';
import { MS_PER_S } from '../../time.ts';
import { askedWait } from '../../upstream.ts';

export type SlackFailure =
  /** Slack said no; nothing was done. */
  | { kind: 'refused'; code: string }
  | { kind: 'rate-limited'; retryAfterMs: number }
  /** No usable answer: it may or may not be done. */
  | { kind: 'unclear' };

/**
 * With these codes Slack doesn't refuse: some of it may be done, or a retry may succeed.
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors
 */
const UNCLEAR = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'ratelimited',
  'rate_limited',
  'team_added_to_org',
]);

/** Slack's client makes a code of any body that isn't JSON, such as a proxy's page; of JSON that has none, `undefined`. */
const CODE = /^(?!undefined$)\w+$/;

const NO_ANSWER = [WebAPIHTTPError, WebAPIPlatformError, WebAPIRequestError, TooLargeError];

/** Rethrows anything that isn't a failure of the Web API. */
export function slackFailure(error: unknown): SlackFailure {
  const code = refusalCode(error);
  if (code !== null) return { kind: 'refused', code };
  const retryAfterMs = askedToWaitMs(error);
  if (retryAfterMs !== null) return { kind: 'rate-limited', retryAfterMs };
  if (NO_ANSWER.some((type) => error instanceof type)) return { kind: 'unclear' };
  throw error;
}

/** With which code Slack said no; null: it couldn't be asked, or the error isn't a failure of the Web API. */
export function refusalCode(error: unknown): string | null {
  if (!(error instanceof WebAPIPlatformError)) return null;
  const { error: code } = error.data;
  return UNCLEAR.has(code) || !CODE.test(code) ? null : code;
}

/** How long Slack asked to wait; null: it failed otherwise. */
export function askedToWaitMs(error: unknown): number | null {
  return error instanceof WebAPIRateLimitedError ? askedWait(error.retryAfter * MS_PER_S) : null;
}

export function isRefused(error: unknown): boolean {
  return refusalCode(error) !== null;
}

/** null: Slack refuses. Throws if it can't be asked. */
export async function unlessRefused<T>(asking: Promise<T>): Promise<T | null> {
  return asking.catch((error: unknown) => {
    if (isRefused(error)) return null;
    throw error;
  });
}

/** For what Slack didn't do, and didn't refuse. */
export function laterFor(failure: SlackFailure): Later {
  return new Later('slack', failure.kind === 'rate-limited' ? failure.retryAfterMs : null);
}

/**
 * Slack's codes for a thread that takes no messages, now or ever.
 * https://docs.slack.dev/reference/methods/chat.postMessage
 */
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
  // Of this app: Slack opens no direct messages with the person.
  'no_direct_message',
]);

/** Codes about a message's content: the same message would be refused again. */
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

/** The token was revoked, or the app removed. https://docs.slack.dev/reference/methods/auth.test#errors */
const DEAD_TOKEN = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
]);

/** `token`, until an app admin replaces it. `other`: an app admin has to fix something, or Slack has an outage. */
export function refusalKind(code: string): 'place' | 'content' | 'token' | 'other' {
  if (PLACE.has(code)) return 'place';
  if (DEAD_TOKEN.has(code)) return 'token';
  return CONTENT.has(code) ? 'content' : 'other';
}

/** Whether to ask Slack again after this answer, and when. `over`: it won't take it, and why. `window`: how long, if Slack gives a reason that is not known here. */
export function retrySlack(
  failure: SlackFailure,
  triedForMs: number,
  window: 'slack' | 'message' = 'slack',
): { kind: 'wait'; afterMs: number } | { kind: 'over'; code: string } {
  if (failure.kind === 'rate-limited') return { kind: 'wait', afterMs: failure.retryAfterMs };
  if (failure.kind === 'refused') {
    const { code } = failure;
    const kind = refusalKind(code);
    const mayHelp = kind === 'other' && retryWindow(window, { triedForMs }) !== null;
    // What waits for another token waits as long as that takes.
    if (!mayHelp && kind !== 'token') return { kind: 'over', code };
  }
  return { kind: 'wait', afterMs: backOffMs(triedForMs) };
}
