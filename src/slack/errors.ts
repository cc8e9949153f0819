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
