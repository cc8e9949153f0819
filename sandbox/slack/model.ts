import type { ViewDefinition } from './rules/view.ts';

/** The local Slack's data. Ids, timestamps and wire names are Slack's. */

export type Workspace = {
  teamId: string;
  teamDomain: string;
  teamName: string;
  appId: string;
  botId: string;
  botUserId: string;
  botName: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  scopes: ReadonlySet<string>;
  /** Events the app has subscribed to, as its manifest names them. */
  botEvents: ReadonlySet<string>;
};

export type User = {
  id: string;
  teamId: string;
  /** Of a person in an Enterprise organization: all their workspaces, of which `teamId` is one. Otherwise empty. */
  teams: readonly string[];
  name: string;
  realName: string;
  email: string | null;
  emailConfirmed: boolean;
  /** The language of the person's Slack. */
  locale: string;
  isGuest: boolean;
  isBot: boolean;
  isAdmin: boolean;
  deleted: boolean;
};

export type Channel = {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im' | 'mpim';
  /** Shared with another organization through Slack Connect. */
  isExternal: boolean;
  isArchived: boolean;
  members: Set<string>;
};

export type Message = {
  channelId: string;
  ts: string;
  threadTs: string | null;
  /** It was deleted, and this is left above its replies. */
  isTombstone: boolean;
  /** The only person who sees it; null: everyone in the channel. */
  ephemeralFor: string | null;
  userId: string | null;
  botId: string | null;
  /** Name under which a bot posted. */
  username: string | null;
  text: string;
  blocks: unknown[];
  attachments: unknown[];
  fileIds: string[];
  metadata: unknown;
  /** When it was edited last; null: never. */
  editedTs: string | null;
  reactions: Map<string, Set<string>>;
};

export type SlackFile = {
  id: string;
  name: string;
  mimetype: string;
  content: Uint8Array;
  ownerId: string;
  createdAtMs: number;
  /** The bytes that an upload must have; null: it is complete. */
  expects: number | null;
};

export type Option = {
  text: { type: 'plain_text' | 'mrkdwn'; text: string };
  value: string;
};

/** One element's entry in `view.state.values`, in Slack's shape. */
export type StateValue = { type: string; [field: string]: unknown };
export type StateValues = Record<string, Record<string, StateValue>>;

export type View = {
  id: string;
  userId: string;
  definition: ViewDefinition;
  values: StateValues;
  rootId: string;
  previousId: string | null;
  /** What the person sees at the inputs after a refused submission, by block id. */
  errors: Record<string, string>;
  isOpen: boolean;
};

export type ApiCall = {
  method: string;
  /** Decoded: blocks, view and metadata are values, not JSON text; the token is left out. */
  args: Record<string, unknown>;
  /** Null: answered with ok. Otherwise Slack's error code, or what happened to the connection. */
  error: string | null;
  atMs: number;
};

export type DeliveryKind = 'command' | 'interactive' | 'event';

export type DeliveryOutcome =
  | { kind: 'answered'; body: unknown }
  /** Nothing within the three seconds Slack waits. */
  | { kind: 'timeout' }
  /** No connection, or an HTTP status other than 2xx. */
  | { kind: 'refused'; status: number | null };

/** One payload and every delivery of it, with the outcome. */
export type Delivery = {
  kind: DeliveryKind;
  payload: Record<string, unknown>;
  atMs: number;
  outcomes: DeliveryOutcome[];
};

export type Trigger = {
  id: string;
  userId: string;
  createdAtMs: number;
  used: boolean;
  /** The view it came from; views.push needs one. */
  viewId: string | null;
};

export type ResponseUrl = {
  userId: string;
  channelId: string;
  /** The message whose button was clicked: what replace_original and delete_original act on. */
  messageTs: string | null;
  createdAtMs: number;
  uses: number;
};

export type OwnMessage =
  | { act: 'posted'; message: Message }
  | { act: 'changed' | 'deleted'; message: Message; before: Message };

export type Change =
  | { kind: 'message'; channelId: string; ts: string }
  | { kind: 'view'; viewId: string }
  | { kind: 'home'; userId: string }
  | { kind: 'call'; call: ApiCall }
  | { kind: 'delivery'; delivery: Delivery }
  | { kind: 'connection' }
  | { kind: 'problem'; problem: string };
