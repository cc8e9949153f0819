import type { Block } from '../../slack/rules/blocks.ts';
import type { PersonalAct } from '../act-schema.ts';

/** The protocol of the page and its server: `GET /api/state`, `POST /api/act`, `GET /api/events`. */

/** `stranger`: a member without a Devin account. */
type Role = 'admin' | 'member' | 'stranger' | 'guest' | 'outsider';

export type Person = {
  id: string;
  /** Handle, as in `@ana`. */
  name: string;
  realName: string;
  /** The language of their Slack, such as `ja-JP`. */
  locale: string;
  isBot: boolean;
  role: Role;
  /** Whether the page can be used as this person. */
  canBePlayed: boolean;
};

type ChannelKind = 'public' | 'private' | 'im' | 'mpim';

type Reaction = { name: string; userIds: string[] };

export type ShownMessage = {
  ts: string;
  threadTs: string | null;
  /** The only person who sees it; null: everyone in the channel. */
  ephemeralFor: string | null;
  userId: string | null;
  /** Name under which a bot posted. */
  username: string | null;
  isBot: boolean;
  text: string;
  blocks: Block[];
  fileIds: string[];
  edited: boolean;
  reactions: Reaction[];
};

export type ShownChannel = {
  id: string;
  name: string;
  kind: ChannelKind;
  /** Shared with another organization. */
  isExternal: boolean;
  memberIds: string[];
  messages: ShownMessage[];
};

export type Option = { text: { type: string; text: string }; value: string };
export type HeldValue = { type: string; [field: string]: unknown };

export type ShownView = {
  id: string;
  userId: string;
  type: 'modal' | 'home';
  title: string;
  /** null: nothing can be submitted. */
  submit: string | null;
  close: string;
  blocks: Block[];
  /** Block id, then action id. */
  values: Record<string, Record<string, HeldValue>>;
  /** By block id. */
  errors: Record<string, string>;
  hasPrevious: boolean;
};

export type ShownFile = { id: string; name: string; mimetype: string; size: number; url: string };

export type Command = { name: string; description: string; usageHint: string };
export type Shortcut = { callbackId: string; name: string; description: string };

/** The page that a link to a session leads to. */
export type ShownSession = {
  id: string;
  url: string;
  title: string | null;
  status: string;
  statusDetail: string | null;
  prompt: string;
  acus: number;
  pullRequests: { url: string; state: string | null }[];
  messages: { source: 'devin' | 'user'; message: string; createdAtMs: number }[];
};

/** The demo's checklist, in order; the page shows it and the terminal lists it. */
export const GUIDE_STEPS = ['command', 'thread', 'answer', 'approve', 'kill', 'stranger'] as const;

export type GuideStep = (typeof GUIDE_STEPS)[number];

/** The demo's steps, and which are done. */
export type ShownGuide = {
  done: GuideStep[];
  /** Where the bug thread is. */
  channelId: string;
  bugTs: string;
  /** The thread where Devin waits for an answer; null: it doesn't. */
  questionTs: string | null;
  /** `back`: it was killed, and has gone on since. */
  app: 'up' | 'down' | 'back';
  memberId: string;
  approverId: string;
  strangerId: string;
};

export type Snapshot = {
  workspace: { teamName: string; appName: string; botUserId: string };
  commands: Command[];
  shortcuts: Shortcut[];
  people: Person[];
  channels: ShownChannel[];
  /** Open modals; of one person the topmost last. */
  views: ShownView[];
  /** App Home, by person. */
  homes: Record<string, ShownView>;
  files: Record<string, ShownFile>;
  sessions: ShownSession[];
  /** null: the page is not the demo's. */
  guide: ShownGuide | null;
};

export type Target = { channelId: string; ts: string } | { viewId: string };
export type Entry = string | null | string[];

/** What a person does; `actSchema` says what each takes. */
export type Act = WithoutPerson<PersonalAct>;
type WithoutPerson<One> = One extends { as: string } ? Omit<One, 'as'> : never;

/** Why there is no answer from the app; null: it answered. */
type Failure = 'operation_timeout' | 'dispatch_failed' | null;

export type ActResult = {
  failure: Failure;
  /** Of a link button. */
  openedUrl: string | null;
  /** Of a submission. */
  outcome: 'invalid' | 'errors' | 'closed' | 'updated' | 'failed' | null;
  /** Of `suggest`. */
  options: Option[];
  /** Of `upload`. */
  fileId: string | null;
  /** Of `open-home`: the conversation with the app. */
  channelId: string | null;
};

/** The result of an act: a problem is a sentence. */
export type Answer = { ok: true; result: ActResult } | { ok: false; problem: string };

/** What has changed. `what`: a kind of the local Slack's changes, `control` or `guide`. */
export type Changed = { what: string };

/** The protocol of the controls and its server: `GET /api/control/state`, `POST /api/control/act`. */

export const SCRIPTS = ['normal', 'question', 'report', 'fails', 'capped', 'slow'] as const;
export type ScriptChoice = (typeof SCRIPTS)[number];

/** One request and what came back. */
export type Exchange = {
  id: number;
  atMs: number;
  side: 'slack' | 'devin';
  /** `to-bot`: Slack told the app something. */
  direction: 'to-bot' | 'from-bot';
  name: string;
  /** null: there is no answer, yet or ever. */
  result: string | null;
  isTrouble: boolean;
};

type BotView = {
  status: 'starting' | 'ready' | 'ended';
  pid: number | null;
  starts: number;
};

export type ControlState = {
  bot: BotView;
  script: ScriptChoice;
  exchanges: Exchange[];
};
