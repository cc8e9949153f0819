import { type App, nameOf } from './app.ts';
import { emojiOf } from './emoji.ts';
import { h, type Child, type VNode } from './h.ts';
import { openMenu } from './menus.ts';
import type { Reaction, ShownMessage } from './wire.ts';
import { wording } from './words.ts';

/** What people can react with here; apps and Slack know many more. */
const OFFERED = Object.keys(wording.message.emoji);

type At = { channelId: string; message: ShownMessage };

/** Under a message; each adds or removes the current person's reaction. */
export function reactionPills(app: App, at: At): Child {
  const { reactions } = at.message;
  if (reactions.length === 0) return null;
  return h(
    'ul.reactions',
    { 'aria-label': wording.message.reactions },
    reactions.map((reaction) => h('li', { key: reaction.name }, pill(app, at, reaction))),
  );
}

function pill(app: App, at: At, { name, userIds }: Reaction): VNode {
  const who = userIds.map((id) => nameOf(app.state, id)).join(', ');
  const isMine = userIds.includes(app.state.userId);
  return h(
    isMine ? 'button.reaction.mine' : 'button.reaction',
    {
      type: 'button',
      title: wording.message.reacted(who, name),
      'aria-pressed': isMine ? 'true' : 'false',
      onClick: () => toggle(app, at, name),
    },
    h('span.emoji', { 'aria-hidden': 'true' }, emojiOf(name) ?? `:${name}:`),
    h('span.sr-only', {}, wording.message.reactionBy(words(name), who)),
    h('span', { 'aria-hidden': 'true' }, String(userIds.length)),
  );
}

export function reactionMenu(app: App, { name, ...at }: At & { name: string }): VNode {
  return openMenu({
    app,
    name,
    label: wording.message.react,
    iconName: 'smile',
    items: OFFERED.map((emoji) => ({
      label: words(emoji),
      before: h('span.emoji', { 'aria-hidden': 'true' }, emojiOf(emoji)),
      role: 'menuitemcheckbox' as const,
      isChosen: isGiven(app, at.message, emoji),
      pick: () => toggle(app, at, emoji),
    })),
  });
}

function isGiven({ state }: App, { reactions }: ShownMessage, emoji: string): boolean {
  return reactions.some(({ name, userIds }) => name === emoji && userIds.includes(state.userId));
}

function toggle(app: App, { channelId, message }: At, emoji: string): void {
  const what = isGiven(app, message, emoji) ? 'unreact' : 'react';
  void app.act({ do: what, channelId, ts: message.ts, emoji });
}

const spoken = new Map(Object.entries(wording.message.emoji));

const words = (name: string): string => spoken.get(name) ?? name.replaceAll('_', ' ');
