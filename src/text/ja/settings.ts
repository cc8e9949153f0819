import { LANGUAGE_NAMES } from '../../session/preferences.ts';
import type { Text } from '../index.ts';

export const settings: Text['settings'] = {
  title: 'ここで使われるデフォルト',
  notSaid: 'そのほかは組織のデフォルトです。',
  none: '設定はありません。すべて組織のデフォルトです。',
  scopes: {
    workspace: 'このワークスペース',
    channel: 'このチャンネル',
    person: '自分',
  },
  set: (scope) => `${scope}用に設定しました。`,
  cleared: (scope) => `${scope}のデフォルトを解除しました。`,
  nothingSet: '何も設定していません。',
  adminsOnly:
    'チャンネルまたはワークスペースの設定ができるのは、ワークスペースの管理者だけです。何も設定していません。',
  ownDefaults: (typed) => `自分のデフォルトは ${typed} で設定できます。`,
  notify: {
    label: '自分のセッションの通知',
    thread: 'セッションのスレッド',
    dm: 'ダイレクトメッセージ',
    card: 'カードのみ',
    choices: { thread: 'スレッド', dm: 'ダイレクトメッセージ', card: 'カードのみ' },
  },
  language: {
    label: '表示言語',
    slack: 'Slack に合わせる（日本語）',
    ...LANGUAGE_NAMES,
    choices: { ...LANGUAGE_NAMES, slack: 'Slack に合わせる' },
  },
  steer: {
    label: 'ここのセッションへの回答・停止・アーカイブができる人',
    requester: '依頼者のみ',
    members: 'Devin の組織のメンバー全員',
    choices: { requester: '依頼者', members: 'メンバー' },
  },
  listen: {
    label: 'ここのスレッドから Devin に送るもの',
    usual:
      'セッションのカードの下の返信。そのほかのスレッドでは、依頼者のメッセージと、このアプリをメンションしたメッセージ',
    thread: 'メンバーのメッセージすべて',
    mentions: 'このアプリをメンションしたメッセージのみ',
    choices: { thread: 'すべて', mentions: 'メンションのみ' },
  },
  useInstead: (choice) => `「${choice}」に変更`,
  appliesTo: (scope) => `設定の対象: ${scope}。より近い設定が優先され、ポリシーが最優先です。`,
  adminsChange: 'これらを変更できるのは、ワークスペースの管理者だけです。',
};
