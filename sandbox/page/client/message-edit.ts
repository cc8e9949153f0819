import type { App } from './app.ts';
import { h, type VNode } from './h.ts';
import { asTyped } from './mrkdwn.ts';
import type { ShownMessage } from './wire.ts';
import { wording } from './words.ts';

type Shown = { channelId: string; message: ShownMessage; inThread: boolean };

export function startEditing(app: App, { channelId, message: { ts, text }, inThread }: Shown): void {
  app.update({ editing: { channelId, ts, inThread, text: asTyped(app.state, text) } });
}

export function isEdited({ state: { editing } }: App, { message, inThread }: Shown): boolean {
  return editing !== null && editing.ts === message.ts && editing.inThread === inThread;
}

/** Replaces the message's text while it is edited. */
export function editBox(app: App): VNode {
  const text = app.state.editing?.text ?? '';
  return h(
    'div.edit-box',
    { key: 'edit' },
    h('textarea.field', {
      'aria-label': wording.message.edit,
      rows: Math.min(Math.max(text.split('\n').length, 2), 8),
      value: text,
      ref: takeFocus,
      onInput: ({ currentTarget }) => write(app, currentTarget.value),
      onKeyDown: (event) => steer(app, event),
    }),
    h(
      'div.edit-buttons',
      {},
      h('button.button', { type: 'button', onClick: () => stop(app) }, wording.dialogs.cancel),
      h('button.button.primary', { type: 'button', onClick: () => void save(app) }, wording.message.save),
    ),
  );
}

function takeFocus(field: HTMLElement | null): void {
  field?.focus();
}

function steer(app: App, event: KeyboardEvent): void {
  if (event.isComposing) return;
  if (event.key === 'Escape') return stop(app);
  if (event.key !== 'Enter' || event.shiftKey) return;
  event.preventDefault();
  void save(app);
}

function write(app: App, text: string): void {
  const { editing } = app.state;
  if (editing !== null) app.update({ editing: { ...editing, text } });
}

/** Gives the focus back to where the edit began. */
function stop(app: App): void {
  const { editing } = app.state;
  if (editing === null) return;
  app.update({ editing: null });
  const menu = `message-${editing.inThread ? 'thread-' : ''}${editing.ts}`;
  document.querySelector<HTMLElement>(`[data-menu="${CSS.escape(menu)}"]`)?.focus();
}

async function save(app: App): Promise<void> {
  const { editing } = app.state;
  if (editing === null) return;
  const { channelId, ts, text } = editing;
  const answer = await app.act({ do: 'edit', channelId, ts, text });
  if (answer.ok) stop(app);
}
