import type { App } from './app.ts';
import type { Author } from './faces.ts';
import { hintAtMessage } from './guide.ts';
import { h, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { openMenu, type MenuItem } from './menus.ts';
import { asTyped } from './mrkdwn.ts';
import { openThread } from './places.ts';
import type { Shortcut, ShownMessage } from './wire.ts';
import { wording } from './words.ts';

/** A message and where it is shown: in the conversation or in its thread. */
type Shown = { app: App; channelId: string; message: ShownMessage; inThread: boolean };

/** Shown beside a message that has the pointer or the focus. */
export function tools(shown: Shown, author: Author): VNode {
  const { app, channelId, message, inThread } = shown;
  const name = `message-${inThread ? 'thread-' : ''}${message.ts}`;
  const isWaiting = app.state.busy.has(`shortcut/${message.ts}`);
  const isOpen = app.state.menu === name || isWaiting;
  const hint = inThread ? null : hintAtMessage(app, message.ts);
  const kind = isOpen ? 'div.tools.open' : 'div.tools';
  return h(
    hint === null ? kind : `${kind}.pointed`,
    { role: 'group', 'aria-label': wording.message.actions(author.name) },
    hint === null ? null : h('span.guide-hint', { role: 'status' }, hint),
    isWaiting ? h('span.spinner', { role: 'img', 'aria-label': wording.message.waiting }) : null,
    inThread
      ? null
      : h(
          'button.icon-button',
          {
            type: 'button',
            'aria-label': wording.message.replyInThread,
            title: wording.message.replyInThread,
            onClick: () => openThread(app, channelId, message.ts),
          },
          icon('thread'),
        ),
    openMenu({
      app,
      name,
      label: wording.message.more,
      iconName: 'more',
      heading: wording.message.shortcuts,
      items: [...shortcutItems(shown), ...ownItems(shown)],
    }),
  );
}

function shortcutItems({ app, channelId, message: { ts } }: Shown): MenuItem[] {
  const { shortcuts, workspace } = app.state.snapshot;
  return shortcuts.map((shortcut) => ({
    label: shortcut.name,
    detail: `${workspace.appName} · ${shortcut.description}`,
    pick: () => void useShortcut(app, { channelId, ts }, shortcut),
  }));
}

/** People edit and delete what they wrote themselves. */
function ownItems(shown: Shown): MenuItem[] {
  const { app, message } = shown;
  if (message.isBot || message.userId !== app.state.userId) return [];
  return [
    { label: wording.message.edit, heading: wording.message.yours, pick: () => startEditing(app, shown) },
    { label: wording.message.delete, pick: () => confirmDeletion(shown) },
  ];
}

function confirmDeletion({ app, channelId, message: { ts } }: Shown): void {
  const confirmation = {
    title: wording.message.delete,
    text: wording.message.deletion,
    confirm: wording.message.deleteIt,
    deny: wording.dialogs.cancel,
    isDanger: true,
    proceed: () => void app.act({ do: 'delete', channelId, ts }),
  };
  app.update({ dialog: { kind: 'confirm', confirmation } });
}

async function useShortcut(
  app: App,
  { channelId, ts }: { channelId: string; ts: string },
  { callbackId, name }: Shortcut,
): Promise<void> {
  const answer = await app.act({ do: 'shortcut', channelId, ts, callbackId }, `shortcut/${ts}`);
  if (answer.ok && answer.result.failure !== null) {
    app.update({
      toast: `${wording.composer.failed(name, answer.result.failure)}. ${wording.form.trouble}`,
    });
  }
}

function startEditing(app: App, { channelId, message: { ts, text }, inThread }: Shown): void {
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
