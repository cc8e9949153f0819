import type { WebClient } from '@slack/web-api';
import { slackFailure } from './errors.ts';
import { isWritten, readForwarded, readMessage } from './messages.ts';
import type { Edit, Message } from './payload.ts';

/** A message as it is now; null: it was deleted. If Slack can't be asked: as it was. */
export type ReadAgain = <Said extends Message | Edit>(message: Said) => Promise<Said | null>;

/** Slack delivers a message again as it was first sent, minutes later: its author may have changed it. */
export function createReadAgain(client: WebClient): ReadAgain {
  return async (message) => {
    const { channelId: channel, ts, threadTs } = message;
    const only = { oldest: ts, latest: ts, inclusive: true };
    try {
      const { messages = [] } = await client.conversations.replies({ channel, ts: threadTs ?? ts, ...only });
      const now = messages.find((one) => one.ts === ts && isWritten(one));
      if (now === undefined) return null;
      const said = { message: readMessage(now), forwarded: readForwarded(now) };
      return { ...message, slackText: now.text ?? '', ...said };
    } catch (error) {
      const failure = slackFailure(error);
      return failure.kind === 'refused' && failure.code === 'thread_not_found' ? null : message;
    }
  };
}
