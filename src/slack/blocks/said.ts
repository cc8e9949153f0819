import type { ReplyWay } from '../../session/reply.ts';
import type { Text } from '../../text/index.ts';
import { LIMIT } from './limits.ts';
import { isCut, markdownParts, quotedParts } from './markdown.ts';
import { context, section } from './objects.ts';
import type { Rendered } from './objects.ts';
import { linkedTitle } from './session-card.ts';
import type { SessionCard } from './session-card.ts';
import { escape, link, truncate } from './text.ts';

/** A message of more posts than this would push everything else out of sight: it comes as a file. */
const MOST_POSTS = 4;

/** What Devin said, as Slack's messages. `file`: all of it, where only the beginning is shown. */
export function renderSaid(markdown: string, text: Text): { posts: Rendered[]; file: string | null } {
  const posts = markdownParts(markdown);
  const [first] = posts;
  if (first === undefined || (posts.length <= MOST_POSTS && !isCut(markdown))) return { posts, file: null };
  return { posts: [noted(first, text.thread.longMessage)], file: markdown };
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
  const [first, ...rest] = quotedParts(words);
  const posts = first === undefined ? [post(label)] : [labelled(label, first), ...rest];
  return posts.length > MOST_POSTS ? [...posts.slice(0, MOST_POSTS - 1), post(text.thread.cut)] : posts;
}

/** One sentence in place of what cannot be shown here, with the way to it. */
export function renderInDevin(sentence: string, url: string, text: Text): Rendered {
  return post(`${sentence} ${link(url, text.thread.openInDevin)}`);
}

/** As it was written, in place of what cannot be rendered. */
export function renderRaw(words: string): Rendered {
  return post(truncate(escape(words), LIMIT.sectionText));
}

/** With the name of its session, which shares its thread with another. */
export function labeled({ text: words, blocks }: Rendered, card: SessionCard, text: Text): Rendered {
  const name = linkedTitle(card, text);
  return { text: `${name}\n${words}`, blocks: [context(name), ...blocks] };
}

function post(escaped: string): Rendered {
  return { text: escaped, blocks: [section(escaped)] };
}

function labelled(label: string, { text, blocks }: Rendered): Rendered {
  return { text: `${label}\n${text}`, blocks: [section(label), ...blocks] };
}

function noted({ text, blocks }: Rendered, note: string): Rendered {
  return { text: `${text}\n${note}`, blocks: [...blocks, context(note)] };
}
