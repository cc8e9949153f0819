import { LANGUAGE_NAMES } from '../../session/preferences.ts';
import type { Text } from '../index.ts';

export const home: Text['home'] = {
  looking: 'セッションの実行者を確認しています…',
  refresh: '更新',
  whereCardsGo: 'ここから開始したセッションは「メッセージ」タブに表示され、ほかの人には見えません。',
  groups: { 'under-way': '進行中', earlier: '過去のセッション' },
  defaults: '自分のデフォルト',
  editDefaults: '編集',
  defaultsIntro:
    '指定がないかぎり、開始するすべてのセッションで使います。空の項目には、チャンネル、ワークスペース、組織のデフォルトを使います。',
  health: {
    label: '稼働状況',
    well: 'Devin に接続できます · Slack のスコープに不足はありません',
    unreachable: 'Devin が正常に応答していません（原因は `npm run doctor` で確認できます）',
    missingScopes: (scopes) => `不足している Slack のスコープ: ${scopes}`,
    brokenFile: 'にエラーがあるため、最後の正しいものを使っています（詳しくはログで確認できます）',
  },
};

export const usage: Text['usage'] = {
  heading: (whose, days) => `使用量 · ${whose} · ${days === 1 ? '今日' : `過去 ${days} 日間`}`,
  none: 'この期間に開始されたセッションはありません。',
  sessions: (count) => `セッション ${count.toLocaleString('en-US')} 件`,
  newestOnly: (count) => `新しい ${count} 件の記録だけを集計しています。`,
  byTitle: {
    person: 'ユーザー別',
    channel: 'チャンネル別',
    repo: 'リポジトリ別',
    month: '月別',
  },
  othersLeftOut: (count) => `その他: ${count}`,
  utc: '日と月は UTC です。セッションは、動いた日ごとに数えます。',
  notForYou: (command) =>
    `これを見られるのは、ポリシーのオーナーとワークスペースの管理者だけです。自分の分は \`${command} usage\`、このチャンネルの月別は \`${command} usage channel --by month\` で確認できます。`,
  more: (command) => `さらに表示: ${command}`,
  alert: {
    day: (whose) => `${whose} の 1 日の予算`,
    month: '今月の予算',
    heading: (budget, percent) => `${budget}: ${percent}% を使用`,
    next: {
      refuse: '100% になると、予算が更新されるまで新しいセッションは開始できません。',
      approve: '100% になると、予算が更新されるまで新しいセッションには承認が必要です。',
    },
  },
};

export const settings: Text['settings'] = {
  notSaid: '記載のない項目は、組織のデフォルトです。',
  scopes: {
    workspace: 'このワークスペース',
    channel: 'このチャンネル',
    person: '自分',
  },
  set: (scope) => `${scope}用に設定しました。`,
  cleared: (scope) => `${scope}のデフォルトを解除しました。`,
  adminsOnly: 'これができるのはワークスペースの管理者だけです。何も変更していません。',
  menus: {
    notify: {
      label: '通知',
      choices: { thread: 'スレッド', dm: 'DM', card: 'カードのみ' },
    },
    language: { label: '表示言語', choices: { slack: 'Slack と同じ', ...LANGUAGE_NAMES } },
    steer: {
      label: 'セッションを操作できる人',
      choices: { members: 'Devin のメンバー全員', requester: '依頼者のみ' },
    },
    listen: {
      label: 'Devin に届く返信',
      choices: { thread: 'すべての返信', mentions: 'このアプリへのメンションのみ' },
    },
    mentions: {
      label: 'このアプリへのメンション',
      choices: { start: 'セッションを開始', ask: '先に確認', off: '何も開始しない' },
    },
  },
  place: {
    title: '設定',
    appliesTo: (scope) => `対象: ${scope}。ポリシーが優先されます。`,
  },
};
