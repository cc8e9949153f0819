import { type App, channelOf, isAppConversation, readableMessages, titleOf } from './app.ts';
import { blocksOf } from './blocks.ts';
import { composer } from './composer.ts';
import { avatar } from './faces.ts';
import { type Child, h, tag, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { heading, messageItem } from './message.ts';
import { openAppTab } from './places.ts';
import { dayOf, isSameDay, msOf } from './time.ts';
import type { ShownChannel, ShownMessage } from './wire.ts';
import { wording } from './words.ts';

const CONTINUED_WITHIN_MS = 5 * 60_000;

export function conversation(app: App): VNode {
  const { state } = app;
  const channel = channelOf(state, state.channelId);
  if (channel === undefined) {
    return tag('main.channel', tag('p.empty', wording.conversation.none));
  }
  const isApp = isAppConversation(state, channel);
  return h(
    'main.channel',
    { 'aria-label': titleOf(state, channel) },
    top(app, channel),
    isApp ? tabs(app) : null,
    state.isHome && isApp
      ? home(app)
      : [messages(app, channel), composer(app, { channelId: channel.id, threadTs: null })],
  );
}

function top({ state }: App, channel: ShownChannel): VNode {
  const { kind, members, isExternal } = channel;
  const isNamed = kind === 'public' || kind === 'private';
  const hasBot = members.includes(state.snapshot.workspace.botUserId);
  const { appName } = state.snapshot.workspace;
  const facts = [
    ...(isNamed ? [wording.conversation.members(members.length)] : []),
    ...(isNamed && !hasBot ? [wording.conversation.withoutApp(appName)] : []),
    ...(isExternal ? [wording.conversation.shared] : []),
  ];
  return tag(
    'header.channel-head',
    tag('h1', isNamed ? icon(kind === 'private' ? 'lock' : 'hash') : null, titleOf(state, channel)),
    h(
      'ul.channel-facts',
      { 'aria-label': wording.conversation.about },
      facts.map((fact) => h('li', { key: fact }, fact)),
    ),
  );
}

function tabs(app: App): VNode {
  const tab = (label: string, isHome: boolean): VNode =>
    h(
      'button.tab',
      {
        type: 'button',
        'aria-pressed': app.state.isHome === isHome ? 'true' : 'false',
        onClick: () => void openAppTab(app, isHome ? 'home' : 'messages'),
      },
      label,
    );
  return h(
    'div.tabs',
    { role: 'group', 'aria-label': wording.conversation.views },
    tab(wording.conversation.home, true),
    tab(wording.conversation.messages, false),
  );
}

function home(app: App): VNode {
  const view = app.state.snapshot.homes[app.state.userId];
  const body =
    view === undefined
      ? tag('p.empty', wording.conversation.noHome)
      : blocksOf(
          app,
          { target: { viewId: view.id }, values: view.values, errors: view.errors },
          view.definition.blocks,
        );
  return h('div.home', { tabindex: 0, 'aria-label': wording.conversation.home, role: 'region' }, body);
}

function messages(app: App, channel: ShownChannel): VNode {
  const all = readableMessages(app.state, channel);
  const shown = all.filter(({ threadTs }) => threadTs === null);
  const repliesTo = Map.groupBy(
    all.filter(({ ephemeralFor }) => ephemeralFor === null),
    ({ threadTs }) => threadTs,
  );
  return h(
    'div.scroller',
    {
      key: `${app.state.userId}/${channel.id}`,
      tabindex: 0,
      role: 'log',
      'aria-relevant': 'additions',
      'aria-label': wording.conversation.messages,
    },
    tag('div.filler'),
    shown.length === 0 ? tag('p.empty', wording.conversation.empty) : null,
    tag(
      'ol.messages',
      shown.flatMap((message, at) => [
        day(message, shown[at - 1]),
        messageItem({
          app,
          channelId: channel.id,
          message,
          isContinued: continues(message, shown[at - 1], repliesTo),
          replies: repliesTo.get(message.ts) ?? [],
        }),
      ]),
      notices(app, channel.id, null),
    ),
  );
}

export function thread(app: App): Child {
  const { state } = app;
  const { threadTs } = state;
  const channel = channelOf(state, state.channelId);
  const parent = channel?.messages.find(({ ts }) => ts === threadTs);
  if (channel === undefined || threadTs === null || parent === undefined || state.isHome) return null;
  const replies = readableMessages(state, channel).filter((one) => one.threadTs === threadTs);
  const count = replies.filter(({ ephemeralFor }) => ephemeralFor === null).length;
  const line = (message: ShownMessage, before: ShownMessage | undefined): VNode =>
    messageItem({
      app,
      channelId: channel.id,
      message,
      isContinued: before !== parent && continues(message, before, new Map()),
      replies: null,
    });
  return h(
    'section.thread',
    { 'aria-label': wording.conversation.thread },
    threadHead(app, channel),
    h(
      'div.scroller',
      {
        key: threadTs,
        tabindex: 0,
        role: 'log',
        'aria-relevant': 'additions',
        'aria-label': wording.conversation.threadMessages,
      },
      tag(
        'ol.messages',
        line(parent, undefined),
        count === 0 ? null : h('li.divider', { key: 'replies' }, wording.message.replies(count)),
        replies.map((reply, at) => line(reply, replies[at - 1])),
        notices(app, channel.id, threadTs),
      ),
    ),
    composer(app, { channelId: channel.id, threadTs }),
  );
}

function threadHead(app: App, channel: ShownChannel): VNode {
  return tag(
    'header.channel-head',
    tag('h2', wording.conversation.thread),
    tag('span.thread-place', titleOf(app.state, channel)),
    h(
      'button.icon-button',
      {
        type: 'button',
        'aria-label': wording.conversation.closeThread,
        title: wording.dialogs.close,
        onClick: () => app.update({ threadTs: null }),
      },
      icon('close'),
    ),
  );
}

function day({ ts }: ShownMessage, before: ShownMessage | undefined): Child {
  const ms = msOf(ts);
  if (before !== undefined && isSameDay(msOf(before.ts), ms)) return null;
  return h('li.divider', { key: `day-${ts}` }, dayOf(ms));
}

type Replies = ReadonlyMap<string | null, readonly ShownMessage[]>;

function continues(message: ShownMessage, before: ShownMessage | undefined, repliesTo: Replies): boolean {
  if (before === undefined) return false;
  const sameAuthor = before.userId === message.userId && before.username === message.username;
  const bothPublic = before.ephemeralFor === null && message.ephemeralFor === null;
  const isSoon = msOf(message.ts) - msOf(before.ts) < CONTINUED_WITHIN_MS;
  const isPlain = message.blocks.length === 0 && !repliesTo.has(before.ts);
  return sameAuthor && bothPublic && isSoon && isPlain;
}

/** What Slack itself tells one person. */
function notices({ state }: App, channelId: string, threadTs: string | null): VNode[] {
  return state.notices
    .filter((one) => one.userId === state.userId && one.channelId === channelId && one.threadTs === threadTs)
    .map(({ id, text, atMs }) =>
      h(
        'li.message.private',
        { key: id },
        tag('p.only-you', icon('eye'), wording.message.onlyYou),
        h(
          'article.message-row',
          { 'aria-label': 'Slackbot' },
          tag('div.gutter', avatar('slackbot', 'Slackbot')),
          tag(
            'div.message-main',
            heading({ id: 'slackbot', name: 'Slackbot', isApp: false, face: null }, atMs),
            tag('div.text', text),
          ),
        ),
      ),
    );
}
