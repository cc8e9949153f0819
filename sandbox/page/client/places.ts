import { type App, channelOf, isAppConversation, nameOf, readableChannels, titleOf } from './app.ts';
import type { ShownChannel } from './wire.ts';
import { wording } from './words.ts';

/** Going from place to place: conversations, threads, the app's Home, another person. */

export function openChannel(app: App, channelId: string): void {
  app.update({ channelId, isHome: false, threadTs: null });
  showEntry();
}

/** On a narrow screen, the entry of the conversation in the sidebar may be scrolled away. */
function showEntry(): void {
  queueMicrotask(() =>
    document
      .querySelector('.sidebar [aria-current]')
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
  );
}

export function openThread(app: App, channelId: string, threadTs: string): void {
  app.update({ channelId, isHome: false, threadTs });
  queueMicrotask(() => document.querySelector<HTMLElement>('.thread textarea')?.focus());
}

/** Opening the app sends it the event, as in Slack; its conversation is created when first needed. */
export async function openAppTab(app: App, tab: 'home' | 'messages'): Promise<void> {
  const { userId, channelId, threadTs, trying } = app.state;
  const answer = await app.act({ do: 'open-home', tab });
  const now = app.state;
  const isThere = now.userId === userId && now.channelId === channelId;
  // Someone who has gone on since stays where they are.
  if (!isThere || now.threadTs !== threadTs || now.trying !== trying) return;
  if (!answer.ok || answer.result.channelId === null) return;
  openChannel(app, answer.result.channelId);
  app.update({ isHome: tab === 'home' });
}

export function becomePerson(app: App, userId: string): void {
  app.update({
    userId,
    threadTs: null,
    isHome: false,
    dialog: null,
  });
  const channels = readableChannels(app.state);
  const isThere = channels.some(({ id }) => id === app.state.channelId);
  if (!isThere) app.update({ channelId: firstChannel(app) });
  showEntry();
}

export function firstChannel({ state }: App): string {
  const channels = readableChannels(state);
  return (channels.find((channel) => !isAppConversation(state, channel)) ?? channels[0])?.id ?? '';
}

type Address = { as: string | null; channel: string | null; thread: string | null; isHome: boolean };

/** Where one was last, for an address that names nothing. */
const LAST = 'sandbox-address';

/** `?as=ana&in=payments&thread=…`: names where there are some, so that an address can be typed. */
export function readAddress(search: string): Address {
  const params = new URLSearchParams(search === '' ? (localStorage.getItem(LAST) ?? '') : search);
  const [as, channel, thread] = [params.get('as'), params.get('in'), params.get('thread')];
  return { as, channel, thread, isHome: params.has('home') };
}

/** Direct messages have no name. */
const addressOf = ({ id, name }: ShownChannel): string => (name === '' ? id : name);

export const isNamedBy = (channel: ShownChannel, word: string | null): boolean => addressOf(channel) === word;

/** Tells the tabs of several people apart. */
export function writeTitle({ state }: App): void {
  const channel = channelOf(state, state.channelId);
  const place = channel === undefined ? [] : [titleOf(state, channel)];
  const title = [...place, nameOf(state, state.userId), wording.title].join(' · ');
  if (document.title !== title) document.title = title;
}

export function writeAddress({ state }: App): void {
  const { snapshot, userId, channelId, threadTs, isHome } = state;
  const params = new URLSearchParams();
  params.set('as', snapshot.people.find(({ id }) => id === userId)?.name ?? userId);
  const channel = channelOf(state, channelId);
  if (channel !== undefined) params.set('in', addressOf(channel));
  if (threadTs !== null) params.set('thread', threadTs);
  if (isHome) params.set('home', '');
  const address = `?${params.toString()}`;
  if (address === window.location.search) return;
  window.history.replaceState(null, '', address);
  localStorage.setItem(LAST, address);
}
