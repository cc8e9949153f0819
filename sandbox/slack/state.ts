import { createChanges, type Changes } from '../changes.ts';
import { createTimestamps, randomId, randomToken } from './ids.ts';
import type {
  ApiCall,
  Change,
  Channel,
  Delivery,
  Message,
  OwnMessage,
  ResponseUrl,
  SlackFile,
  Trigger,
  User,
  View,
  Workspace,
} from './model.ts';

/** Everything the server knows, shared by its parts. */
export type State = {
  workspace: Workspace;
  /** Address of this server, without a slash at the end. */
  url: string;
  users: Map<string, User>;
  /** User groups, by id, with their members. */
  groups: Map<string, ReadonlySet<string>>;
  channels: Map<string, Channel>;
  messages: Map<string, Message[]>;
  files: Map<string, SlackFile>;
  views: Map<string, View>;
  /** App Home by person. */
  homes: Map<string, View>;
  triggers: Map<string, Trigger>;
  responseUrls: Map<string, ResponseUrl>;
  calls: ApiCall[];
  deliveries: Delivery[];
  problems: string[];
  changes: Changes<Change>;
  /** What the app does to its messages: it gets the events, too. */
  own: Changes<OwnMessage>;
  now(): number;
  /** How long a trigger id opens a view. */
  triggerLifeMs: number;
  nextTs(): string;
};

export function createState({
  workspace,
  now,
  triggerLifeMs,
}: Pick<State, 'workspace' | 'now' | 'triggerLifeMs'>): State {
  const calls: ApiCall[] = [];
  const problems: string[] = [];
  return {
    workspace,
    url: '',
    users: new Map(),
    groups: new Map(),
    channels: new Map(),
    messages: new Map(),
    files: new Map(),
    views: new Map(),
    homes: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    calls,
    deliveries: [],
    problems,
    changes: createChanges<Change>(() => [...problems, ...refused(calls)].slice(-MOST_HINTS)),
    own: createChanges<OwnMessage>(() => []),
    now,
    triggerLifeMs,
    nextTs: createTimestamps(now),
  };
}

const MOST_HINTS = 10;

function refused(calls: readonly ApiCall[]): string[] {
  return calls.flatMap(({ method, error }) => (error === null ? [] : [`${method}: ${error}`]));
}

/** Something a careful app would not do; tests assert that there is none. */
export function addProblem(state: State, problem: string): void {
  state.problems.push(problem);
  state.changes.emit({ kind: 'problem', problem });
}

export function addTrigger(state: State, of: Omit<Trigger, 'id' | 'createdAtMs' | 'used'>): string {
  const createdAtMs = state.now();
  const id = `${Math.floor(createdAtMs)}.${state.workspace.teamId.slice(1)}.${randomToken()}`;
  state.triggers.set(id, { ...of, id, createdAtMs, used: false });
  return id;
}

export function addResponseUrl(state: State, of: Omit<ResponseUrl, 'createdAtMs' | 'uses'>): string {
  const token = randomToken(12);
  state.responseUrls.set(token, { ...of, createdAtMs: state.now(), uses: 0 });
  return `${state.url}/actions/${state.workspace.teamId}/${token}`;
}

/** The conversation between the app and one person, made when first needed. */
export function directChannel(state: State, userId: string): Channel {
  const members = new Set([userId, state.workspace.botUserId]);
  const found = [...state.channels.values()].find(
    (channel) => channel.kind === 'im' && [...members].every((member) => channel.members.has(member)),
  );
  if (found !== undefined) return found;
  const id = randomId('D');
  const channel: Channel = { id, name: id, kind: 'im', isExternal: false, isArchived: false, members };
  state.channels.set(id, channel);
  return channel;
}

export function requireUser(state: Pick<State, 'users'>, userId: string): User {
  const user = state.users.get(userId);
  if (user === undefined) throw new Error(`The local Slack has no user ${userId}.`);
  return user;
}

export function requireChannel(state: State, channelId: string): Channel {
  const channel = state.channels.get(channelId);
  if (channel === undefined) throw new Error(`The local Slack has no channel ${channelId}.`);
  return channel;
}

export function requireView(state: State, viewId: string): View {
  const view = state.views.get(viewId) ?? [...state.homes.values()].find(({ id }) => id === viewId);
  if (view === undefined) throw new Error(`The local Slack has no view ${viewId}.`);
  return view;
}

export function requireOpenView(state: State, viewId: string): View {
  const view = requireView(state, viewId);
  if (!view.isOpen) throw new Error(`The view ${viewId} is closed.`);
  return view;
}
