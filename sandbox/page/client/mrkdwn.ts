import { type AppState, nameOf, personOf } from './app.ts';
import { emojiOf, withEmoji } from './emoji.ts';
import { type Child, h, tag } from './h.ts';
import { formatMoment } from './time.ts';
import { wording } from './words.ts';

/** https://docs.slack.dev/messaging/formatting-message-text */

export function mrkdwn(state: AppState, text: string): Child[] {
  return text.split(/```\n?([\s\S]*?)\n?```/).map((part, at) => {
    if (at % 2 === 1) return tag('pre.code', inPre(state, part));
    // The line breaks beside a code block are part of its margin.
    const trimmed = part.replace(at === 0 ? /\n$/ : /^\n|\n$/g, '');
    return trimmed === '' ? null : paragraphs(state, trimmed);
  });
}

/** Emoji, and nothing else; `emoji: false` switches that off too. */
export function plainText({ text, emoji = true }: { text: string; emoji?: boolean | undefined }): string {
  return emoji ? withEmoji(text) : text;
}

export function anyText(
  state: AppState,
  text: { type: string; text: string; emoji?: boolean | undefined },
): Child[] {
  return text.type === 'mrkdwn' ? mrkdwn(state, text.text) : [plainText(text)];
}

/** Quoted lines in blocks of their own, the others with breaks between them. */
function paragraphs(state: AppState, text: string): Child[] {
  const groups: { quoted: boolean; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const quoted = /^(?:&gt;|>)/.test(line);
    const last = groups.at(-1);
    const bare = quoted ? line.replace(/^(?:&gt;|>) ?/, '') : line;
    if (last?.quoted === quoted) last.lines.push(bare);
    else groups.push({ quoted, lines: [bare] });
  }
  return groups.map(({ quoted, lines }) => {
    const shown = lines.flatMap((line, at) => [at === 0 ? null : tag('br'), inline(state, line)]);
    return h(quoted ? 'blockquote' : 'div.line', { dir: 'auto' }, shown);
  });
}

const INLINE =
  /`([^`\n]+)`|<([^<>\n]+)>|(?<![\w*])\*(\S|\S[^*\n]*\S)\*(?![\w*])|(?<![\w_])_(\S|\S[^_\n]*\S)_(?![\w_])|(?<![\w~])~(\S|\S[^~\n]*\S)~(?![\w~])|:([a-z0-9_+-]+):/;

function inline(state: AppState, text: string): Child[] {
  const shown: Child[] = [];
  let rest = text;
  for (let found = INLINE.exec(rest); found !== null; found = INLINE.exec(rest)) {
    shown.push(unescape(rest.slice(0, found.index)), marked(state, found));
    rest = rest.slice(found.index + found[0].length);
  }
  return [...shown, unescape(rest)];
}

function marked(state: AppState, found: RegExpExecArray): Child {
  const [whole, code, token, strong, italic, struck, name] = found;
  if (code !== undefined) return tag('code', inPre(state, code));
  if (token !== undefined) return readToken(state, token);
  if (strong !== undefined) return tag('strong', inline(state, strong));
  if (italic !== undefined) return tag('em', inline(state, italic));
  if (struck !== undefined) return tag('s', inline(state, struck));
  const sign = name === undefined ? null : emojiOf(name);
  return sign === null ? whole : emojiNode(sign, name ?? '');
}

/** Hidden from screen readers, which would read the word twice. */
function emojiNode(sign: string, name: string): Child {
  return h('span.emoji', { role: 'img', 'aria-label': name.replaceAll('_', ' '), title: `:${name}:` }, sign);
}

/** In code only links and mentions are read. */
function inPre(state: AppState, text: string): Child[] {
  return text
    .split(/(<[^<>\n]+>)/)
    .map((part, at) => (at % 2 === 1 ? readToken(state, part.slice(1, -1)) : unescape(part)));
}

function readToken(state: AppState, token: string): Child {
  const bar = token.indexOf('|');
  const target = bar === -1 ? token : token.slice(0, bar);
  const label = bar === -1 ? null : unescape(token.slice(bar + 1)) || null;
  if (target.startsWith('@')) return mention(state, target.slice(1), label);
  if (target.startsWith('#')) return channelLink(state, target.slice(1), label);
  if (target.startsWith('!date^')) return moment(state, target, label);
  if (target.startsWith('!')) return tag('span.mention', label ?? `@${target.slice(1)}`);
  const url = unescape(target);
  if (!/^(?:https?|mailto):/i.test(url)) return `<${token}>`;
  return h('a', { href: url, rel: 'noreferrer' }, label ?? url);
}

function mention(state: AppState, userId: string, label: string | null): Child {
  const isSelf = userId === state.userId;
  const known = personOf(state, userId) !== undefined;
  const name = known ? nameOf(state, userId) : (label ?? userId);
  return tag(isSelf ? 'span.mention.self' : 'span.mention', `@${name}`);
}

function channelLink({ snapshot, userId }: AppState, channelId: string, label: string | null): Child {
  const channel = snapshot.channels.find(({ id }) => id === channelId);
  const canSee = channel?.kind === 'public' || channel?.members.includes(userId) === true;
  return tag('span.mention', `#${canSee ? channel.name : (label ?? wording.message.privateChannel)}`);
}

function moment(state: AppState, target: string, label: string | null): Child {
  const locale = personOf(state, state.userId)?.locale;
  const [, seconds = '', format = ''] = target.split('^');
  const isMoment = seconds !== '' && Number.isFinite(Number(seconds));
  return isMoment ? formatMoment(Number(seconds), format, locale) : (label ?? '');
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
