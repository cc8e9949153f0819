import { type App, notify } from './app.ts';
import type { Author } from './faces.ts';
import { hintAtMessage } from './guide.ts';
import { h, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { openMenu, type MenuItem } from './menus.ts';
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
  const hint = inThread ? null : hintAtMessage(app, message.ts);
  const kind = isWaiting ? 'div.tools.open' : 'div.tools';
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
      name,
      label: wording.message.more,
      iconName: 'more',
      heading: wording.message.shortcuts,
      items: shortcutItems(shown),
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

async function useShortcut(
  app: App,
  { channelId, ts }: { channelId: string; ts: string },
  { callbackId, name }: Shortcut,
): Promise<void> {
  const answer = await app.act({ do: 'shortcut', channelId, ts, callbackId }, `shortcut/${ts}`);
  if (answer.ok && answer.result.failure !== null) {
    notify(app, `${wording.composer.failed(name, answer.result.failure)}. ${wording.form.trouble}`);
  }
}
