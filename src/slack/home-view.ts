import type { Identity } from '../session/identity.ts';
import { MOST_COUNTED } from '../store/listing.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import type { Home } from './blocks/home.ts';
import { cardView } from './card-view.ts';
import { shownIdentity } from './form-view.ts';
import type { Outbound } from './outbound.ts';
import { cardMessage } from './posted-messages.ts';

type Shown = 'channelId' | 'defaults' | 'preferences' | 'health' | 'files' | 'usage' | 'everyone';

/** What a person's Home is drawn from. */
export type HomeRows = Pick<Home, Shown> & {
  /** `looking`: not known yet; null: it could not be looked up. */
  identity: Identity | 'looking' | null;
  entries: { request: SessionRequest; session: SessionRow | null }[];
  /** How many sessions there are in all, counted up to MOST_COUNTED. */
  total: number;
  /** What waits for this person's approval, and their message about each; `total`: of all of them. */
  approvals: { asked: { request: SessionRequest; channelId: string; ts: string }[]; total: number };
};

type Drawing = { command: string; permalink: Outbound['permalink']; nowMs: number; text: Text };

/** The view model of a person's App Home. */
export function homeView(rows: HomeRows, { command, permalink, nowMs, text }: Drawing): Omit<Home, 'rich'> {
  const { identity, entries, total, approvals, ...others } = rows;
  return {
    ...others,
    command,
    runsAs: identity === 'looking' ? { kind: 'looking' } : shownIdentity(identity, text),
    sessions: entries.map(({ request, session }) => ({
      card: cardView({ request, session, nowMs }, text),
      thread: permalink(cardMessage(request)),
    })),
    total: { count: total, more: total >= MOST_COUNTED },
    approvals: {
      asked: approvals.asked.map(({ request, channelId: conversation, ts }) => ({
        card: cardView({ request, session: null, nowMs }, text),
        message: permalink({ channelId: conversation, ts, threadTs: null }),
      })),
      total: approvals.total,
    },
    drawnAtMs: nowMs,
  };
}
