import { type App, nameOf } from './app.ts';
import { blocksOf } from './blocks.ts';
import { emojiOf } from './emoji.ts';
import type { Surface } from './entries.ts';
import { authorOf, personFace, type Author } from './faces.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { tools } from './message-tools.ts';
import { mrkdwn } from './mrkdwn.ts';
import { openThread } from './places.ts';
import { ago, clock, fullMoment, msOf } from './time.ts';
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
    isPrivate ? h('p.only-you', {}, icon('eye'), wording.message.onlyYou) : null,
    h(
      'article.message-row',
      { 'aria-label': `${author.name}, ${clock(msOf(message.ts))}` },
      h('div.gutter', {}, isContinued ? h('time.gutter-time', {}, clock(msOf(message.ts))) : author.face),
      h(
        'div.message-main',
        {},
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
  return h(
    'header.message-head',
    {},
    h('strong', {}, author.name),
    author.isApp ? h('span.badge', {}, wording.message.app) : null,
    h('time', { title: fullMoment(atMs), datetime: new Date(atMs).toISOString() }, clock(atMs)),
  );
}

function body({ app, channelId, message }: Line): Child {
  const { blocks, text, edited, ts } = message;
  if (blocks.length > 0) {
    const surface: Surface = { target: { channelId, ts }, values: {}, errors: {} };
    return h('div.blocks', {}, blocksOf(app, surface, blocks));
  }
  if (text === '') return null;
  return h(
    'div.text',
    {},
    mrkdwn(app.state, text),
    edited ? h('span.edited', {}, wording.message.edited) : null,
  );
}

function reactions({ state }: App, { reactions: given }: ShownMessage): Child {
  if (given.length === 0) return null;
  const items = given.map(({ name, userIds }) => {
    const who = userIds.map((id) => nameOf(state, id)).join(', ');
    return h(
      'li.reaction',
      { key: name, title: wording.message.reacted(who, name) },
      h('span.emoji', { 'aria-hidden': 'true' }, emojiOf(name) ?? `:${name}:`),
      h('span.sr-only', {}, wording.message.reacted(who, name.replaceAll('_', ' '))),
      h('span', { 'aria-hidden': 'true' }, String(userIds.length)),
    );
  });
  return h('ul.reactions', { 'aria-label': wording.message.reactions }, items);
}

function file(shown: ShownFile | undefined, id: string): VNode {
  if (shown === undefined) return h('p.refused', { key: id }, wording.message.noFile);
  const { name, url, mimetype, size } = shown;
  if (/^image\/(?:png|jpeg|gif|webp)$/.test(mimetype)) {
    return h(
      'figure.file-picture',
      { key: id },
      h('figcaption', {}, name),
      h('a', { href: url, target: '_blank', rel: 'noopener' }, h('img', { src: url, alt: name })),
    );
  }
  return h(
    'a.file-card',
    { key: id, href: url, download: name },
    icon('file'),
    h('span', {}, h('strong', {}, name), h('span.file-facts', {}, `${mimetype} · ${bytes(size)}`)),
  );
}

function bytes(size: number): string {
  if (size < 1024) return wording.message.bytes(size);
  return size < 1024 * 1024 ? `${Math.round(size / 1024)} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}

function threadBar({ app, channelId, message }: Line, replies: readonly ShownMessage[]): VNode {
  const last = replies.at(-1);
  const authors = [...new Set(replies.map(({ userId }) => userId).filter((id) => id !== null))];
  return h(
    'button.thread-bar',
    { type: 'button', onClick: () => openThread(app, channelId, message.ts) },
    authors.slice(0, 4).map((id) => personFace(app.state, id, 'small')),
    h('span.thread-count', {}, wording.message.replies(replies.length)),
    last === undefined ? null : h('span.thread-last', {}, wording.message.lastReply(ago(msOf(last.ts)))),
  );
}
