import type { Text } from '../index.ts';

export const secretForm: Text['secretForm'] = {
  title: 'セッションのシークレット',
  intro:
    'Devin に渡すまで暗号化して保管し、渡した後はここから消去します。入力した内容は画面に表示されます。セッションを開始するまで、何も送信しません。',
  row: (row) => `シークレット ${row}`,
  name: { label: '名前', placeholder: 'STAGING_DATABASE_URL' },
  value: {
    label: '値',
    hint: '3,000 文字まで、改行も使えます。入力したとおりに使います。さらに長い値には .env ファイルを使ってください。',
  },
  sensitive: { label: '機密', option: 'Devin は値を表示しません' },
  kept: {
    label: '入力済み',
    hint: '削除するには、チェックを外してください。',
    more: (count) => `ほか ${count} 件も残ります。`,
  },
  errors: {
    name: 'スペースなしの 1～256 文字にしてください。',
    nameMissing: '名前を入力してください。',
    valueMissing: '値を入力してください。',
    repeated: '同じ名前が 2 回使われています。どちらか 1 つにしてください。',
  },
};

export const review: Text['review'] = {
  title: 'Devin に渡す内容',
  loading: '会話を読み込んでいます…',
  unreadable:
    '会話を読み取れないため、Devin に渡すのは選んだメッセージだけです。閉じるとフォームに戻ります。',
  intro: 'Devin に渡さないもののチェックを外してください。残りは、指示ではなく背景情報として渡します。',
  earlier: '前のメッセージ',
  later: '次のメッセージ',
  send: '渡す',
  picked: '選んだメッセージ',
  kinds: { member: 'メンバー', guest: 'ゲスト', external: '組織外', app: 'アプリ', unknown: '不明' },
  unnamed: { app: '名前のないアプリ', person: '名前が不明な人' },
  empty: '（テキストなし）',
  cut: 'ここでは省略していますが、Devin にはすべて渡します。',
  file: (name, author) => `ファイル ${name}（${author}）`,
};
