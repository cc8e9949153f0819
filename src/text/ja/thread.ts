import type { Text } from '../index.ts';
import { nameBefore } from './joins.ts';

export const thread: Text['thread'] = {
  fromWebApp: 'Devin の Web アプリから:',
  replied: (name) => nameBefore('さんが Devin に返信しました:', name),
  longMessage: 'メッセージが長いため、全文は下のファイルにあります。',
  fileInDevin: (name) => `ファイル ${name} をここに投稿できませんでした。`,
  trouble: (why, link) =>
    `このセッションのスレッドに Devin のメッセージを投稿できません。${why}セッションは動き続けており、何も失われません。スレッドに投稿できるようになったら、メッセージを順番に表示します。 ${link}`,
  notDelivered: 'メッセージは Devin に届きませんでした。',
  notSure: 'メッセージが Devin に届いたかどうか、確認できませんでした。',
  yourMessage: 'あなたのメッセージ:',
  sendAgain: '再送信',
  startAgain: 'この内容で再実行',
  unknown:
    '今のところ、セッションに見つかりません。2 回届くことがあるため、もう一度送信する前にセッションで確認してください。',
  ended:
    'セッションは終了しており、メッセージを受け付けません。このメッセージで新しいセッションを開始できます。',
  notStarted: 'セッションは開始されませんでした。',
  archived: (reason) =>
    `このセッションはアーカイブされていて、Devin がアーカイブを解除できませんでした。${reason === null ? '' : `Devin の説明: ${reason}`}`,
  gone: (reason) =>
    `Devin でこのセッションが見つかりません。削除されたか、このアプリがアクセスできなくなりました。${reason === null ? '' : `Devin の説明: ${reason}`}`,
  gaveUpOnSlack: 'メッセージの送信者を Slack に確認できない状態が 1 時間続きました。',
  gaveUp: 'Devin が混み合っている、または接続できない状態が 1 時間続きました。',
  leftOut: 'メッセージは Devin に届きましたが、一部のファイルは含まれていません。',
  staysHere: 'メッセージはここに残り、Devin には届きません。',
  membersSteer:
    'このセッションを操作できるのは Devin のメンバーだけです。メッセージはここに残り、Devin には届きません。',
  requesterSteers: (mention) =>
    `このセッションを操作できるのは ${mention} さんだけです。メッセージはここに残り、Devin には届きません。`,
  notTaken: {
    muted:
      'このスレッドはミュート中です。メッセージはここに残り、Devin には届きません。解除するには `unmute` と入力してください。',
  },
  sendHeld: 'Devin に送信',
  atRest:
    'Devin はスリープ中のため、メッセージはここに残ります。再開するには、このアプリをメンションしてください。',
  wakeWith: 'この内容で Devin を再開',
  heldDeleted: 'メッセージが削除されているため、Devin に送信していません。',
  askStop:
    'このセッションを完全に停止しますか？停止すると再開できません。一時停止するには `sleep` と入力してください。',
  helpTitle: 'このスレッドでできること',
  help: [
    'セッションのカードの下では、メンバーのメッセージが、それぞれの発言として Devin に届きます。人が始めたスレッドで届くのは、依頼者のメッセージと、このアプリをメンションしたメッセージだけです。',
    'ほかの人の名前や `(aside)` で始まるメッセージは、ここに残ります。Devin のスリープ中は、このアプリへのメンション、「返信」、「再開」でだけ再開します。',
    ':eyes: は受け取り済み、 :white_check_mark: は Devin に届いたことを表します。メッセージを編集すると、訂正が Devin に届きます。',
    '`mute`、`unmute`: メッセージをここに残すか、再び Devin に送ります。 `sleep`、`archive`: セッションをスリープ状態にします。 `stop`、`exit`: 確認のうえ完全に停止します。 `help`: この一覧を表示します。',
    '`!new` とタスク: このスレッドで別のセッションを開始します。',
  ],
};

export const milestones: Text['milestones'] = {
  forName: (name) => `Slack を退出した ${name}`,
  formerMember: '依頼者',
  asks: (mention) => `${mention} さん、Devin からの質問です:`,
  asksAbove: (mention) => `${mention} さん、Devin からの質問です ↑`,
  asksSomething: (mention) =>
    `${mention} さん、Devin が回答を待っています。セッションを開いて質問を確認してください。`,
  answeredBy: (mention) => `${mention} さんが回答`,
  answeredInDevin: 'Devin で回答',
  somethingElse: 'その他の回答',
  thread: 'スレッド',
  outside: '元の会話には参加していません',
  pullRequest: (where) => `${where} を作成しました`,
  changedSince: 'その後、状況が変わりました。カードをご覧ください。',
  foundLate: (mention, title) =>
    `${mention} さん、 ${title} は開始されていました。Devin からの確認が遅れていました。`,
  duplicate: (mention, title) =>
    `${mention} さん、最初の試行も開始されていたため、 ${title} のセッションが 2 つあります。どちらも課金対象です。`,
  firstAttempt: '最初の試行',
  stopEither: (link) =>
    `このカードは 2 つ目のセッションのものです。不要なほうを停止してください。${link} は Devin で停止できます。`,
  result: '結果:',
  restInDevin: '続きは Devin にあります。',
};
