import type { Channel, Message, Option, User, View } from '../../slack/model.ts';
import type { Block } from '../../slack/rules/blocks.ts';
import type { PersonalAct } from '../act-schema.ts';

/** The protocol of the page and its server: `GET /api/state`, `/api/requests`, `/api/events`, `POST /api/act`, `/api/kill`. */

/** `stranger`: a member without a Devin account. */
type Role = 'admin' | 'member' | 'stranger' | 'guest' | 'outsider';

export type Person = User & {
  role: Role;
  /** Whether the page can be used as this person. */
  canBePlayed: boolean;
};

export type ShownMessage = Omit<Message, 'blocks' | 'reactions'> & {
  blocks: Block[];
  /** By name, of these people. */
  reactions: Record<string, string[]>;
};

export type ShownChannel = Omit<Channel, 'members'> & { members: string[]; messages: ShownMessage[] };

export type ShownFile = { id: string; name: string; mimetype: string; size: number; url: string };

export type Command = { name: string; description: string; usageHint: string };
export type Shortcut = { callbackId: string; name: string; description: string };

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
  views: View[];
  /** App Home, by person. */
  homes: Record<string, View>;
  files: Record<string, ShownFile>;
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

/** One request and what came back. */
export type Exchange = {
  id: number;
  atMs: number;
  way: 'to-slack' | 'from-slack' | 'to-devin';
  name: string;
  /** How many polls of Devin in a row this stands for; 0: it is none. */
  polls: number;
  /** null: there is no answer, yet or ever. */
  result: string | null;
  isTrouble: boolean;
};
