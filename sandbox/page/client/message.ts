import { type App, nameOf } from './app.ts';
import { blocksOf } from './blocks.ts';
import { emojiOf } from './emoji.ts';
import type { Surface } from './entries.ts';
import { authorOf, personFace, type Author } from './faces.ts';
import { type Child, h, tag, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { tools } from './message-tools.ts';
import { mrkdwn } from './mrkdwn.ts';
import { openThread } from './places.ts';
import { clock, fullMoment, msOf } from './time.ts';
import type { ShownFile, ShownMessage } from './wire.ts';
import { wording } from './words.ts';

export type Line = {
  app: App;
  channelId: string;
  message: ShownMessage;
  /** Of the same author, right after: shown without name and face. */
  isContinued: boolean;
  /** Replies under it; null: it is shown within its thread. */
  replies: readonly ShownMessage[] | null;
};

export function messageItem(line: Line): VNode {
  const { app, message, isContinued } = line;
  const author = authorOf(app.state, message);
  const isPrivate = message.ephemeralFor !== null;
  const inThread = line.replies === null;
  return h(
    `li.message${isPrivate ? '.private' : ''}${isContinued ? '.continued' : ''}`,
    { key: message.ts, 'data-ts': message.ts },
    isPrivate ? tag('p.only-you', icon('eye'), wording.message.onlyYou) : null,
    h(
      'article.message-row',
      { 'aria-label': `${author.name}, ${clock(msOf(message.ts))}` },
      tag('div.gutter', isContinued ? tag('time.gutter-time', clock(msOf(message.ts))) : author.face),
      tag(
        'div.message-main',
        isContinued ? null : heading(author, msOf(message.ts)),
        body(line),
        message.fileIds.map((id) => file(app.state.snapshot.files[id], id)),
        reactions(app, message),
        line.replies === null || line.replies.length === 0 ? null : threadBar(line, line.replies),
      ),
    ),
    isPrivate ? null : tools({ ...line, inThread }, author),
  );
}

export function heading(author: Author, atMs: number): VNode {
  return tag(
    'header.message-head',
    tag('strong', author.name),
    author.isApp ? tag('span.badge', wording.message.app) : null,
    h('time', { title: fullMoment(atMs), datetime: new Date(atMs).toISOString() }, clock(atMs)),
  );
}

function body({ app, channelId, message }: Line): Child {
  const { blocks, text, ts } = message;
  if (blocks.length > 0) {
    const surface: Surface = { target: { channelId, ts }, values: {}, errors: {} };
    return tag('div.blocks', blocksOf(app, surface, blocks));
  }
  return text === '' ? null : tag('div.text', mrkdwn(app.state, text));
}

function reactions({ state }: App, { reactions: given }: ShownMessage): Child {
  const items = Object.entries(given).map(([name, userIds]) => {
    const who = userIds.map((id) => nameOf(state, id)).join(', ');
    return h(
      'li.reaction',
      { key: name, title: wording.message.reacted(who, name) },
      h('span.emoji', { 'aria-hidden': 'true' }, emojiOf(name) ?? `:${name}:`),
      tag('span.sr-only', wording.message.reacted(who, name.replaceAll('_', ' '))),
      h('span', { 'aria-hidden': 'true' }, String(userIds.length)),
    );
  });
  return items.length === 0 ? null : h('ul.reactions', { 'aria-label': wording.message.reactions }, items);
}

function file(shown: ShownFile | undefined, id: string): Child {
  if (shown === undefined) return null;
  const { name, url, mimetype, size } = shown;
  if (/^image\/(?:png|jpeg|gif|webp)$/.test(mimetype)) {
    return h(
      'figure.file-picture',
      { key: id },
      tag('figcaption', name),
      h('a', { href: url, target: '_blank', rel: 'noopener' }, h('img', { src: url, alt: name })),
    );
  }
  return h(
    'a.file-card',
    { key: id, href: url, download: name },
    icon('file'),
    tag('span', tag('strong', name), tag('span.file-facts', `${mimetype} · ${Math.ceil(size / 1024)} KB`)),
  );
}

function threadBar({ app, channelId, message }: Line, replies: readonly ShownMessage[]): VNode {
  const authors = [...new Set(replies.map(({ userId }) => userId).filter((id) => id !== null))];
  return h(
    'button.thread-bar',
    { type: 'button', onClick: () => openThread(app, channelId, message.ts) },
    authors.slice(0, 4).map((id) => personFace(app.state, id, 'small')),
    tag('span.thread-count', wording.message.replies(replies.length)),
  );
}
