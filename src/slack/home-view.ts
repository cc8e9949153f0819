import { applyDefaults } from '../session/defaults.ts';
import type { SettingScope } from '../session/defaults.ts';
import type { StoredDraft } from '../session/fields.ts';
import type { Identity } from '../session/identity.ts';
import { cardThread } from '../store/request-row.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import type { Home } from './blocks/home.ts';
import { cardView } from './card-view.ts';
import { shownIdentity } from './form-view.ts';
import { permalink } from './permalink.ts';

/** What a person's Home is drawn from. */
export type HomeRows = {
  channelId: string;
  /** `looking`: not known yet; null: it could not be looked up. */
  identity: Identity | 'looking' | null;
  entries: { request: SessionRequest; session: SessionRow | null }[];
  /** How many sessions there are in all. */
  total: number;
  layers: Partial<Record<SettingScope, StoredDraft>>;
};

type Drawing = { command: string; workspaceUrl: string | null; nowMs: number; text: Text };

/** The view model of a person's App Home. */
export function homeView(rows: HomeRows, { command, workspaceUrl, nowMs, text }: Drawing): Home {
  const { channelId, entries, total, layers } = rows;
  return {
    command,
    channelId,
    runsAs: runsAs(rows.identity, text),
    sessions: entries.map(({ request, session }) => ({
      card: cardView({ request, session, nowMs }, text),
      thread: threadOf(request, workspaceUrl),
    })),
    total,
    defaults: applyDefaults(layers).values,
    drawnAtMs: nowMs,
  };
}

function runsAs(identity: HomeRows['identity'], text: Text): Home['runsAs'] {
  if (identity === 'looking') return { kind: 'looking' };
  return identity === null
    ? { kind: 'not-known', why: text.home.runsAs.notKnown }
    : shownIdentity(identity, text);
}

function threadOf(request: SessionRequest, workspaceUrl: string | null): string | null {
  const { card_channel_id: channelId, card_ts: ts } = request;
  if (workspaceUrl === null || channelId === null || ts === null) return null;
  return permalink(workspaceUrl, { channelId, ts, threadTs: cardThread(request) });
}
