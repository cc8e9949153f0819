import type { Text } from '../index.ts';

export const usage: Text['usage'] = {
  usage: '使い方:\n  npm run usage -- export [--since 2026-01-31] [--csv] [--by NAME]',
  title: {
    me: 'あなたの使用量',
    channel: 'このチャンネルの使用量',
    workspace: 'このワークスペースの使用量',
  },
  days: (days) => (days === 1 ? '今日' : `過去 ${days} 日間`),
  heading: (title, days) => `${title}（${days}）`,
  none: 'この期間に開始されたセッションはありません。',
  sessions: (count) => `セッション ${count.toLocaleString('en-US')} 件`,
  newestOnly: (count) => `新しい ${count} 件の記録だけを集計しています。`,
  byTitle: {
    person: 'ユーザー別',
    channel: 'チャンネル別',
    repo: 'リポジトリ別',
    month: '月別',
  },
  noName: '不明',
  noRepo: 'リポジトリなし',
  othersLeftOut: (count) => `その他 ${count} 件。`,
  utc: '日と月は UTC です。セッションは、動いた日ごとに数えます。',
  notForYou: {
    workspace: (command) =>
      `ワークスペース全体の使用量を見られるのは、ポリシーのオーナーとワークスペースの管理者だけです。自分の分は \`${command} usage\`、このチャンネルの分は \`${command} usage channel\` で確認できます。`,
    by: () =>
      'ユーザー別の使用量と、ワークスペース全体のチャンネル別・リポジトリ別の使用量を見られるのは、ポリシーのオーナーとワークスペースの管理者だけです。`--by month` をお試しください。',
  },
  home: {
    title: '使用量',
    more: (command) => `詳細: ${command}`,
  },
  alert: {
    acu_per_person_per_day: (person) => `${person} さんの 1 日の予算`,
    acu_per_channel_per_day: (channel) => `${channel} の 1 日の予算`,
    acu_per_month: (_everyone) => '今月の予算',
    heading: (budget, percent) => `${budget}: ${percent}% を使用`,
    counted: (money, period) => `${period}（UTC）: ${money}`,
    next: {
      refuse: '100% になると、予算が更新されるまで新しいセッションは開始できません。',
      approve: '100% になると、予算が更新されるまで新しいセッションには承認が必要です。',
    },
    more: (command) => `誰が使ったかは ${command} で確認できます。予算はポリシーファイルで設定します。`,
  },
};
