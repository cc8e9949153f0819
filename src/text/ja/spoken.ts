import type { Spoken } from '../spoken.ts';

export const spoken: Spoken = {
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
};
