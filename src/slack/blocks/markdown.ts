import type { KnownBlock } from '@slack/types';
import { plainLeaf, type Piece } from './markdown/inline.ts';
import { cutPieces, plainText, words } from './markdown/plain.ts';
import { LONGEST_READ, readMarkdown } from './markdown/read.ts';
import { richBlocks } from './markdown/rich.ts';
import { truncate } from './text.ts';

/** A message in parts, each one of Slack's. `text` is escaped, and says all of it. */
type MarkdownPart = { text: string; blocks: KnownBlock[] };

/** For all blocks of a message, as JSON: Slack refuses more than about 13,000, and buttons add to it. */
const MOST_JSON = 10_000;
/** `chat.update` takes 4,000; a line above the words adds to it. */
const MOST_TEXT = 3500;

/** The part of it that is read. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export function markdownParts(markdown: string): MarkdownPart[] {
  return parts(readMarkdown(markdown));
}

/** Whether it is longer than what is read. */
export function isCut(markdown: string): boolean {
  return markdown.length > LONGEST_READ;
}

/** Text that isn't Markdown, such as what a person typed. */
export function quotedParts(text: string): MarkdownPart[] {
  return parts(text.trim() === '' ? [] : [{ kind: 'quote', leaves: [plainLeaf(text)] }]);
}

/** Its text on one line, without markup. */
export function markdownWords(markdown: string, max: number): string {
  return truncate(words(readMarkdown(markdown)), max);
}

function parts(pieces: readonly Piece[]): MarkdownPart[] {
  const packed: Piece[][] = [];
  let room = { json: 0, text: 0 };
  for (const piece of cutPieces(pieces)) {
    const json = JSON.stringify(richBlocks([piece])).length;
    const text = plainText([piece]).length + 1;
    const current = packed.at(-1);
    if (current === undefined || json > room.json || text > room.text) {
      packed.push([piece]);
      room = { json: MOST_JSON - json, text: MOST_TEXT - text };
    } else {
      current.push(piece);
      room = { json: room.json - json, text: room.text - text };
    }
  }
  return packed.map((some) => ({ text: plainText(some), blocks: richBlocks(some) }));
}
