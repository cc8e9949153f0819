import type { Text } from '../index.ts';

export const home: Text['home'] = {
  title: 'あなたの Devin セッション',
  runsAs: {
    looking: 'セッションの実行者を確認しています…',
    checked: (moment) => `確認日時: ${moment}`,
  },
  start: 'セッションを開始',
  refresh: '更新',
  whereCardsGo: 'ここから開始したセッションは「メッセージ」タブに表示され、ほかの人には見えません。',
  drawn: (moment) => `更新日時: ${moment}`,
  groups: { 'needs-you': '回答待ち', 'under-way': '進行中', earlier: '過去のセッション' },
  approvals: {
    from: (who) => `依頼者: ${who}`,
    more: (shown, total) =>
      `${total} 件中、期限の近い ${shown} 件を表示。残りは「メッセージ」タブで確認できます。`,
  },
  more: (shown, total, command) => `${total} 件中 ${shown} 件を表示。残りは ${command} で確認できます。`,
  none: {
    title: 'まだセッションがありません',
    byCommand: 'どのチャンネルでも、タスクとリポジトリを入力して開始できます:',
    byShortcut:
      'メッセージの *その他* メニューから *Start a Devin session* を選んでも開始できます。Devin にはスレッドも渡します。進行状況と質問は Slack に届きます。',
  },
  defaults: '自分のデフォルト',
  editDefaults: '編集',
  defaultsIntro:
    '指定がないかぎり、開始するすべてのセッションで使います。空の項目には、チャンネル、ワークスペース、組織のデフォルトを使います。',
  health: {
    label: '稼働状況',
    sides: { database: 'データベース', devin: 'Devin', slack: 'Slack' },
    well: 'データベース、Devin、Slack に接続できます · Slack のスコープに不足はありません',
    unreachable: (sides) =>
      `:warning: 正常に応答していません: ${sides}（原因は \`npm run doctor\` で確認できます）`,
    missingScopes: (scopes) => `:warning: 不足している Slack のスコープ: ${scopes}`,
    setAside: (count) => `:warning: 失敗を繰り返して保留した処理: ${count} 件（ログをご覧ください）`,
  },
  files: {
    policy: 'ポリシー',
    identity: 'アカウント対応ファイル',
    inForce: (entries) => `有効（${entries} 件）`,
    broken: ':warning: ファイルにエラーがあるため、最後の正しいファイルを使っています:',
  },
  help: (command) =>
    `セッションのスレッドでの返信は Devin に届きます。できることは ${command} で確認できます。`,
};
