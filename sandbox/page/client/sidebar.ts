import { type App, isAppConversation, readableChannels, titleOf } from './app.ts';
import { appAvatar, personFace } from './faces.ts';
import { type Child, h, tag, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { openAppTab, openChannel } from './places.ts';
import type { ShownChannel } from './wire.ts';
import { wording } from './words.ts';

export function sidebar(app: App): VNode {
  const { state } = app;
  const channels = readableChannels(state);
  const named = channels.filter(({ kind }) => kind === 'public' || kind === 'private');
  const direct = channels.filter(
    (one) => one.kind === 'mpim' || (one.kind === 'im' && !isAppConversation(state, one)),
  );
  const withApp = channels.find((one) => isAppConversation(state, one));
  const { appName } = state.snapshot.workspace;
  return h(
    'nav.sidebar',
    { 'aria-label': wording.sidebar.label },
    group(
      wording.sidebar.channels,
      named.map((channel) => row(app, channel)),
    ),
    direct.length === 0
      ? null
      : group(
          wording.sidebar.direct,
          direct.map((channel) => row(app, channel)),
        ),
    group(wording.sidebar.apps, [
      item({
        key: 'app',
        isHere: withApp !== undefined && withApp.id === state.channelId,
        open: () => void openAppTab(app, 'home'),
        face: [appAvatar('small'), tag('span.side-name', appName)],
      }),
    ]),
  );
}

function group(title: string, items: readonly VNode[]): VNode {
  return h('section.side-group', { key: title }, tag('h2', title), tag('ul', items));
}

function row(app: App, channel: ShownChannel): VNode {
  const { state } = app;
  const other = channel.members.find((id) => id !== state.userId) ?? state.userId;
  const isNamed = channel.kind === 'public' || channel.kind === 'private';
  const sign = isNamed
    ? icon(channel.kind === 'private' ? 'lock' : 'hash')
    : personFace(state, other, 'small');
  return item({
    key: channel.id,
    isHere: channel.id === state.channelId,
    open: () => openChannel(app, channel.id),
    face: [
      sign,
      tag('span.side-name', titleOf(state, channel)),
      channel.kind === 'private' ? tag('span.sr-only', wording.sidebar.private) : null,
      channel.isExternal ? [icon('globe'), tag('span.sr-only', wording.sidebar.shared)] : null,
    ],
  });
}

type Item = { key: string; isHere: boolean; open: () => void; face: Child };

function item({ key, isHere, open, face }: Item): VNode {
  return h(
    'li',
    { key },
    h('button.side-item', { type: 'button', 'aria-current': isHere ? 'page' : null, onClick: open }, face),
  );
}
