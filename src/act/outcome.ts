import { DevinError } from '../devin/errors.ts';
import { slackFailure } from '../slack/edge/errors.ts';
import type { TextFor } from '../slack/edge/text-for.ts';
import { actionMessage } from '../slack/views/failures.ts';
import { escape } from '../slack/views/text.ts';
import type { Text } from '../text/index.ts';

/** Why something wasn't done, as a plain sentence. Rethrows anything that is neither Devin's nor Slack's: a bug. */
export function notDone(error: unknown, text: Text): string {
  if (!(error instanceof DevinError)) {
    slackFailure(error);
    return text.steering.slackUnavailable;
  }
  return actionMessage({ kind: 'devin', ...error.facts }, text);
}

/** Why a person may not do something, escaped; null: they may. */
export type Refusal<Asked> = (asked: Asked, userId: string) => Promise<string | null>;

/** As `refusal`, or why the app can't tell now. */
export function tolerant<Asked>(refusal: Refusal<Asked>, textFor: TextFor): Refusal<Asked> {
  return async (asked, userId) =>
    refusal(asked, userId).catch(async (error: unknown) => escape(notDone(error, await textFor(userId))));
}
