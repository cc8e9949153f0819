import type { Text } from '../index.ts';

export const sessions: Text['sessions'] = {
  unknown: (id, follow) =>
    `セッション ${id} は、このアプリでは見つかりません。ID またはリンクを確認してください。Slack の外で開始したセッションは、 ${follow} でここに表示できます。`,
  mine: '自分のセッション',
  all: '全員のセッション',
  nextPage: (typed) => `続き: ${typed}`,
  none: (command) => `まだセッションがありません。 ${command} に続けてタスクを入力すると開始できます。`,
  concealed: 'プライベートな会話のセッション',
  pick: 'どのセッションですか？',
  pickNone: '対象になる自分のセッションがありません。',
  pickOther: (usage) => `その他のセッションは ${usage} で指定できます。`,
  cancel: 'この依頼をキャンセルしています。間に合わなかった場合は、ここでお知らせします。',
  say: (title) => `${title} に送信しています。Devin に届かなかった場合は、ここでお知らせします。`,
};
