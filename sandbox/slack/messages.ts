import type { Message } from './model.ts';
import { assignIds } from './rules/assign-ids.ts';
import { addProblem, type State } from './state.ts';

export type NewMessage = Pick<Message, 'channelId' | 'text'> &
  Partial<Omit<Message, 'channelId' | 'text' | 'ts' | 'editedTs' | 'reactions' | 'isTombstone'>>;

export function addMessage(state: State, message: NewMessage): Message {
  const added: Message = {
    threadTs: null,
    ephemeralFor: null,
    userId: null,
    botId: null,
    username: null,
    attachments: [],
    fileIds: [],
    metadata: null,
    ...message,
    blocks: assignIds(message.blocks ?? []),
    ts: state.nextTs(),
    isTombstone: false,
    editedTs: null,
    reactions: new Map(),
  };
  const list = state.messages.get(added.channelId) ?? [];
  list.push(added);
  state.messages.set(added.channelId, list);
  tell(state, added);
  return added;
}

/** Posts as the app's bot user. */
export function addBotMessage(state: State, message: NewMessage): Message {
  const { botUserId, botId } = state.workspace;
  noteSloppiness(state, message);
  const added = addMessage(state, { ...message, userId: botUserId, botId });
  state.own.emit({ act: 'posted', message: added });
  return added;
}

export type Edit = Partial<Pick<Message, 'text' | 'blocks' | 'metadata'>>;

/** By its author. */
export function changeMessage(state: State, message: Message, edit: Edit): void {
  Object.assign(message, edit, { editedTs: state.nextTs() });
  if (edit.blocks !== undefined) message.blocks = assignIds(edit.blocks);
  tell(state, message);
}

/** By the app. */
export function editMessage(state: State, message: Message, edit: Edit): void {
  const before = { ...message };
  changeMessage(state, message, edit);
  noteSloppiness(state, message);
  state.own.emit({ act: 'changed', message, before });
}

/** By the app. */
export function retractMessage(state: State, message: Message): void {
  const before = { ...message };
  removeMessage(state, message);
  state.own.emit({ act: 'deleted', message, before });
}

/** Slack leaves a tombstone above replies. */
export function removeMessage(state: State, message: Message): void {
  const hasReplies = publicMessages(state, message.channelId).some(
    ({ ts, threadTs }) => threadTs === message.ts && ts !== message.ts,
  );
  if (hasReplies) Object.assign(message, TOMBSTONE, { reactions: new Map() });
  else {
    const list = state.messages.get(message.channelId) ?? [];
    const at = list.indexOf(message);
    if (at !== -1) list.splice(at, 1);
  }
  tell(state, message);
}

const TOMBSTONE = {
  isTombstone: true,
  userId: 'USLACKBOT',
  botId: null,
  username: null,
  text: 'This message was deleted.',
  blocks: [],
  attachments: [],
  fileIds: [],
  metadata: null,
  editedTs: null,
} satisfies Partial<Message>;

export function findMessage(state: State, channelId: string, ts: string): Message | undefined {
  return (state.messages.get(channelId) ?? []).find((message) => message.ts === ts);
}

/** Public messages: what conversations.history and .replies return. */
export function publicMessages(state: State, channelId: string): Message[] {
  return (state.messages.get(channelId) ?? []).filter(({ ephemeralFor }) => ephemeralFor === null);
}

/** What Slack accepts but people notice. */
function noteSloppiness(
  state: State,
  { text, blocks = [] }: Pick<Message, 'text'> & { blocks?: unknown[] },
): void {
  if (text.trim() === '' && blocks.length > 0) {
    addProblem(state, 'a message has blocks but no text for notifications');
  }
  if ([text, ...mrkdwnIn(blocks)].some((part) => /<!(?:channel|here|everyone)/.test(part))) {
    addProblem(state, 'a message pings a whole channel');
  }
}

/** Only mrkdwn pings; in plain text, such as a button's label, the same characters are just characters. */
function mrkdwnIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(mrkdwnIn);
  if (typeof node !== 'object' || node === null) return [];
  if ('type' in node && node.type === 'mrkdwn' && 'text' in node) return [String(node.text)];
  return Object.values(node).flatMap(mrkdwnIn);
}

function tell(state: State, { channelId, ts }: Message): void {
  state.changes.emit({ kind: 'message', channelId, ts });
}
