import type { Option } from '../../slack/model.ts';
import type { PanelState } from './panel.ts';
import type { Act, Answer, Entry, GuideStep, Person, ShownChannel, ShownMessage, Snapshot } from './wire.ts';

/** A private sentence from Slack itself, like Slackbot's; gone after a reload. */
export type Notice = {
  id: string;
  userId: string;
  channelId: string;
  threadTs: string | null;
  text: string;
  atMs: number;
};

export type Confirmation = {
  title: string;
  text: string;
  confirm: string;
  deny: string;
  isDanger: boolean;
  /** What happens on "yes". */
  proceed: () => void;
};

type Dialog = { kind: 'confirm'; confirmation: Confirmation } | { kind: 'link'; url: string };

/** A step of the demo that was chosen; one that was done before stays chosen. */
export type Trying = { step: GuideStep; wasDone: boolean };

export type AppState = {
  snapshot: Snapshot;
  /** The person one uses the page as. */
  userId: string;
  channelId: string;
  /** In the conversation with the app: its Home is shown. */
  isHome: boolean;
  threadTs: string | null;
  notices: readonly Notice[];
  dialog: Dialog | null;
  written: ReadonlyMap<string, string>;
  /** What is typed into a search field of a select. */
  searches: ReadonlyMap<string, string>;
  /** What was entered in views and messages, by `place/block/action`. */
  entries: ReadonlyMap<string, Entry>;
  /** What lookups have offered, by the same. */
  offers: ReadonlyMap<string, readonly Option[]>;
  /** What waits for an answer. */
  busy: ReadonlySet<string>;
  /** Trouble at a modal, by view id. */
  viewTrouble: ReadonlyMap<string, string>;
  trying: Trying | null;
  isConnected: boolean;
  panel: PanelState;
};

export type App = {
  readonly state: AppState;
  update: (change: Partial<AppState>) => void;
  /** Acts as the current person. Marks `busy` meanwhile. */
  act: (act: Act, busy?: string) => Promise<Answer>;
};

export function personOf({ snapshot }: AppState, userId: string | null): Person | undefined {
  return snapshot.people.find(({ id }) => id === userId);
}

export function nameOf(state: AppState, userId: string | null): string {
  const { appName, botUserId } = state.snapshot.workspace;
  if (userId === botUserId) return appName;
  return personOf(state, userId)?.realName ?? userId ?? '';
}

export function channelOf({ snapshot }: AppState, channelId: string): ShownChannel | undefined {
  return snapshot.channels.find(({ id }) => id === channelId);
}

/** What the current person can read: their conversations, without other people's private messages. */
export function readableChannels({ snapshot, userId }: AppState): ShownChannel[] {
  return snapshot.channels.filter(({ members }) => members.includes(userId));
}

export function readableMessages({ userId }: AppState, channel: ShownChannel): ShownMessage[] {
  return channel.messages.filter(({ ephemeralFor }) => ephemeralFor === null || ephemeralFor === userId);
}

/** The conversation of one person with the app. */
export function isAppConversation({ snapshot }: AppState, { kind, members }: ShownChannel): boolean {
  return kind === 'im' && members.includes(snapshot.workspace.botUserId);
}

export function titleOf(state: AppState, channel: ShownChannel): string {
  if (isAppConversation(state, channel)) return state.snapshot.workspace.appName;
  if (channel.kind === 'public' || channel.kind === 'private') return channel.name;
  const others = channel.members.filter((id) => id !== state.userId);
  return others.map((id) => nameOf(state, id)).join(', ');
}

/** Where one is, unless said otherwise. */
export function notify(
  app: App,
  text: string,
  place: Pick<Notice, 'channelId' | 'threadTs'> = app.state,
): void {
  const { notices, userId } = app.state;
  const { channelId, threadTs } = place;
  const added = { text, channelId, threadTs, id: crypto.randomUUID(), userId, atMs: Date.now() };
  app.update({ notices: [...notices, added] });
}

export function withEntry<Value>(
  map: ReadonlyMap<string, Value>,
  key: string,
  value: Value,
): Map<string, Value> {
  return new Map(map).set(key, value);
}
