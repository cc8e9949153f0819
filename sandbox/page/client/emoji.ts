/** Those that the app uses, and what people often type. Names as Slack knows them. https://github.com/iamcal/emoji-data */
const EMOJI: Record<string, string> = {
  '+1': '👍',
  '-1': '👎',
  black_square_for_stop: '⏹️',
  bug: '🐛',
  eyes: '👀',
  gear: '⚙️',
  heart: '❤️',
  hourglass_flowing_sand: '⏳',
  lock: '🔒',
  octagonal_sign: '🛑',
  raised_hand: '✋',
  rocket: '🚀',
  sleeping: '😴',
  speech_balloon: '💬',
  tada: '🎉',
  warning: '⚠️',
  white_check_mark: '✅',
  x: '❌',
};

/** null: none of that name is known here. */
export function emojiOf(name: string): string | null {
  return Object.hasOwn(EMOJI, name) ? (EMOJI[name] ?? null) : null;
}

export function withEmoji(text: string): string {
  return text.replaceAll(/:([a-z0-9_+-]+):/g, (whole, name: string) => emojiOf(name) ?? whole);
}
