import type { Text } from '../index.ts';

export const usage: Text['usage'] = {
  usage: '使い方:\n  npm run usage -- export [--since 2026-01-31] [--csv]',
  title: {
    me: 'あなたの使用量',
    channel: 'このチャンネルの使用量',
    workspace: 'このワークスペースの使用量',
  },
  days: (days) => (days === 1 ? '今日' : `過去 ${days} 日間`),
  heading: (title, days) => `${title}（${days}）`,
  follows: '使用量はこの後に表示します。',
  none: 'この期間に開始されたセッションはありません。',
  sessions: (count) => `セッション ${count.toLocaleString('en-US')} 件`,
  acuPerMerged: (acu) => `マージされたプルリクエスト 1 件あたり ${acu} ACU`,
  endedMerged: (merged, ended) => `終了 ${ended} 件（うちプルリクエストがマージ済み ${merged} 件）`,
  waited: (duration) => `Devin の質問への回答時間（中央値）: ${duration}`,
  devin: {
    counts: (facts) => `Devin の集計（組織全体）: ${facts}`,
    pullRequests: (count, merged) => `プルリクエスト ${count} 件（うちマージ済み ${merged} 件）`,
    why: 'Devin は ACU を使用日（08:00 UTC 区切り）で、このアプリは追跡しているセッションだけを開始日で集計します。',
  },
  newestOnly: (count) => `新しい ${count} 件のセッションだけを集計しています。`,
  day: (midnight) =>
    midnight.toLocaleDateString('ja-JP', { month: 'numeric', day: 'numeric', timeZone: 'UTC' }),
  perDay: 'ACU（1 日ごと）',
  perDays: (days) => `ACU（${days} 日ごと）`,
  byTitle: {
    person: 'ユーザー別',
    channel: 'チャンネル別',
    repo: 'リポジトリ別',
    mode: 'モード別',
  },
  merged: (count) => `マージ済みの PR ${count} 件`,
  noName: { person: '不明', channel: '不明', repo: '指定なし', mode: 'Devin が選択' },
  othersLeftOut: (count) => `ほか ${count} 件。`,
  utc: '日と月は UTC です。セッションは開始日に数えます。',
  budgets: '予算では、進行中のセッションを上限いっぱいで数えます。',
  notForYou: {
    workspace: (command) =>
      `ワークスペース全体の使用量を見られるのは、ポリシーのオーナーとワークスペースの管理者だけです。自分の分は \`${command} usage\`、このチャンネルの分は \`${command} usage channel\` で確認できます。`,
    by: () =>
      'ユーザー別の使用量と、ワークスペース全体のチャンネル別・リポジトリ別の使用量を見られるのは、ポリシーのオーナーとワークスペースの管理者だけです。`--by mode` をお試しください。',
  },
  home: {
    title: '使用量',
    more: (command) => `詳細: ${command}`,
  },
  alert: {
    acu_per_person_per_day: (person) => `${person} さんの 1 日の予算`,
    acu_per_channel_per_day: (channel) => `${channel} の 1 日の予算`,
    acu_per_month: (_everyone) => '今月の予算',
    heading: (budget, percent) => `${budget}: ${percent}% を使用または予約済み`,
    counted: (counted, most, period) =>
      `${period}（UTC）: ${most} ACU 中 ${counted} ACU。進行中のセッションは上限いっぱいで数えます。`,
    next: {
      refuse: '100% になると、予算が更新されるまで新しいセッションは開始できません。',
      approve: '100% になると、予算が更新されるまで新しいセッションには承認が必要です。',
    },
    more: (command) => `誰が使ったかは ${command} で確認できます。予算はポリシーファイルで設定します。`,
  },
};
