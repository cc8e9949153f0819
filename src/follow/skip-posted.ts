import { slackFailure, type SlackFailure } from '../slack/errors.ts';
import type { MetadataReader } from '../slack/posted-messages.ts';
import type { SessionMessages } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';

type SkipDeps = {
  messages: Pick<SessionMessages, 'unattempted' | 'skip'>;
  metadata: Pick<MetadataReader, 'read'>;
  /** From when on the database knows what was posted. */
  knownSince: Date;
};

type NoAnswer = Exclude<SlackFailure, { kind: 'refused' }>;
/** null: done. Otherwise nothing may be posted yet. */
export type SkipPosted = (session: SessionRow) => Promise<NoAnswer | null>;

/**
 * A database that was restored from a backup doesn't know what was posted after it. If the first message that waits is so
 * old, the thread shows how many of them it has.
 */
export function createSkipPosted({ messages, metadata, knownSince }: SkipDeps): SkipPosted {
  async function shownIn({ sessionId, channelId, threadTs }: SessionRow, fromS: number) {
    const read = await metadata.read({ channelId, threadTs }, { fromS, toS: null });
    const events = read.messages.flatMap(({ metadata: found }) =>
      found.kind === 'message' && found.sessionId === sessionId ? [found.eventId] : [],
    );
    return new Set(events);
  }

  async function skip(session: SessionRow): Promise<void> {
    const waiting = await messages.unattempted(session.sessionId);
    const [first] = waiting;
    if (first === undefined || first.saidAt >= knownSince) return;
    const shown = await shownIn(session, first.saidAt.getTime() / 1000 - CLOCK_MARGIN_S);
    const last = waiting.findLastIndex(({ eventId }) => shown.has(eventId));
    for (const row of waiting.slice(0, last + 1)) await messages.skip(row);
  }

  return async (session) => {
    if (session.threadTs === '' || !session.synced) return null;
    try {
      await skip(session);
    } catch (error) {
      const failure = slackFailure(error);
      // What it doesn't show it doesn't take, either.
      if (failure.kind !== 'refused') return failure;
    }
    return null;
  };
}

/** Slack's and Devin's clocks may differ. */
const CLOCK_MARGIN_S = 10 * 60;
