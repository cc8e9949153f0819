import { type App, type Written, withEntry } from './app.ts';

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
