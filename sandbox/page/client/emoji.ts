/** Those that the app uses, and what people often type. Names as Slack knows them. https://github.com/iamcal/emoji-data */
const EMOJI: Record<string, string> = {
  '+1': '👍',
  '-1': '👎',
  ballot_box_with_check: '☑️',
  black_square_for_stop: '⏹️',
  bug: '🐛',
  bulb: '💡',
  clap: '👏',
  eyes: '👀',
  fire: '🔥',
  gear: '⚙️',
  hammer_and_wrench: '🛠️',
  heart: '❤️',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  information_source: 'ℹ️',
  joy: '😂',
  lock: '🔒',
  memo: '📝',
  no_entry: '⛔',
  octagonal_sign: '🛑',
  ok_hand: '👌',
  paperclip: '📎',
  pray: '🙏',
  raised_hand: '✋',
  rocket: '🚀',
  rotating_light: '🚨',
  sleeping: '😴',
  smile: '😄',
  speech_balloon: '💬',
  tada: '🎉',
  thinking_face: '🤔',
  warning: '⚠️',
  wastebasket: '🗑️',
  wave: '👋',
  white_check_mark: '✅',
  x: '❌',
  zap: '⚡',
};

/** null: none of that name is known here. */
export function emojiOf(name: string): string | null {
  return Object.hasOwn(EMOJI, name) ? (EMOJI[name] ?? null) : null;
}

export function withEmoji(text: string): string {
  return text.replaceAll(/:([a-z0-9_+-]+):/g, (whole, name: string) => emojiOf(name) ?? whole);
}
