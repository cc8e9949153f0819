import { type App, withEntry } from './app.ts';

/** What is in the composers and has not been sent. It outlives a reload of its tab. */

/** A place to write: a conversation or one of its threads. */
export type Place = { channelId: string; threadTs: string | null };

export const placeKey = ({ state }: App, { channelId, threadTs }: Place): string =>
  `${state.userId}/${channelId}/${threadTs ?? ''}`;

export const writtenAt = (app: App, place: Place): string =>
  app.state.written.get(placeKey(app, place)) ?? '';

export function write(app: App, place: Place, text: string): void {
  app.update({ written: withEntry(app.state.written, placeKey(app, place), text) });
}

const KEY = 'sandbox-drafts';

let saved: ReadonlyMap<string, string> = new Map();

export function saveDrafts({ state: { written } }: App): void {
  if (written === saved) return;
  saved = written;
  sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries(written)));
}

export function readDrafts(): Map<string, string> {
  const drafts: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
  const all = typeof drafts === 'object' && drafts !== null ? Object.entries(drafts) : [];
  return new Map(all.map(([place, text]) => [place, String(text)]));
}
