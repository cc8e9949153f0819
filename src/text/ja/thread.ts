import type { Text } from '../index.ts';
import { nameBefore } from './card.ts';

export const thread: Text['thread'] = {
  fromWebApp: 'Devin の Web アプリから:',
  replied: (name) => nameBefore('さんが Devin に返信しました:', name),
  fileInDevin: (name) => `ファイル ${name} は Devin にあります。`,
  trouble: (why, link) =>
    `このセッションのスレッドに Devin のメッセージを投稿できません。${why}セッションは動き続けており、何も失われません。スレッドに投稿できるようになったら、メッセージを順番に表示します。 ${link}`,
  notDelivered: 'メッセージは Devin に届きませんでした。',
  notSure: 'メッセージが Devin に届いたかどうか、確認できませんでした。',
  sendAgain: '再送信',
  openForm: 'この内容で再実行',
  unknown:
    '今のところ、セッションに見つかりません。2 回届くことがあるため、もう一度送信する前にセッションで確認してください。',
  ended: 'このセッションは終了しており、メッセージを受け付けません。新しいセッションを開始できます。',
  notStarted: 'セッションは開始されませんでした。',
  archived: 'このセッションはアーカイブされていて、Devin がアーカイブを解除できませんでした。',
  leftOut: 'メッセージは Devin に届きましたが、一部のファイルは含まれていません。',
  staysHere: 'メッセージはここに残り、Devin には届きません。',
  mutedHere:
    'このスレッドはミュート中です。メッセージはここに残り、Devin には届きません。解除するには `unmute` と入力してください。',
  atRest:
    'Devin はスリープ中のため、メッセージはここに残ります。再開するには、このアプリをメンションしてください。',
  wakeWith: 'この内容で Devin を再開',
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
  asks: (mention) => `${mention} さん、Devin からの質問です:`,
  answeredBy: (mention) => `${mention} さんが回答`,
  answeredInDevin: 'Devin で回答',
  somethingElse: 'その他の回答',
  thread: 'スレッド',
  pullRequest: (where) => `${where} を作成しました`,
  foundLate: (mention) =>
    `${mention} さん、このセッションは開始されていました。Devin からの確認が遅れていました。`,
  duplicate: (mention, title) =>
    `${mention} さん、最初の試行も開始されていたため、 ${title} のセッションが 2 つあります。どちらも課金対象です。`,
  stopEither: (link) =>
    `このカードは 2 つ目のセッションのものです。不要なほうを停止してください。1 つ目: ${link}`,
  result: '結果:',
  restInDevin: '続きは Devin にあります。',
};

export const steering: Text['steering'] = {
  requesterOnly: (who) =>
    who === null
      ? 'この操作ができるのは、Devin でのセッションの所有者だけです。何も実行していません。'
      : `この操作ができるのは ${who} さんだけです。何も実行していません。本人に頼むか、Devin の管理者に Devin での操作を頼んでください。`,
  membersOnly: (who, why) =>
    `何も実行していません。${why ?? 'この操作ができるのは Devin の組織のメンバーだけで、あなたはメンバーではありません。Devin の管理者に招待を依頼してください。'}${who === null ? '' : `それまでは、 ${who} さんに頼めます。`}`,
  notLookedUp:
    '今は Devin でのあなたのアカウントを確認できないため、何も送信していません。1 分ほどおいて、もう一度お試しください。続く場合は、アプリの管理者に連絡してください。',
  notInConversation:
    'このセッションは、あなたが参加していない会話のものです。何も実行、表示していません。その会話に招待してもらうか、Devin でセッションを開いてください。',
  already: (session, how) => `何も実行していません。${session}: ${how}。`,
  unknown:
    'この依頼はアプリに記録されていません。何も実行していません。アプリが起動したばかりの場合は、数分後にもう一度お試しください。それでも解決しない場合は、Devin でセッションを開いてください。',
  notDone: (session, what) => `${session} を${what}できませんでした。`,
  lost: (session, what) =>
    `${session} を${what}できたかどうか、Devin から確認が取れませんでした。1 分ほどたってもカードに表示されない場合は、もう一度試す前に Devin でセッションを開いて確認してください。`,
  done: (session, what) => `${session} を${what}しました。`,
  acts: { stop: '停止', archive: 'アーカイブ', sleep: 'スリープ' },
  sentAlready:
    '依頼はすでに Devin に送信されたため、キャンセルできません。カードにセッションが表示されたら、「停止」で終了してください。',
  followNeedsAccount:
    'セッションをここに表示するには、Slack アカウントに対応する Devin アカウントが必要です。Devin の管理者に職場のメールアドレスの招待を依頼するか、ワークスペースの管理者に関連付けを依頼してください。',
  followed: 'このセッションのカードはすでに Slack にあります。',
  slackUnavailable:
    'Slack から想定どおりの応答がなかったため、何も実行していません。1 分ほどおいて、もう一度お試しください。',
  linking: {
    notYourself:
      '自分自身を関連付けることはできません。ほかの管理者に依頼してください。何も変更していません。',
    notAMember:
      '関連付けられるのは、このワークスペースの正規のメンバーだけです。ゲスト、アプリ、別のワークスペースの人は対象外です。何も変更していません。',
    unknownInDevin: (id) =>
      `Devin の組織に ID が ${id} のメンバーはいません。Devin の Settings > Members で ID を確認してください。メールアドレスで指定するには、アプリの管理者にアカウント対応ファイルへの記載を依頼してください。何も変更していません。`,
    addressOfAnother: (name, owner) =>
      `Devin での ${nameBefore('さんのメールアドレスは、', name)}Slack では ${owner} さんのものです。何も変更していません。`,
    linkedToAnother: (name, other) =>
      `${other} さんがすでに Devin の ${nameBefore('さんに関連付けられています。', name)}先にその関連付けを解除してください。2 人で同じアカウントを使う場合は、アプリの管理者にアカウント対応ファイルへの記載を依頼してください。何も変更していません。`,
    done: (mention, name) =>
      `${mention} さんを Devin の ${nameBefore('さんに関連付けました。今後のセッションは、そのメンバーとして実行されます。', name)}`,
    removed: (mention) =>
      `${mention} さんは、Devin のどのメンバーにも関連付けられていません。今後は、メールアドレスでメンバーを判断します。`,
    toPerson: {
      done: (by, name) =>
        `${by} さんが、あなたを Devin の ${nameBefore('さんに関連付けました。今後のセッションは、そのメンバーとして実行されます。', name)}間違っている場合は、ワークスペースの管理者に連絡してください。`,
      removed: (by) =>
        `${by} さんが、Devin の組織のメンバーへの関連付けを解除しました。今後は、メールアドレスで Devin のメンバーを判断します。`,
    },
  },
  askStop: {
    title: 'セッションの停止',
    text: (title) => `${title}\n停止したセッションは再開できません。プッシュ済みの変更は残ります。`,
    confirm: '停止',
    deny: '停止しない',
  },
  optionTooLate: 'Devin はもうこの回答を待っていません。それでも伝えるには、スレッドで返信してください。',
  box: {
    title: 'Devin へのメッセージ',
    label: 'メッセージ',
    hint: 'あなたの発言として送信し、セッションのスレッドに表示します。Devin に届かなかった場合は、あなただけにお知らせします。',
    submit: '送信',
    empty: 'メッセージを入力してください。',
    none: 'この依頼のセッションはまだ開始していません。開始したかどうかは、カードで確認できます。',
  },
};

export const sessions: Text['sessions'] = {
  unknown: (id, follow) =>
    `セッション ${id} は、このアプリでは見つかりません。ID またはリンクを確認してください。Slack の外で開始したセッションは、 ${follow} でここに表示できます。`,
  mine: '自分のセッション',
  all: '全員のセッション',
  none: (command) => `まだセッションがありません。 ${command} に続けてタスクを入力すると開始できます。`,
  concealed: 'プライベートな会話のセッション',
  pick: 'どのセッションですか？',
  pickNone: '対象になる自分のセッションがありません。',
  pickOther: (usage) => `その他のセッションは ${usage} で指定できます。`,
  say: (title) => `${title} に送信しています。Devin に届かなかった場合は、ここでお知らせします。`,
};
