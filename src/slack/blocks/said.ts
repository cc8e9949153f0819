import type { KnownBlock } from '@slack/types';
import type { ReplyWay } from '../../session/reply.ts';
import type { Text } from '../../text/index.ts';
import { LIMIT } from './limits.ts';
import { markdownParts, quotedParts } from './markdown.ts';
import { context } from './objects.ts';
import type { Rendered } from './objects.ts';
import { escape, link, mrkdwn } from './text.ts';

/** A message of more posts than this would push everything else out of sight: it comes as a file. */
const MOST_POSTS = 4;

/** What Devin said, as Slack's messages. `file`: all of it, where only the beginning is shown. */
export function renderSaid(markdown: string, text: Text): { posts: Rendered[]; file: string | null } {
  const parts = markdownParts(markdown);
  const [first = '', ...rest] = parts;
  if (rest.length < MOST_POSTS) return { posts: parts.map((part) => post(part)), file: null };
  return { posts: [post(first, text.thread.longMessage)], file: markdown };
}

/** What a person wrote in Devin's web app: quoted, since this app says it and they did not. */
export function renderWebMessage(words: string, text: Text): Rendered[] {
  return quoted(text.thread.fromWebApp, words, text);
}

/** What a person of this workspace said to Devin where the others in the thread did not see it. */
export function renderReplyBy(
  { userId, via, words }: { userId: string; via: ReplyWay; words: string },
  text: Text,
): Rendered[] {
  return quoted(text.thread.saidVia[via](`<@${escape(userId)}>`), words, text);
}

/** `label`: escaped. */
function quoted(label: string, words: string, text: Text): Rendered[] {
  const [first = '', ...rest] = quotedParts(words, LIMIT.sectionText - label.length - 1);
  const posts = [`${label}\n${first}`, ...rest].map((part) => post(part));
  return posts.length > MOST_POSTS ? [...posts.slice(0, MOST_POSTS - 1), post(text.thread.cut)] : posts;
}

/** One sentence in place of what cannot be shown here, with the way to it. */
export function renderInDevin(sentence: string, url: string, text: Text): Rendered {
  return post(`${sentence} ${link(url, text.thread.openInDevin)}`);
}

function post(part: string, note?: string): Rendered {
  const shown: KnownBlock = { type: 'section', text: mrkdwn(part), expand: true };
  return {
    text: note === undefined ? part : `${part}\n${note}`,
    blocks: note === undefined ? [shown] : [shown, context(note)],
  };
}
