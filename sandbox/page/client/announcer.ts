import type { AppState } from './app.ts';
import { channelOf, readableMessages, titleOf } from './app.ts';
import { authorOf } from './faces.ts';
import { wordsOf } from './mrkdwn.ts';

const MOST_CHARACTERS = 300;

/** What a screen reader is told: messages that others have posted since, in the conversation on the screen. */
export function newWords(before: AppState, after: AppState): string | null {
  const channel = channelOf(after, after.channelId);
  if (channel === undefined) return null;
  const old = before.snapshot.channels.find(({ id }) => id === channel.id);
  const known = new Set(old?.messages.map(({ ts }) => ts));
  const added = readableMessages(after, channel).filter(
    ({ ts, userId }) => !known.has(ts) && userId !== after.userId,
  );
  const words = added.map(
    (message) =>
      `${authorOf(after, message).name} in ${titleOf(after, channel)}: ${wordsOf(after, message.text)}`,
  );
  return words.length === 0 ? null : words.join('\n').slice(0, MOST_CHARACTERS);
}

export function announce(words: string): void {
  const announcer = document.getElementById('announcer');
  if (announcer !== null) announcer.textContent = words;
}
