import type { Text } from '../index.ts';

export const command: Text['command'] = {
  notAnswered: {
    title: '何も実行していません。',
    problem:
      '確認または保存ができませんでした。1 分ほどおいて、もう一度お試しください。続く場合は、アプリの管理者に連絡してください。',
  },
  notConfirmed: {
    title: '時間内に確認できませんでした。',
    problem:
      'データベースの応答が間に合わず、依頼が保存されたかどうか分かりません。1 分ほど待ち、カードが表示されていないことを確かめてから、もう一度お試しください。',
  },
  problems: {
    unknownFlag: (flag, help) => `オプション ${flag} はありません。 ${help} をご覧ください。`,
    noTask: 'タスクを入力してください。Devin に何を頼みますか？',
  },
  question: {
    meant: (command) => `${command} のことですか？`,
    incomplete: (usage) => `コマンドの場合は、${usage} と入力してください。`,
    task: 'この内容で Devin セッションを開始しますか？',
    option: (option) => `${option} のことですか？入力のままでは、タスクの文の一部になり、設定されません。`,
    unknownOption: '入力のままでは、タスクの一部になります。',
    credential: (starts) =>
      `タスクに認証情報（${starts}）が含まれているようです。Devin でこのセッションを開ける人なら、誰でも読めてしまいます。シークレットとして渡すには、先に編集して「アクセス」に移してください。`,
    start: '入力のまま開始',
    edit: '編集してから開始',
    startWith: (option) => `${option} を付けて開始`,
    started: 'セッションを開始しました。',
  },
  several: (takes, none) => `${takes}。複数はコンマ区切り${none ? '、none も指定できます' : ''}`,
  help: {
    example: '不安定なログインのテストを直して --repo acme/web --acu 10',
    shortcut: (options) =>
      `メッセージの「その他のアクション」から「Start a Devin session」を選んでも開始できます。よく使うオプション: ${options}`,
    mySessions: '自分のセッション',
    allOptions: 'すべてのオプション',
    subcommandsTitle: 'その他のコマンド',
    sessionNote: 'セッションは ID またはリンクで指定します。',
    flagsNote: 'スペースを含む値は引用符で囲みます。バッククォートの中はタスクとして扱います。',
    modes: (words) => `モードは、タスクのどこにでも書けます: ${words}`,
    formOnly: (labels) => `フォームでのみ設定: ${labels}`,
    subcommands: {
      help: '始め方と主なオプションを表示します。',
      list: '自分のセッションを表示します。 `list all` なら全員分を表示します。',
      status: 'セッションの状態を表示します。',
      why: '指定したオプションでここで開始できるかと、どのルールで決まるかを表示します。',
      whoami: 'セッションの実行ユーザー、予算、デフォルト、通知、表示言語を表示します。',
      usage:
        '予算の残りと使用した ACU を表示します。 `usage channel --by month --since 7d` でこのチャンネルの分を表示します。',
      follow: 'Devin のセッションをここに表示します。',
      say: 'セッションにメッセージを送ります。',
      stop: 'セッションを完全に停止します。',
      archive: 'セッションをアーカイブします。',
      defaults:
        'ここで使われるデフォルトを表示します。自分の設定は `defaults me --acu 10` 、解除は `defaults me clear` です。',
      settings:
        'ここのセッションを操作できる人、Devin に届く返信、メンションの動作を設定します。ダイレクトメッセージでは全体の設定です。ワークスペースの管理者のみ。',
      link: 'Slack のユーザーを Devin の組織のメンバーに関連付けます。',
    },
  },
};
