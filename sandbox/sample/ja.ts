import type { Sample } from './en.ts';

export const ja: Sample = {
  talk: {
    invited: 'このチャンネルで Devin が使えるようになりました。 `/devin` に続けてタスクを入力してください。',
    office: '金曜日はオフィスが休みです。',
    thanks: 'ありがとうございます :tada:',
    design: '新しい住所選択のデザインはファイルにあります。このチャンネルに Devin はいません。',
    incident: '当面はこの 3 人だけで進めます。振り返りは木曜日です。',
    globex: 'Globex です。注文フィードのこちら側の準備ができました。',
    toGlobex: 'ありがとうございます。明日つなぎます。',
    pair: 'あとで 10 分、ログインのテストを一緒に見てもらえますか？',
    flaky: '`main` のログインのテストがまた不安定です。今週 3 回目です。',
    bug: '住所が 2 つあるお客さまの決済が失敗します。',
    alert: '*checkout* のエラー率は 4.2% です（通常は 0.1%）',
    log: '注文サービスが 422 を返しています。ログはこちらです:',
    cause: (mention) => `${mention} さん、原因は住所選択です。両方の住所を送っています。`,
  },
  catalog: {
    fix: '不具合を直す',
    upgrade: '依存パッケージを更新する',
    test: '足りないテストを書く',
    checkout: '決済と注文の連携',
    style: 'スタイルガイド',
  },
  sessions: {
    finished: '夜間のインポートを速くして --repo acme/api --acu 10',
    working: '日付ライブラリを更新して --repo acme/checkout --acu 5',
    progress: '7 つのモジュールのうち 3 つを新しい日付ライブラリに移し、テストも通りました。次は請求書です。',
    asking: '支払いのブランチをリベースして --repo acme/web',
    past: [
      '領収書に注文番号を表示する',
      '注文テーブルを月ごとに分割する',
      'ステージング環境の証明書を更新する',
      '返金額を 1 円単位に丸める',
      'ヘッダーの色を濃くしてみる',
      'Webhook を新しいキューに移す',
      'パスワード再設定のテストを追加する',
      '2 枚目のカードを登録できるようにする',
      '返金が二重に届く原因を調べる',
      'フッターのリンク切れを直す',
    ],
  },
  devin: {
    reads: (task, repository) =>
      `「${task}」のために ${repository} を読みました。次に、失敗するテストを書き、それから変更します。`,
    finished: (task, repository) =>
      `「${task}」が終わりました。プルリクエストは ${repository} にあり、変更前に失敗していたテストも含みます。`,
    asks: (task, repository) =>
      `「${task}」のベースになるブランチが ${repository} に 2 つあります。 \`main\` と \`release\` のどちらから始めますか？`,
    goesOn: (task) => `ありがとうございます。「${task}」の作業に戻ります。`,
    done: '終わりました。',
  },
};
