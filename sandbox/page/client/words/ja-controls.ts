import type { Controls } from './en-controls.ts';

export const controls: Controls = {
  panel: {
    label: 'サンドボックスの操作',
    title: '操作パネル',
    close: '操作パネルを閉じる',
    next: 'Devin の次の動き',
    nextSession: '次のセッションは…',
    scripts: {
      normal: '作業し、プルリクエストを作成して完了する',
      question: '質問してから続ける',
      report: '表、リスト、コード、ファイルを含む報告をする',
      fails: '失敗する',
      capped: 'ACU の上限に達する',
      slow: '各ステップの前に 1 分待つ',
    },
    app: 'アプリ',
    status: { starting: '起動中', ready: '実行中', ended: '停止' },
    process: (pid, starts) => `プロセス ${pid}、${starts} 回目の起動`,
    kill: '強制終了',
    start: '起動',
  },
  requests: {
    title: 'リクエスト',
    about:
      'アプリから Slack と Devin への送信と、Slack からアプリへの送信です。トークンとシークレットは伏せています。',
    from: (side) => `${side} から`,
    to: (side) => `${side} へ`,
    polls: (count) => `Devin への定期確認 ${count} 件`,
    noAnswer: '応答なし',
    sent: '送信',
    answered: '応答',
    of: (what, name) => `${what}: ${name}`,
    nothing: 'なし',
  },
};
