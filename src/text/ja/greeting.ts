import type { Text } from '../index.ts';

export const greeting: Text['greeting'] = {
  what: 'このチャンネルから Devin のセッションを開始できます。セッションごとにスレッドを作ります。',
  how: (command) =>
    `${command} と入力するか、メッセージのメニューから *Start a Devin session* を選んでください。`,
  example: '不安定なログインのテストを直して',
  privacy: (help) =>
    `このアプリが読むのは、セッションのスレッド、アプリをメンションしたメッセージ、みなさんが Devin に送った内容だけです。詳しくは ${help} へ。`,
};
