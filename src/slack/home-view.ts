import type { EffectiveDraft } from '../session/defaults.ts';
import type { Identity } from '../session/identity.ts';
import type { EffectivePreferences } from '../session/preferences.ts';
import { MOST_COUNTED } from '../store/listing.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import type { HomeFile, HomeHealth } from './blocks/home-settings.ts';
import type { Home } from './blocks/home.ts';
import type { HomeEveryone, HomeUsage } from './blocks/usage.ts';
import { cardView } from './card-view.ts';
import { shownIdentity } from './form-view.ts';
import type { Outbound } from './outbound.ts';
import { cardMessage } from './posted-messages.ts';

/** What a person's Home is drawn from. */
export type HomeRows = {
  channelId: string;
  /** `looking`: not known yet; null: it could not be looked up. */
  identity: Identity | 'looking' | null;
  entries: { request: SessionRequest; session: SessionRow | null }[];
  /** How many sessions there are in all, counted up to MOST_COUNTED. */
  total: number;
  /** What waits for this person's approval, and their message about each; `total`: of all of them. */
  approvals: { asked: { request: SessionRequest; channelId: string; ts: string }[]; total: number };
  defaults: EffectiveDraft;
  preferences: EffectivePreferences;
  health: HomeHealth | null;
  files: HomeFile[];
  usage: HomeUsage;
  /** null: it is none of the person's business, or not known yet. */
  everyone: HomeEveryone | null;
};

type Drawing = { command: string; permalink: Outbound['permalink']; nowMs: number; text: Text };

/** The view model of a person's App Home. */
export function homeView(rows: HomeRows, { command, permalink, nowMs, text }: Drawing): Omit<Home, 'rich'> {
  const { channelId, entries, total, defaults } = rows;
  const { notify, language } = rows.preferences;
  return {
    command,
    channelId,
    runsAs: runsAs(rows.identity, text),
    sessions: entries.map(({ request, session }) => ({
      card: cardView({ request, session, nowMs }, text),
      thread: permalink(cardMessage(request)),
    })),
    total: { count: total, more: total >= MOST_COUNTED },
    approvals: {
      asked: rows.approvals.asked.map(({ request, channelId: conversation, ts }) => ({
        card: cardView({ request, session: null, nowMs }, text),
        message: permalink({ channelId: conversation, ts, threadTs: null }),
      })),
      total: rows.approvals.total,
    },
    defaults,
    notify,
    language,
    health: rows.health,
    files: rows.files,
    usage: rows.usage,
    everyone: rows.everyone,
    drawnAtMs: nowMs,
  };
}

function runsAs(identity: HomeRows['identity'], text: Text): Home['runsAs'] {
  if (identity === 'looking') return { kind: 'looking' };
  return identity === null
    ? { kind: 'not-known', why: text.home.runsAs.notKnown }
    : shownIdentity(identity, text);
}
