import type { Text } from '../index.ts';

export const sessions: Text['sessions'] = {
  unknown: (id, follow) =>
    `セッション ${id} は、このアプリでは見つかりません。ID またはリンクを確認してください。Slack の外で開始したセッションは、 ${follow} でここに表示できます。`,
  mine: '自分のセッション',
  all: '全員のセッション',
  page: (page, pages) => `${page} / ${pages} ページ`,
  nextPage: (typed) => `続き: ${typed}`,
  none: (command) => `まだセッションがありません。 ${command} に続けてタスクを入力すると開始できます。`,
  noPage: (pages) => `全部で ${pages} ページです。`,
  concealed: 'プライベートな会話のセッション',
  requested: (when) => `依頼日時: ${when}`,
  followed: (when) => `表示開始: ${when}`,
  pick: {
    status: 'どのセッションですか？',
    stop: 'どのセッションを停止しますか？',
    archive: 'どのセッションをアーカイブしますか？',
    say: 'どのセッションにメッセージを送りますか？',
  },
  pickNone: {
    status: 'まだセッションがありません。',
    stop: '停止できるセッションがありません。',
    archive: 'アーカイブできるセッションがありません。',
    say: 'メッセージを送れるセッションがありません。',
  },
  pickButton: { status: '表示', stop: '停止', archive: 'アーカイブ', say: '返信' },
  pickOther: (usage) => `ほかのセッションは ${usage} で指定できます。`,
  pickTheirs: (usage) => `ほかの人のセッションは ${usage} で指定できます。`,
  cancel: 'この依頼をキャンセルしています。間に合わなかった場合は、ここでお知らせします。',
  say: (title) => `${title} に送信しています。Devin に届かなかった場合は、ここでお知らせします。`,
};
