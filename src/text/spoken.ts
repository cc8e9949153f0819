import { SUBCOMMANDS, type Subcommand } from '../session/intent.ts';
import type { Language } from '../session/preferences.ts';

/**
 * What people say to the app in each language, whatever language they read: words in lower case, with commas between
 * them. `names`: what runs a sub-command, besides its own name. `thanks`: messages that ask for nothing.
 */
const SPOKEN: Record<Language, { names: { readonly [Name in Subcommand]?: string }; thanks: string }> = {
  en: {
    names: {
      help: 'commands',
      list: 'sessions, ls',
      whoami: 'account',
      usage: 'costs, budget',
      say: 'tell, reply',
      stop: 'cancel, kill, abort',
      defaults: 'default',
    },
    thanks: `
    thanks, thank you, thank you so much, thanks a lot, many thanks, thx, ty, cheers, ok, okay, great, nice, cool,
    perfect, awesome, lgtm, got it, well done, nice work, great work, good job`,
  },
  ja: {
    names: {
      help: 'ヘルプ, 使い方',
      list: '一覧, セッション一覧',
      status: 'ステータス',
      why: '理由',
      usage: '使用量, 利用状況',
      follow: 'フォロー',
      say: '返信',
      stop: '停止, 中止, キャンセル',
      archive: 'アーカイブ',
      defaults: '既定値',
    },
    thanks: `
    ありがとう, ありがとうございます, ありがとうございました, 了解, 了解です, 了解しました, 承知しました, わかりました,
    お疲れ様です, お疲れさまです, いいね, 完璧です, 助かりました`,
  },
};

const ALL = Object.values(SPOKEN);

const wordsIn = (words: string): string[] => words.split(',').flatMap((word) => word.trim() || []);

/** Each word that runs a sub-command. */
export const COMMAND_NAMES: ReadonlyMap<string, Subcommand> = new Map(
  SUBCOMMANDS.flatMap((name) =>
    [name, ...ALL.flatMap(({ names }) => wordsIn(names[name] ?? ''))].map((word) => [word, name] as const),
  ),
);

const THANKS = new Set(ALL.flatMap(({ thanks }) => wordsIn(thanks)));
const LONGEST_THANKS = 60;
const SIGNS = /:[a-z0-9_+-]+:|[\p{P}\p{S}\p{Default_Ignorable_Code_Point}]/gu;

/** Nothing but thanks, or signs other than a question mark. */
export function isThanks(typed: string): boolean {
  if (typed.length > LONGEST_THANKS || /[?？]/.test(typed)) return false;
  const said = typed.toLowerCase().replaceAll(SIGNS, ' ').trim();
  return said === '' || THANKS.has(said);
}
