/** Names as Slack knows them. https://github.com/iamcal/emoji-data */
const EMOJI: Record<string, string> = {
  '+1': '👍',
  '-1': '👎',
  archive: '🗄️',
  arrow_right: '➡️',
  bangbang: '‼️',
  bell: '🔔',
  bug: '🐛',
  bulb: '💡',
  checkered_flag: '🏁',
  eyes: '👀',
  fire: '🔥',
  gear: '⚙️',
  grey_question: '❔',
  hammer_and_wrench: '🛠️',
  heart: '❤️',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  information_source: 'ℹ️',
  joy: '😂',
  link: '🔗',
  lock: '🔒',
  mag: '🔍',
  memo: '📝',
  no_entry: '⛔',
  octagonal_sign: '🛑',
  paperclip: '📎',
  pray: '🙏',
  question: '❓',
  raised_hand: '✋',
  robot_face: '🤖',
  rocket: '🚀',
  rotating_light: '🚨',
  slightly_smiling_face: '🙂',
  smile: '😄',
  sparkles: '✨',
  speech_balloon: '💬',
  tada: '🎉',
  thinking_face: '🤔',
  thumbsup: '👍',
  wastebasket: '🗑️',
  warning: '⚠️',
  wave: '👋',
  white_check_mark: '✅',
  wrench: '🔧',
  x: '❌',
  zap: '⚡',
  zzz: '💤',
};

/** null: none of that name is known here. */
export function emojiOf(name: string): string | null {
  return Object.hasOwn(EMOJI, name) ? (EMOJI[name] ?? null) : null;
}

export function withEmoji(text: string): string {
  return text.replaceAll(/:([a-z0-9_+-]+):/g, (whole, name: string) => emojiOf(name) ?? whole);
}
