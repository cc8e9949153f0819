import type { Text } from '../index.ts';

export const details: Text['details'] = {
  title: 'セッションの詳細',
  headings: { asked: '依頼内容', context: '背景情報', support: 'サポート用にコピー' },
  included: '含めたもの',
  onlyTask: 'タスクのみ。',
  instructions: '常に追加される指示',
  leftOut: '含めなかったもの',
  unticked: (counts) => `${counts}（依頼者が除外）`,
  why: {
    workspace: 'ワークスペースのデフォルト',
    channel: 'チャンネルのデフォルト',
    person: '個人のデフォルト',
    policy: 'ポリシーによる設定',
    app: 'このアプリが追加',
  },
  withWhy: (label, why) => `${label}（${why}）`,
  isSet: '設定済み',
  none: 'なし',
  yes: 'はい',
  no: 'いいえ',
  secretKeys: (keys) => `${keys}（値は表示されません）`,
  cut: '（省略）',
  andMore: (count) => `ほか ${count} 件`,
};
