import { DevinError } from '../devin/errors.ts';
import { devinReason } from '../errors.ts';
import { slackFailure } from '../slack/errors.ts';
import type { Text } from '../text/index.ts';

/** Why something was not done, in a plain sentence. Rethrows what is neither Devin's nor Slack's: a bug. */
export function notDone(error: unknown, text: Text): string {
  if (!(error instanceof DevinError)) {
    slackFailure(error);
    return text.steering.slackUnavailable;
  }
  switch (error.code) {
    case 'rate-limited':
    case 'not-sent':
    case 'unavailable':
    case 'no-answer':
      return text.devin.notNow;
    case 'invalid-request':
      return text.devin.refused(error.facts.detail);
    default:
      return devinReason({ kind: 'devin', ...error.facts }, text);
  }
}
