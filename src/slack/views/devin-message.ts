import { withoutCredentials } from '../../session/credentials.ts';
import type { Text } from '../../text/index.ts';
import { isCut, markdownParts, quotedParts } from './markdown.ts';
import { joinParts, line, small, type Rendered } from './objects.ts';
import { linkedTitle, type SessionCard } from './session-card.ts';
import { escape, link } from './text.ts';

/** A message with more posts than this would push everything else out of sight, so it comes as a file. */
const MOST_POSTS = 4;

/** Devin's message as Slack messages. `file`: the whole message, if only its beginning is shown. */
export function renderDevinMessage(markdown: string, text: Text): { posts: Rendered[]; file: string | null } {
  const posts = markdownParts(markdown);
  const [first] = posts;
  if (first === undefined || (posts.length <= MOST_POSTS && !isCut(markdown))) return { posts, file: null };
  const note = text.thread.longMessage;
  return { posts: [joinParts([first, small(note)])], file: markdown };
}

/** What a person wrote in Devin's web app, for more people than see it there; quoted, since this app posts it. */
export function renderWebMessage(words: string, text: Text): Rendered[] {
  return quoted(text.thread.fromWebApp, withoutCredentials(words), text);
}

/** Shows the thread what a person told Devin elsewhere. It pings nobody. */
export function renderReplyBy({ name, words }: { name: string; words: string }, text: Text): Rendered[] {
  return quoted(text.thread.replied(escape(name)), words, text);
}

/** `label`: escaped. */
function quoted(label: string, words: string, text: Text): Rendered[] {
  const [first, ...rest] = quotedParts(words);
  const posts = [joinParts([line(label), ...(first === undefined ? [] : [first])]), ...rest];
  return posts.length > MOST_POSTS
    ? [...posts.slice(0, MOST_POSTS - 1), line(text.milestones.restInDevin)]
    : posts;
}

/** A sentence instead of what can't be shown here, with a link to it. */
export function renderInDevin(sentence: string, url: string, text: Text): Rendered {
  return line(`${sentence} ${link(url, text.card.buttons.open)}`);
}

/** Names its session if the thread has another one. */
export function labeled(words: Rendered, card: SessionCard, text: Text): Rendered {
  return joinParts([small(linkedTitle(card, text)), words]);
}
