import type { Text } from '../index.ts';

export const settings: Text['settings'] = {
  title: 'ここで使われるデフォルト',
  notSaid: 'その他は組織のデフォルトです。',
  none: '設定はありません。すべて組織のデフォルトです。',
  scopes: {
    workspace: 'このワークスペース',
    channel: 'このチャンネル',
    person: '自分',
  },
  set: (scope) => `${scope}用に設定しました。`,
  cleared: (scope) => `${scope}のデフォルトを解除しました。`,
  adminsOnly: 'これができるのはワークスペースの管理者だけです。何も変更していません。',
  notify: {
    label: '通知',
    choices: { thread: 'セッションのスレッド', dm: 'ダイレクトメッセージ', card: 'カードのみ' },
  },
  language: { label: '表示言語', asInSlack: 'Slack に合わせる' },
  place: {
    title: '設定',
    appliesTo: (scope) => `対象: ${scope}。ポリシーが優先されます。`,
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
};
