import { type App, type Written, withEntry } from './app.ts';

/** What is in the composers and has not been sent. It outlives a reload of its tab. */

/** A place to write: a conversation or one of its threads. */
export type Place = { channelId: string; threadTs: string | null };

const NOTHING: Written = { text: '', fileIds: [] };

export const placeKey = ({ state }: App, { channelId, threadTs }: Place): string =>
  `${state.userId}/${channelId}/${threadTs ?? ''}`;

export function writtenAt(app: App, place: Place): Written {
  return app.state.written.get(placeKey(app, place)) ?? NOTHING;
}

export function write(app: App, place: Place, change: Partial<Written>): void {
  const written = { ...writtenAt(app, place), ...change };
  app.update({ written: withEntry(app.state.written, placeKey(app, place), written) });
}

const KEY = 'sandbox-drafts';

let saved: ReadonlyMap<string, Written> = new Map();

export function saveDrafts({ state }: App): void {
  if (state.written === saved) return;
  saved = state.written;
  const drafts = [...saved].filter(([, { text, fileIds }]) => text !== '' || fileIds.length > 0);
  sessionStorage.setItem(KEY, JSON.stringify(drafts));
}

/** Files that this sandbox does not have are left out. */
export function readDrafts(hasFile: (id: string) => boolean): Map<string, Written> {
  const drafts = new Map<string, Written>();
  for (const entry of listIn(sessionStorage.getItem(KEY) ?? '[]')) {
    const [key, written] = isList(entry) ? entry : [];
    if (typeof key !== 'string' || !isWritten(written)) continue;
    drafts.set(key, { text: written.text, fileIds: written.fileIds.filter(hasFile) });
  }
  return drafts;
}

function listIn(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return isList(value) ? value : [];
  } catch {
    return [];
  }
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function isWritten(value: unknown): value is Written {
  if (typeof value !== 'object' || value === null) return false;
  if (!('text' in value) || typeof value.text !== 'string' || !('fileIds' in value)) return false;
  return isList(value.fileIds) && value.fileIds.every((id) => typeof id === 'string');
}
