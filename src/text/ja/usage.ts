import type { Text } from '../index.ts';

export const usage: Text['usage'] = {
  alert: {
    acu_per_person_per_day: (person) => `${person} の 1 日の予算`,
    acu_per_channel_per_day: (channel) => `${channel} の 1 日の予算`,
    acu_per_month: (_everyone) => '今月の予算',
    heading: (budget, percent) => `${budget}: ${percent}% を使用または予約済み`,
    counted: (counted, most, period) =>
      `${period}（UTC）: ${most} ACU 中 ${counted} ACU。進行中のセッションは上限いっぱいで数えます。`,
    next: {
      refuse: '100% になると、予算が更新されるまで新しいセッションは開始できません。',
      approve: '100% になると、予算が更新されるまで新しいセッションには承認が必要です。',
    },
    more: (command) => `使用者の内訳は ${command} で確認できます。予算はポリシーファイルで設定します。`,
  },
};
