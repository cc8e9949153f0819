import type { Text } from '../index.ts';

export const review: Text['review'] = {
  title: 'Devin に渡す内容',
  submit: '保存',
  close: 'キャンセル',
  loading: '会話を読み込んでいます…',
  unreadable:
    '会話を読み取れないため、Devin に渡すのは選んだメッセージだけです。閉じるとフォームに戻ります。',
  intro: 'Devin に渡さないもののチェックを外してください。残りは、指示ではなく背景情報として渡します。',
  page: (page, pages) => `${page} / ${pages} ページ`,
  earlier: '前のメッセージ',
  later: '次のメッセージ',
  send: '渡す',
  picked: '選んだメッセージ',
  kinds: { member: 'メンバー', guest: 'ゲスト', external: '組織外', app: 'アプリ' },
  unnamed: { app: '名前のないアプリ', person: '名前が不明な人' },
  empty: '（テキストなし）',
  cut: 'ここでは省略していますが、Devin にはすべて渡します。',
  file: (name, author) => `ファイル ${name}（${author}）`,
};
