import type { PlaceKind } from '../session/context.ts';

/**
 * What sort of conversation a command or a shortcut came from. Their payloads name private ones by these words.
 * null: not known.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function placeKindOf(channelName: string): PlaceKind | null {
  if (channelName === '') return null;
  if (channelName === 'directmessage') return 'direct';
  return channelName === 'privategroup' || channelName.startsWith('mpdm-') ? 'private' : 'public';
}

const OF_EVENT: ReadonlyMap<string, PlaceKind> = new Map([
  ['channel', 'public'],
  ['group', 'private'],
  ['mpim', 'private'],
  ['im', 'direct'],
]);

/** The same for an event. https://docs.slack.dev/reference/events/message */
export function placeKindOfEvent(channelType: string | undefined): PlaceKind | null {
  return OF_EVENT.get(channelType ?? '') ?? null;
}

/** The name that a shortcut's payload would have for a conversation; an event has none. */
export function unnamedPlace(placeKind: PlaceKind | null): string {
  if (placeKind === 'direct') return 'directmessage';
  return placeKind === 'private' ? 'privategroup' : '';
}
