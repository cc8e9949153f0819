import type { InTime } from '../time.ts';
import { withoutMention } from './command/thread-keywords.ts';
import type { ThreadReader } from './context.ts';
import { readMessage } from './messages.ts';

/** Part of the 3 s that Slack waits after the press of a button. */
const READ_MS = 700;

type Held = { channelId: string; ts: string; threadTs: string | null };

/** What a message that Devin hasn't got says now; null: it was deleted, or nobody could tell in time. */
export type ReadHeld = (held: Held) => Promise<string | null>;

type HeldDeps = { readAgain: ThreadReader['readAgain']; inTime: InTime; botUserId: () => string };

export function createReadHeld({ readAgain, inTime, botUserId }: HeldDeps): ReadHeld {
  return async (held) => {
    const within = { withinMs: READ_MS, otherwise: null, what: 'what a message says now' };
    const { slackText = '' } = (await inTime(readAgain({ ...held, slackText: '' }), within)) ?? {};
    const text = withoutMention(slackText.trim(), botUserId());
    return text === '' ? null : readMessage({ ts: held.ts, text }).text;
  };
}
